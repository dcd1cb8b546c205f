"""A network is a list of layers: forward from first to last, backward from last to first."""

import copy

import numpy as np

from byhand import activations
from byhand._checks import choose, finite_array, generator, has_passes, whole_number
from byhand.initializers import glorot_normal, he_normal
from byhand.layers import Linear

__all__ = ["Sequential", "mlp", "value_and_grads"]


class Sequential:
    """Layers one after the other; itself a layer, so networks nest.

    Parameters
    ----------
    *layers : layers
        Objects with `.params`, `.forward(x, train)` and `.backward(dy, cache)`.

    Attributes
    ----------
    layers : list
    params : dict
        The live arrays of all layers under "<index of the layer>.<name>", such as "0.W".
    n_in, n_out : int or None
        Features in and out; None where every layer takes any number.

    Raises
    ------
    TypeError, ValueError
        If something is not a layer, consecutive linear layers do not fit, or a layer with parameters
        appears twice (its gradient would be a sum that no single key holds).
    """

    def __init__(self, *layers):
        for i, layer in enumerate(layers):
            if not all(hasattr(layer, name) for name in ("params", "forward", "backward")):
                cure = (
                    " Fix: write the layers without brackets, Sequential(*layers)."
                    if isinstance(layer, (list, tuple))
                    else ""
                )
                cure = f" Fix: make one, {layer.__name__}(...)." if isinstance(layer, type) else cure
                raise TypeError(f"Sequential: layer {i} is {layer!r:.60}, expected params, forward and backward.{cure}")
            first = next((k for k in range(i) if layers[k] is layer), None)
            if layer.params and first is not None:
                raise ValueError(
                    f"Sequential: layer {i} is layer {first} again; shared parameters are not supported. "
                    f"Fix: make a second layer."
                )
        self.n_in = self.n_out = None
        for i, layer in enumerate(layers):
            n_in, n_out = _features(layer, "n_in"), _features(layer, "n_out")
            if None not in (self.n_out, n_in) and n_in != self.n_out:
                raise ValueError(
                    f"Sequential: layer {i}, {layer!r}, expects {n_in} features, "
                    f"but the layers before it give {self.n_out}."
                )
            self.n_in = n_in if self.n_in is None else self.n_in
            self.n_out = self.n_out if n_out is None else n_out
        self.layers = list(layers)

    @property
    def params(self):
        """The arrays themselves, not copies: an optimiser changes them in place."""
        return {f"{i}.{name}": array for i, layer in enumerate(self.layers) for name, array in layer.params.items()}

    @property
    def parameter_count(self):
        """Number of single numbers that training can change."""
        return sum(array.size for array in self.params.values())

    def forward(self, x, train=False):
        """Return (y, caches): the output for x of shape (N, n_in), and one cache a layer."""
        caches = []
        for layer in self.layers:
            x, cache = layer.forward(x, train)
            caches.append(cache)
        return x, caches

    def backward(self, dy, caches, need_dx=True):
        """Return (dx, grads) for dy of the output's shape; grads has the keys of params.

        Without need_dx, dx is None where the first layer can save that product.

        Raises
        ------
        ValueError
            If there is not one cache a layer.
        """
        if not isinstance(caches, (list, tuple)) or len(caches) != len(self.layers):
            what = f"has {len(caches)} entries" if isinstance(caches, (list, tuple)) else f"is {caches!r:.60}"
            raise ValueError(
                f"Sequential.backward: caches {what}, expected {len(self.layers)}, one a layer. "
                f"Fix: pass what this network's forward returned."
            )
        grads_of = [{} for _ in self.layers]
        for i in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[i]
            if i == 0 and not need_dx and type(layer) is Linear:
                dy, grads_of[i] = layer.backward(dy, caches[i], need_dx=False)
            else:
                dy, grads_of[i] = layer.backward(dy, caches[i])
        return dy, {f"{i}.{name}": g for i, grads in enumerate(grads_of) for name, g in grads.items()}

    def _passes(self, grads, need_dx):
        """All layers' passes one after the other, for `fit`; see `passes`."""
        pairs = [
            passes(layer, {name: grads[f"{i}.{name}"] for name in layer.params}, need_dx or i > 0)
            for i, layer in enumerate(self.layers)
        ]
        forwards = [forward for forward, _ in pairs]
        backwards = [backward for _, backward in reversed(pairs)]

        def forward(x):
            caches = []
            for layer_forward in forwards:
                x, cache = layer_forward(x)
                caches.append(cache)
            return x, caches

        def backward(dy, caches):
            for layer_backward in backwards:
                dy = layer_backward(dy, caches.pop())
            return dy

        return forward, backward

    def predict(self, x):
        """Return the output for x of shape (N, n_in), with training-only behaviour off."""
        return self.forward(x)[0]

    def astype(self, dtype):
        """Return a copy of the network with all arrays in another precision.

        Raises
        ------
        ValueError
            If dtype is neither float32 nor float64.
        """
        try:
            known = isinstance(dtype, (type, str, np.dtype)) and np.dtype(dtype) in (np.float32, np.float64)
        except TypeError:
            known = False
        if not known:
            raise ValueError(f"Sequential.astype: dtype is {dtype!r}, expected numpy.float32 or numpy.float64.")
        twin = copy.deepcopy(self)
        for layer, name in places(twin):
            layer.params[name] = layer.params[name].astype(dtype)
        return twin

    def __repr__(self):
        lines = [f"  ({i}) {layer!r}" for i, layer in enumerate(self.layers)]
        return "\n".join(["Sequential(", *lines, f")  # {self.parameter_count:,} parameters"])


def _features(layer, side):
    """Features in or out of a layer; None where it takes any number."""
    return getattr(layer, side, getattr(layer, "n", None))


_ACTIVATIONS = {
    "relu": activations.ReLU,
    "sigmoid": activations.Sigmoid,
    "tanh": activations.Tanh,
    "leaky_relu": activations.LeakyReLU,
    "elu": activations.ELU,
    "gelu": activations.GELU,
    "softplus": activations.Softplus,
    "identity": activations.Identity,
}


def places(layer):
    """Every (layer, name) that holds an array, in the order of params, through nested networks."""
    for inner in getattr(layer, "layers", ()):
        yield from places(inner)
    if not hasattr(layer, "layers"):
        for name in layer.params:
            yield layer, name


def passes(layer, grads, need_dx):
    """A layer's forward and backward pass as the training loop runs them: the same numbers, less around them.

    forward(x) -> (y, cache) and backward(dy, cache) -> dx look arrays up once, check nothing, and write the
    gradients into the arrays of `grads`, so that nothing is collected in dictionaries step after step. The
    package's own layers bring such passes along. Any other layer, a subclass or one whose methods
    were replaced among them, is asked for what it says itself.
    """
    own = type(layer) in (Linear, Sequential, *_ACTIVATIONS.values())
    if own and not vars(layer).keys() & {"forward", "backward"}:
        return layer._passes(grads, need_dx)

    def forward(x):
        y, cache = layer.forward(x, True)
        return np.asarray(y, x.dtype), cache

    def backward(dy, cache):
        dx, new = layer.backward(dy, cache)
        for name, gradient in grads.items():
            gradient[...] = new[name]
        return None if dx is None else np.asarray(dx, dy.dtype)  # a first layer may save that product

    return forward, backward


def mlp(sizes, activation="relu", *, rng, init=None, output=None):
    """Build a multi-layer perceptron: linear layers with an activation between them.

    Parameters
    ----------
    sizes : sequence of int
        Features in, hidden widths, features out: at least two numbers.
    activation : str or sequence of str
        One name for every hidden layer, or one name each: "relu", "sigmoid", "tanh", "leaky_relu",
        "elu", "gelu", "softplus" or "identity".
    rng : int or numpy.random.Generator
    init : callable, optional
        Initializer of every layer. By default He where a bend follows that passes large values
        through, Glorot before tanh, sigmoid and the output.
    output : str, optional
        Activation of the output; None gives logits, which the cross-entropy losses expect.

    Returns
    -------
    network : Sequential

    Raises
    ------
    TypeError, ValueError
        If sizes has fewer than two whole numbers, or a name is not known (the nearest is named).

    References
    ----------
    Defaults: He et al. (2015) and Glorot and Bengio (2010); see `byhand.initializers`.
    """
    if not isinstance(sizes, (list, tuple, np.ndarray)) or np.ndim(sizes) != 1 or len(sizes) < 2:
        raise ValueError(f"mlp: sizes is {sizes!r}, expected at least two sizes, in and out. Fix: sizes=[2, 8, 1].")
    sizes = [whole_number(size, "mlp", f"sizes[{i}]") for i, size in enumerate(sizes)]
    if not isinstance(activation, (str, list, tuple)):
        choose(activation, "mlp", "activation", _ACTIVATIONS)  # raises
    names = [activation] * (len(sizes) - 2) if isinstance(activation, str) else list(activation)
    if len(names) != len(sizes) - 2:
        raise ValueError(
            f"mlp: activation has {len(names)} names, expected {len(sizes) - 2}, one a hidden layer; "
            f"output= names the last layer's."
        )
    if not names:
        choose(activation if isinstance(activation, str) else "identity", "mlp", "activation", _ACTIVATIONS)
    names.append("identity" if output is None else output)
    kinds = [
        choose(name, "mlp", "output" if i == len(names) - 1 else "activation", _ACTIVATIONS)
        for i, name in enumerate(names)
    ]
    rng = generator(rng, "mlp")
    layers = []
    for n_in, n_out, name, kind in zip(sizes, sizes[1:], names, kinds, strict=False):
        usual = glorot_normal if name in ("tanh", "sigmoid", "identity") else he_normal
        layers += [Linear(n_in, n_out, rng=rng, init=usual if init is None else init), kind()]
    if output is None:
        layers.pop()
    return Sequential(*layers)


def value_and_grads(network, loss, x, y, *, train=False):
    """The loss on a batch and its gradient with respect to every parameter.

    Parameters
    ----------
    network : Sequential
    loss : MSELoss, BCEWithLogitsLoss, CrossEntropyLoss or an object like them
    x : array, shape (N, n_in)
    y : array, as the loss expects
    train : bool
        Whether dropout and batch normalisation behave as in training.

    Returns
    -------
    value : float
    grads : dict
        An array for each key of `network.params`, in its shape.

    Raises
    ------
    TypeError, ValueError
        If x or y does not fit the network or the loss, or holds NaN or infinity.
    """
    has_passes(network, "value_and_grads", "network")
    has_passes(loss, "value_and_grads", "loss")
    x = finite_array(x, "value_and_grads", "x")
    prediction, caches = network.forward(x, train)
    value, cache = loss.forward(prediction, y)
    _, grads = network.backward(loss.backward(1.0, cache), caches, need_dx=False)
    return value, grads
