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
from byhand.activations import *  # noqa: F403 - the public names are listed where they are defined
from byhand.gradcheck import *  # noqa: F403
from byhand.initializers import *  # noqa: F403
from byhand.layers import *  # noqa: F403
from byhand.losses import *  # noqa: F403
from byhand.metrics import *  # noqa: F403
from byhand.network import *  # noqa: F403
from byhand.optimizers import *  # noqa: F403
from byhand.schedules import *  # noqa: F403
from byhand.training import *  # noqa: F403

__version__ = "0.1.0"

_MODULES = (activations, gradcheck, initializers, layers, losses, metrics, network, optimizers, schedules, training)
__all__ = sorted(name for module in _MODULES for name in module.__all__)
