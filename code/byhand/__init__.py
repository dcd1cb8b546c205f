"""Neural networks by hand: multi-layer perceptrons in NumPy, from the chain rule up.

Everything here needs NumPy alone. `byhand.data`, `byhand.estimators`, `byhand.plots` and `byhand.torch_twin`
are imported by name; they need scikit-learn (the first two), matplotlib and PyTorch.
"""

from byhand import (
    activations,
    gradcheck,
    initializers,
    layers,
    losses,
    metrics,
    network,
    optimizers,
    schedules,
    training,
)
from byhand.activations import *
from byhand.gradcheck import *
from byhand.initializers import *
from byhand.layers import *
from byhand.losses import *
from byhand.metrics import *
from byhand.network import *
from byhand.optimizers import *
from byhand.schedules import *
from byhand.training import *

__version__ = "0.1.0"

_MODULES = (activations, gradcheck, initializers, layers, losses, metrics, network, optimizers, schedules, training)
__all__ = sorted(name for module in _MODULES for name in module.__all__)
