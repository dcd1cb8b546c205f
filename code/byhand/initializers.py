"""Where the weights start: random numbers whose spread keeps signals the same size from layer to layer.

Every initializer is `f(n_out, n_in, *, rng) -> W` with W of shape (n_out, n_in). They differ in the
spread only; biases start at zero in every layer of the book.
"""

import numpy as np

from byhand._checks import generator, whole_number

__all__ = [
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "torch_uniform",
    "zeros",
]


def _sizes(n_out, n_in, where):
    return whole_number(n_out, where, "n_out"), whole_number(n_in, where, "n_in")


def _normal(n_out, n_in, rng, where, variance):
    shape = _sizes(n_out, n_in, where)
    return np.sqrt(variance(*shape)) * generator(rng, where).standard_normal(shape)


def _uniform(n_out, n_in, rng, where, variance):
    shape = _sizes(n_out, n_in, where)
    limit = np.sqrt(3.0 * variance(*shape))  # a uniform number in [-c, c] has variance c^2 / 3
    return generator(rng, where).uniform(-limit, limit, shape)


def he_normal(n_out, n_in, *, rng):
    """Normal weights of variance 2 / n_in, for ReLU and its relatives.

    Parameters
    ----------
    n_out, n_in : int
        Outputs and inputs of the layer.
    rng : int or numpy.random.Generator
        Where the random numbers come from.

    Returns
    -------
    W : float64 array, shape (n_out, n_in)

    Raises
    ------
    TypeError, ValueError
        If a size is not a whole number of at least 1, or rng is neither a seed nor a Generator.

    References
    ----------
    He, Zhang, Ren and Sun (2015), Delving deep into rectifiers, equation 10.
    """
    return _normal(n_out, n_in, rng, "he_normal", lambda n_out, n_in: 2.0 / n_in)


def he_uniform(n_out, n_in, *, rng):
    """Uniform weights of variance 2 / n_in; see `he_normal`."""
    return _uniform(n_out, n_in, rng, "he_uniform", lambda n_out, n_in: 2.0 / n_in)


def glorot_normal(n_out, n_in, *, rng):
    """Normal weights of variance 2 / (n_in + n_out), for tanh and sigmoid; also called Xavier.

    Parameters and errors as in `he_normal`.

    Returns
    -------
    W : float64 array, shape (n_out, n_in)

    References
    ----------
    Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks, equation 12.
    """
    return _normal(n_out, n_in, rng, "glorot_normal", lambda n_out, n_in: 2.0 / (n_in + n_out))


def glorot_uniform(n_out, n_in, *, rng):
    """Uniform weights of variance 2 / (n_in + n_out); see `glorot_normal` (equation 16 there)."""
    return _uniform(n_out, n_in, rng, "glorot_uniform", lambda n_out, n_in: 2.0 / (n_in + n_out))


def lecun_normal(n_out, n_in, *, rng):
    """Normal weights of variance 1 / n_in, which keep the variance of a linear layer.

    Parameters and errors as in `he_normal`.

    Returns
    -------
    W : float64 array, shape (n_out, n_in)

    References
    ----------
    LeCun, Bottou, Orr and Müller (1998), Efficient BackProp, section 4.6.
    """
    return _normal(n_out, n_in, rng, "lecun_normal", lambda n_out, n_in: 1.0 / n_in)


def torch_uniform(n_out, n_in, *, rng):
    """Uniform weights in [-1/sqrt(n_in), 1/sqrt(n_in)], what torch.nn.Linear does by default.

    Parameters and errors as in `he_normal`.

    Returns
    -------
    W : float64 array, shape (n_out, n_in)

    References
    ----------
    PyTorch documentation of torch.nn.Linear.
    """
    return _uniform(n_out, n_in, rng, "torch_uniform", lambda n_out, n_in: 1.0 / (3.0 * n_in))


def zeros(n_out, n_in, *, rng):
    """All weights zero: shown in the book for what it breaks (hidden units that never differ).

    Parameters and errors as in `he_normal`; no random number is drawn.

    Returns
    -------
    W : float64 array, shape (n_out, n_in)
    """
    generator(rng, "zeros")
    return np.zeros(_sizes(n_out, n_in, "zeros"))
