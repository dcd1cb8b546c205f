"""The bends between linear layers: each activation forward, backward, and as a thin layer.

A forward function takes z of any shape and returns `(a, cache)` with a of the same shape; its
backward function takes the derivative da of the loss with respect to a and returns dz. Where the
derivative can be read off the output, the cache is the output and nothing is computed twice. All but GELU also take
complex z, so that a derivative can be measured by a complex step.
"""

import math

import numpy as np

from byhand._checks import as_float_array, number, shapes, whole_number

__all__ = [
    "ELU",
    "GELU",
    "Identity",
    "LeakyReLU",
    "ReLU",
    "Sigmoid",
    "Softplus",
    "Tanh",
    "elu_backward",
    "elu_forward",
    "gelu_backward",
    "gelu_forward",
    "identity_backward",
    "identity_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "log_softmax",
    "relu_backward",
    "relu_forward",
    "sigmoid",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax",
    "softplus_backward",
    "softplus_forward",
    "tanh_backward",
    "tanh_forward",
]


@shapes(z="...")
def relu_forward(z):
    """Rectified linear unit: a = max(z, 0).

    Parameters
    ----------
    z : array, any shape

    Returns
    -------
    a : array, shape of z
    cache : array
        The output a: it is positive exactly where z is.

    Raises
    ------
    TypeError, ValueError
        If z is not an array of numbers or contains NaN.

    References
    ----------
    Nair and Hinton (2010), Rectified linear units improve restricted Boltzmann machines.
    """
    a = np.maximum(z, 0.0)
    return a, a


@shapes(da="...", cache="...")
def relu_backward(da, cache):
    """dz = da where z > 0, else 0. At z = 0, where no derivative exists, 0 as in PyTorch.

    Parameters
    ----------
    da : array, any shape
    cache : array, shape of da
        The output of `relu_forward`.

    Returns
    -------
    dz : array, shape of da

    Raises
    ------
    TypeError, ValueError
        If da is not an array of numbers, contains NaN, or has another shape than the output.
    """
    return da * (cache > 0)


@shapes(z="...")
def leaky_relu_forward(z, alpha=0.01):
    """a = z where z > 0, else alpha z.

    Parameters
    ----------
    z : array, any shape
    alpha : float
        Slope for negative z.

    Returns
    -------
    a : array, shape of z
    cache : (z, alpha)

    Raises
    ------
    TypeError, ValueError
        If z is not an array of numbers, contains NaN, or alpha is not a finite number.

    References
    ----------
    Maas, Hannun and Ng (2013), Rectifier nonlinearities improve neural network acoustic models.
    """
    alpha = number(alpha, "leaky_relu_forward", "alpha")
    return np.where(z > 0, z, alpha * z), (z, alpha)


@shapes(da="...", cache=("...", None))
def leaky_relu_backward(da, cache):
    """dz = da where z > 0, else alpha da. Shapes and errors as in `relu_backward`."""
    z, alpha = cache
    return np.where(z > 0, da, alpha * da)


@shapes(z="...")
def elu_forward(z, alpha=1.0):
    """Exponential linear unit: a = z where z > 0, else alpha (e^z - 1).

    Parameters
    ----------
    z : array, any shape
    alpha : float
        -alpha is the limit for very negative z.

    Returns
    -------
    a : array, shape of z
    cache : (z, alpha)

    Raises
    ------
    TypeError, ValueError
        If z is not an array of numbers, contains NaN, or alpha is not a finite number.

    References
    ----------
    Clevert, Unterthiner and Hochreiter (2016), Fast and accurate deep network learning by
    exponential linear units.
    """
    alpha = number(alpha, "elu_forward", "alpha")
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0))), (z, alpha)


@shapes(da="...", cache=("...", None))
def elu_backward(da, cache):
    """dz = da where z > 0, else da alpha e^z. Shapes and errors as in `relu_backward`."""
    z, alpha = cache
    return np.where(z > 0, da, da * alpha * np.exp(np.minimum(z, 0.0)))


@shapes(z="...")
def sigmoid(z):
    """Logistic function 1 / (1 + e^-z), computed so that the exponential never overflows.

    Parameters
    ----------
    z : array, any shape

    Returns
    -------
    a : array, shape of z, in [0, 1]

    Raises
    ------
    TypeError, ValueError
        If z is not an array of numbers or contains NaN.

    Notes
    -----
    With `e = exp(-|z|)`, which lies in (0, 1], the value is 1 / (1 + e) for z >= 0 and e / (1 + e)
    for z < 0: the same number written twice, each time without a large exponential.
    """
    e = np.exp(np.where(z > 0, -z, z))
    return np.where(z > 0, 1.0, e) / (1.0 + e)


@shapes(z="...")
def sigmoid_forward(z):
    """a = sigmoid(z); the cache is a. Shapes and errors as in `sigmoid`."""
    a = sigmoid(z)
    return a, a


@shapes(da="...", cache="...")
def sigmoid_backward(da, cache):
    """dz = da a (1 - a), with a from the cache. Shapes and errors as in `relu_backward`."""
    return da * cache * (1.0 - cache)


@shapes(z="...")
def tanh_forward(z):
    """a = tanh(z); the cache is a. Shapes and errors as in `relu_forward`."""
    a = np.tanh(z)
    return a, a


@shapes(da="...", cache="...")
def tanh_backward(da, cache):
    """dz = da (1 - a^2), with a from the cache. Shapes and errors as in `relu_backward`."""
    return da * (1.0 - cache * cache)


@shapes(z="...")
def softplus_forward(z):
    """a = ln(1 + e^z), computed as `max(z, 0) + ln(1 + e^-|z|)`.

    Parameters
    ----------
    z : array, any shape

    Returns
    -------
    a : array, shape of z
    cache : array
        z.

    Raises
    ------
    TypeError, ValueError
        If z is not an array of numbers or contains NaN.

    References
    ----------
    Dugas, Bengio, Bélisle, Nadeau and Garcia (2001), Incorporating second-order functional
    knowledge for better option pricing.
    """
    return np.maximum(z, 0.0) + np.log1p(np.exp(np.where(z > 0, -z, z))), z


@shapes(da="...", cache="...")
def softplus_backward(da, cache):
    """dz = da sigmoid(z), with z from the cache. Shapes and errors as in `relu_backward`."""
    return da * sigmoid(cache)


_erfc = np.frompyfunc(math.erfc, 1, 1)  # NumPy has no error function; the standard library's is exact


@shapes(z="...")
def gelu_forward(z):
    """Gaussian error linear unit, exact: a = z P(Z <= z) for a standard normal Z.

    Parameters
    ----------
    z : array, any shape

    Returns
    -------
    a : array, shape of z
    cache : (z, P(Z <= z))

    Raises
    ------
    TypeError, ValueError
        If z is not an array of real numbers or contains NaN.

    References
    ----------
    Hendrycks and Gimpel (2016), Gaussian error linear units.
    """
    if z.dtype.kind == "c":
        as_float_array(z, "gelu_forward", "z")  # raises: the standard library's erfc takes real numbers only
    below = np.asarray(0.5 * _erfc(z / -math.sqrt(2.0)), dtype=z.dtype)
    return np.where(below == 0, 0.0, z).astype(z.dtype) * below, (z, below)  # -inf * 0 is meant as 0


@shapes(da="...", cache=("...", "..."))
def gelu_backward(da, cache):
    """dz = da (P(Z <= z) + z phi(z)), phi the normal density. Errors as in `relu_backward`."""
    z, below = cache
    near = np.clip(z, -40.0, 40.0)  # phi(40) is zero in float64, and infinity * 0 must be 0
    return da * (below + near * np.exp(-0.5 * near * near) / math.sqrt(2.0 * math.pi))


@shapes(z="...")
def identity_forward(z):
    """a = z, for outputs without an activation. Shapes and errors as in `relu_forward`."""
    return z, z


@shapes(da="...", cache="...")
def identity_backward(da, cache):
    """dz = da. Shapes and errors as in `relu_backward`."""
    return da


def _classes_first(z, axis, where):
    """z minus its maximum along the axis, equal infinities being 0 apart, and where the maximum is.

    Both have that axis in front: with classes first in memory, a sum over them adds whole rows, which
    for a few classes is three times as fast.
    """
    if not -z.ndim <= whole_number(axis, where, "axis", least=-z.ndim) < z.ndim:
        raise ValueError(f"{where}: axis is {axis}, expected one of the {z.ndim} axes of z of shape {z.shape}.")
    if z.shape[axis] == 0:
        raise ValueError(f"{where}: z has shape {z.shape}, expected at least one class along axis {axis}.")
    z = np.ascontiguousarray(z.swapaxes(0, axis))
    top = z.max(axis=0)
    with np.errstate(invalid="ignore", over="ignore"):  # inf - inf is replaced; -1e308 - 1e308 is -inf, rightly
        shifted = z - top
    largest = z == top
    np.putmask(shifted, largest, 0.0)
    return shifted, largest


@shapes(z="...")
def softmax(z, axis=-1):
    """Probabilities e^z / sum(e^z) along an axis; the largest z is subtracted first.

    Parameters
    ----------
    z : array, at least one axis
        Logits. Infinities are allowed: the largest entries share the probability.
    axis : int

    Returns
    -------
    p : array, shape of z
        Non-negative, with sum 1 along the axis.

    Raises
    ------
    TypeError, ValueError
        If z is not an array of numbers, contains NaN or has no class along the axis.

    References
    ----------
    Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
    """
    e = np.exp(_classes_first(z, axis, "softmax")[0])
    return (e / e.sum(axis=0)).swapaxes(0, axis)


@shapes(z="...")
def log_softmax(z, axis=-1):
    """Logarithm of `softmax`, computed without ever taking the logarithm of a tiny number.

    Parameters, shapes and errors as in `softmax`.

    Returns
    -------
    log_p : array, shape of z, at most 0

    Notes
    -----
    log p = s - ln(sum(e^s)) with s = z - max(z). The largest term of the sum is 1; with the rest of
    the sum apart, ln(sum) = ln(1 + rest), whose log1p keeps a rest of 1e-20 that 1 + rest loses.
    """
    shifted, largest = _classes_first(z, axis, "log_softmax")
    e = np.exp(shifted)
    np.putmask(e, largest, 0.0)
    rest = e.sum(axis=0)
    if np.count_nonzero(largest) > rest.size:  # several are largest: all but one belong to the rest
        rest += largest.sum(axis=0) - 1
    return (shifted - np.log1p(rest)).swapaxes(0, axis)


class _Activation:
    """A layer without parameters, made of one forward and one backward function."""

    def __init__(self):
        self.params = {}

    def forward(self, x, train=False):
        """Return (y, cache), y of the shape of x. `train` changes nothing here."""
        return type(self)._forward(x)

    def backward(self, dy, cache):
        """Return (dx, {}), dx of the shape of dy."""
        return type(self)._backward(dy, cache), {}

    def _passes(self, grads, need_dx):
        """The two functions without their checks, for `fit`; see `byhand.network.passes`."""
        return type(self)._forward.__wrapped__, type(self)._backward.__wrapped__

    def __repr__(self):
        return f"{type(self).__name__}()"


class _SlopedActivation(_Activation):
    """An activation with one number, alpha."""

    def __init__(self, alpha):
        super().__init__()
        self.alpha = number(alpha, type(self).__name__, "alpha")

    def forward(self, x, train=False):
        """Return (y, cache), y of the shape of x. `train` changes nothing here."""
        return type(self)._forward(x, self.alpha)

    def _passes(self, grads, need_dx):
        """The two functions without their checks, for `fit`; see `byhand.network.passes`."""
        forward = type(self)._forward.__wrapped__
        return lambda z: forward(z, self.alpha), type(self)._backward.__wrapped__

    def __repr__(self):
        return f"{type(self).__name__}(alpha={self.alpha:g})"


class ReLU(_Activation):
    """`relu_forward` and `relu_backward` as a layer."""

    _forward, _backward = staticmethod(relu_forward), staticmethod(relu_backward)


class Sigmoid(_Activation):
    """`sigmoid_forward` and `sigmoid_backward` as a layer."""

    _forward, _backward = staticmethod(sigmoid_forward), staticmethod(sigmoid_backward)


class Tanh(_Activation):
    """`tanh_forward` and `tanh_backward` as a layer."""

    _forward, _backward = staticmethod(tanh_forward), staticmethod(tanh_backward)


class GELU(_Activation):
    """`gelu_forward` and `gelu_backward` as a layer."""

    _forward, _backward = staticmethod(gelu_forward), staticmethod(gelu_backward)


class Softplus(_Activation):
    """`softplus_forward` and `softplus_backward` as a layer."""

    _forward, _backward = staticmethod(softplus_forward), staticmethod(softplus_backward)


class Identity(_Activation):
    """`identity_forward` and `identity_backward` as a layer."""

    _forward, _backward = staticmethod(identity_forward), staticmethod(identity_backward)


class LeakyReLU(_SlopedActivation):
    """`leaky_relu_forward` and `leaky_relu_backward` as a layer."""

    _forward, _backward = staticmethod(leaky_relu_forward), staticmethod(leaky_relu_backward)

    def __init__(self, alpha=0.01):
        super().__init__(alpha)


class ELU(_SlopedActivation):
    """`elu_forward` and `elu_backward` as a layer."""

    _forward, _backward = staticmethod(elu_forward), staticmethod(elu_backward)

    def __init__(self, alpha=1.0):
        super().__init__(alpha)
