"""The same network twice: in NumPy as the book writes it, and in PyTorch, with the weights copied.

The layouts are the same on purpose, so copying is renaming: W is PyTorch's `weight`, b its `bias`.
"""

from dataclasses import dataclass

import numpy as np

from byhand import activations, layers, losses
from byhand._checks import finite_array, number
from byhand._verdicts import Report, six, spell_difference
from byhand.gradcheck import relative_error
from byhand.network import Sequential

try:
    import torch
    from torch import nn
except ImportError as error:
    raise ImportError(
        f"byhand.torch_twin: PyTorch could not be imported ({error}). Fix: pip install torch; "
        f"everything else in byhand works without it."
    ) from error

__all__ = ["GradientComparison", "compare_gradients", "from_torch", "to_torch"]

# What is the same in both with nothing to copy.
_PLAIN = {
    activations.ReLU: nn.ReLU,
    activations.Sigmoid: nn.Sigmoid,
    activations.Tanh: nn.Tanh,
    activations.Identity: nn.Identity,
    losses.MSELoss: nn.MSELoss,
    losses.BCEWithLogitsLoss: nn.BCEWithLogitsLoss,
    losses.CrossEntropyLoss: nn.CrossEntropyLoss,
}
# Names of the parameters, ours and PyTorch's.
_NAMES = {
    layers.Linear: {"W": "weight", "b": "bias"},
    layers.BatchNorm1d: {"gamma": "weight", "beta": "bias"},
}
# PyTorch replaces softplus by the identity above a threshold, 20 by default, which costs 2e-9. From 40
# on the two are the same number in float64.
_SOFTPLUS_THRESHOLD = 40.0
# Sums are taken in another order: rounding, and some digits for its growth.
_TOLERANCE = {np.dtype(np.float64): 1e-10, np.dtype(np.float32): 1e-5}


def to_torch(network):
    """Build the PyTorch twin of a network, a layer or a loss.

    Parameters
    ----------
    network : Sequential, layer or loss

    Returns
    -------
    module : torch.nn.Sequential (for a network), or the one module
        With copies of the weights in their own type, float32 or float64, and of batch normalisation's
        running statistics. In evaluation mode, as `forward` is by default; `.train()` switches.

    Raises
    ------
    TypeError
        If a layer has no twin.

    Notes
    -----
    Dropout draws its masks from each library's own random numbers, so in training mode the twins
    agree in distribution only. PyTorch's global random state is not touched.
    """
    return _to_torch(network, "network").eval()


def _to_torch(layer, where):
    kind = type(layer)
    if kind is Sequential:
        return nn.Sequential(*(_to_torch(one, f"layer {i}") for i, one in enumerate(layer.layers)))
    if kind in _PLAIN:
        return _PLAIN[kind]()
    if kind is activations.LeakyReLU:
        return nn.LeakyReLU(layer.alpha)
    if kind is activations.ELU:
        return nn.ELU(layer.alpha)
    if kind is activations.GELU:
        return nn.GELU()
    if kind is activations.Softplus:
        return nn.Softplus(threshold=_SOFTPLUS_THRESHOLD)
    if kind is layers.Dropout:
        return nn.Dropout(layer.p)
    if kind is layers.Linear:
        dtype = _torch_dtype(layer.params["W"])
        # skip_init: the weights are copied below, so no random number needs to be drawn for them.
        module = nn.utils.skip_init(nn.Linear, layer.n_in, layer.n_out, bias=layer.bias, dtype=dtype)
    elif kind is layers.BatchNorm1d:
        dtype = _torch_dtype(layer.params["gamma"])
        module = nn.BatchNorm1d(layer.n, eps=layer.eps, momentum=layer.momentum, dtype=dtype)
        module.running_mean.copy_(torch.from_numpy(layer.running_mean))
        module.running_var.copy_(torch.from_numpy(layer.running_var))
    else:
        known = ", ".join(sorted(one.__name__ for one in _known()))
        raise TypeError(f"to_torch: {where} is {layer!r:.60}, expected one of {known}.")
    with torch.no_grad():
        for name, array in layer.params.items():
            getattr(module, _NAMES[kind][name]).copy_(torch.from_numpy(np.ascontiguousarray(array)))
    return module


def from_torch(module, *, rng=0):
    """Build the NumPy twin of a PyTorch module.

    Parameters
    ----------
    module : torch.nn.Sequential, a single layer, or a loss
    rng : int or numpy.random.Generator
        For dropout layers, which draw their masks from it.

    Returns
    -------
    network : Sequential (also for a single layer), or a loss for a loss
        With copies of the weights, in their own type.

    Raises
    ------
    TypeError, ValueError
        If a module, or an option of it, has no twin; the message says which are known.
    """
    if type(module) in (nn.MSELoss, nn.BCEWithLogitsLoss, nn.CrossEntropyLoss):
        return _loss_from_torch(module)
    network = _from_torch(module, "module", rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng))
    return network if isinstance(network, Sequential) else Sequential(network)


def _from_torch(module, where, rng):
    kind = type(module)
    if kind is nn.Sequential:
        return Sequential(*(_from_torch(one, f"{where}[{i}]", rng) for i, one in enumerate(module)))
    for ours, theirs in _PLAIN.items():
        if kind is theirs:
            return ours()
    if kind is nn.LeakyReLU:
        return activations.LeakyReLU(module.negative_slope)
    if kind is nn.ELU:
        return activations.ELU(module.alpha)
    if kind is nn.GELU:
        _expect(module, where, "approximate", module.approximate == "none", "'none', the exact function")
        return activations.GELU()
    if kind is nn.Softplus:
        _expect(module, where, "beta", module.beta == 1, "1")
        _expect(module, where, "threshold", module.threshold >= 20, "at least 20")
        return activations.Softplus()
    if kind is nn.Dropout:
        _expect(module, where, "p", module.p < 1, "below 1")
        return layers.Dropout(module.p, rng=rng)
    if kind is nn.Linear:
        W = _numpy(module.weight, where, "weight")
        layer = layers.Linear(
            module.in_features, module.out_features, rng=rng, init=lambda *_, rng: W, bias=module.bias is not None
        )
    elif kind is nn.BatchNorm1d:
        _expect(module, where, "affine", module.affine, "True")
        _expect(module, where, "track_running_stats", module.track_running_stats, "True")
        _expect(module, where, "momentum", module.momentum is not None, "a number")
        layer = layers.BatchNorm1d(module.num_features, module.eps, module.momentum)
        layer.running_mean = _numpy(module.running_mean, where, "running_mean")
        layer.running_var = _numpy(module.running_var, where, "running_var")
    else:
        known = ", ".join(sorted(one.__name__ for one in _known()))
        raise TypeError(
            f"from_torch: {where} is {_first_line(module)}, expected one of torch.nn's {known}."
            + (" Fix: torch.nn.Sequential(*module.children()), if forward does nothing else." * (where == "module"))
        )
    for ours, theirs in _NAMES[type(layer)].items():
        if ours in layer.params:
            layer.params[ours] = _numpy(getattr(module, theirs), where, theirs)
    return layer


def _loss_from_torch(module):
    _expect(module, "module", "reduction", module.reduction == "mean", "'mean'")
    for option, default in (("weight", None), ("pos_weight", None), ("label_smoothing", 0.0), ("ignore_index", -100)):
        value = getattr(module, option, default)
        _expect(module, "module", option, value is None if default is None else value == default, repr(default))
    return next(ours() for ours, theirs in _PLAIN.items() if type(module) is theirs)


def _expect(module, where, option, holds, expected):
    if not holds:
        raise ValueError(
            f"from_torch: {where} is {_first_line(module)} with {option} = {getattr(module, option)!r:.40}, "
            f"expected {option} {expected}: byhand has no twin of the others."
        )


def _first_line(module):
    return repr(module).splitlines()[0][:60]


def _known():
    plain = [kind for kind in _PLAIN if issubclass(kind, activations._Activation)]
    others = [activations.LeakyReLU, activations.ELU, activations.GELU, activations.Softplus, layers.Dropout]
    return [Sequential, *plain, *others, *_NAMES]


def _torch_dtype(array):
    return torch.float32 if array.dtype == np.float32 else torch.float64


def _numpy(tensor, where, name):
    if tensor.dtype not in (torch.float32, torch.float64):
        raise TypeError(
            f"from_torch: {name} of {where} has dtype {tensor.dtype}, expected torch.float32 or torch.float64. "
            f"Fix: from_torch(module.float())."
        )
    return tensor.detach().cpu().numpy().copy()


def compare_gradients(network, loss, x, y, *, tolerance=None):
    """Compare the hand-written backward pass with PyTorch's autograd on the twin network.

    Parameters
    ----------
    network : Sequential
    loss : MSELoss, BCEWithLogitsLoss or CrossEntropyLoss
    x : array, shape (N, n_in)
    y : array, as the loss expects
    tolerance : float, optional
        Largest allowed difference relative to the largest entry of the two gradients, or to a
        hundredth of the largest of all gradients where that is more. By default 1e-10 for float64
        networks and 1e-5 for float32.

    Returns
    -------
    comparison : GradientComparison
        A row for the loss and a row a parameter; truthy when all agree.

    Raises
    ------
    TypeError, ValueError
        If a layer or the loss has no twin, or x or y does not fit.

    Notes
    -----
    Dropout and batch normalisation are as in prediction, so that both sides compute one function.
    """
    where = "compare_gradients"
    x = finite_array(x, where, "x")
    twin, criterion = to_torch(network), to_torch(loss)
    dtype = np.result_type(*(w.dtype for w in network.params.values())) if network.params else x.dtype
    tolerance = _TOLERANCE[dtype] if tolerance is None else number(tolerance, where, "tolerance", least=0.0)
    x = x.astype(dtype)
    prediction, caches = network.forward(x)
    value, cache = loss.forward(prediction, y)  # first, for it checks y
    _, grads = network.backward(loss.backward(1.0, cache), caches)

    target = np.asarray(y)
    labels = isinstance(loss, losses.CrossEntropyLoss) and target.dtype.kind in "iu"
    target = torch.from_numpy(target.astype(np.int64 if labels else dtype))
    # NumPy promotes where layers differ in type; PyTorch wants one type throughout.
    their_value = criterion(twin.to(_torch_dtype(x))(torch.from_numpy(x)), target)
    parameters = dict(_parameters(network, twin))
    their_grads = torch.autograd.grad(their_value, list(parameters.values()))
    pairs = {"loss": (np.asarray(value), their_value.detach().numpy())}
    for name, theirs in zip(parameters, their_grads, strict=True):
        pairs[name] = (grads[name], theirs.numpy())

    largest = max((float(theirs.abs().max()) for theirs in their_grads), default=0.0)
    rows = [_compare(name, *pair, tolerance, 0.0 if name == "loss" else 0.01 * largest) for name, pair in pairs.items()]
    return GradientComparison(rows, tolerance)


def _parameters(layer, module, prefix=""):
    """(our name, torch parameter) of every parameter, in our order."""
    if isinstance(layer, Sequential):
        for i, (one, its_module) in enumerate(zip(layer.layers, module, strict=True)):
            yield from _parameters(one, its_module, f"{prefix}{i}.")
    else:
        for name in layer.params:
            yield prefix + name, getattr(module, _NAMES[type(layer)][name])


def _compare(name, ours, theirs, tolerance, least):
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(np.abs(theirs))), theirs.shape))
    shown = float(ours[index]), float(theirs[index])
    gap = float(np.abs(ours - theirs).max())
    size = max(float(np.abs(ours).max()), float(np.abs(theirs).max()))
    # Below `least` an array is judged at that scale instead of its own: it may be rounding altogether.
    relative = relative_error(ours, theirs) * (size / max(size, least) if size else 1.0)
    return ComparisonRow(name, theirs.shape, *shown, gap, relative, bool(relative <= tolerance))


@dataclass(frozen=True)
class ComparisonRow:
    """The loss or one parameter's gradient, twice.

    Attributes
    ----------
    name : str
    shape : tuple of int
    ours, theirs : float
        The entry that is largest in PyTorch's gradient.
    difference, relative : float
        Largest difference of two entries, and that relative to the scale it is judged at.
    agrees : bool
    """

    name: str
    shape: tuple
    ours: float
    theirs: float
    difference: float
    relative: float
    agrees: bool


@dataclass(frozen=True, repr=False)
class GradientComparison(Report):
    """The outcome of `compare_gradients`; truthy when every row agrees.

    Attributes
    ----------
    rows : list of ComparisonRow
    tolerance : float
    """

    rows: list
    tolerance: float

    head = ("gradient", "shape", "largest entry, byhand", "PyTorch", "relative difference", "verdict")
    claim = "values agree with PyTorch"

    def cells(self):
        """Return the texts of the table, a list a row."""
        return [
            [
                row.name,
                str(row.shape),
                six(row.ours),
                six(row.theirs),
                spell_difference(row.relative, self.tolerance),
                "agree" if row.agrees else "DISAGREE",
            ]
            for row in self.rows
        ]
