"""Layers with parameters: linear, dropout and batch normalisation.

A layer has `.params` (a dict of arrays), `.forward(x, train=False) -> (y, cache)` and
`.backward(dy, cache) -> (dx, grads)`, where grads has the keys of params. What the backward pass
needs is in the cache, not in the layer, so a forward pass never disturbs a pending backward pass.
"""

import numpy as np

from byhand._checks import (
    as_float_array,
    axes_hint,
    checks_are_on,
    flag,
    generator,
    number,
    reshape_hint,
    shapes,
    whole_number,
)
from byhand.initializers import he_normal

__all__ = ["BatchNorm1d", "Dropout", "Linear", "linear_backward", "linear_forward"]


@shapes(x="N n_in", W="n_out n_in", b="n_out")
def linear_forward(x, W, b):
    """z = x W^T + b, a weighted sum an output.

    Parameters
    ----------
    x : array, shape (N, n_in)
        A row a sample.
    W : array, shape (n_out, n_in)
    b : array, shape (n_out,)

    Returns
    -------
    z : array, shape (N, n_out)
    cache : (x, W)

    Raises
    ------
    TypeError, ValueError
        If a shape does not fit, or an entry is NaN or not a number.

    References
    ----------
    PyTorch documentation of torch.nn.Linear, whose layout of W this is.
    """
    z = x @ W.T + b
    return z, (x, W)


@shapes(dz="N n_out", cache=("N n_in", "n_out n_in"))
def linear_backward(dz, cache):
    """Gradients of a linear layer from the derivative with respect to its output.

    Parameters
    ----------
    dz : array, shape (N, n_out)
    cache : (x, W)
        What `linear_forward` returned.

    Returns
    -------
    dx : array, shape (N, n_in)
    dW : array, shape (n_out, n_in)
    db : array, shape (n_out,)

    Raises
    ------
    TypeError, ValueError
        If dz does not have the shape of the output, or an entry is NaN.

    References
    ----------
    Goodfellow, Bengio and Courville (2016), Deep Learning, section 6.5.
    """
    x, W = cache
    dx = dz @ W
    dW = dz.T @ x
    db = dz.sum(axis=0)
    return dx, dW, db


class Linear:
    """A linear layer: `linear_forward` with its own weights.

    Parameters
    ----------
    n_in, n_out : int
        Features in and out.
    rng : int or numpy.random.Generator
        Draws the weights.
    init : callable
        `init(n_out, n_in, rng=rng) -> W`; see `byhand.initializers`.
    bias : bool
        Without it, b is not a parameter and stays zero.

    Raises
    ------
    TypeError, ValueError
        If a size is not a whole number of at least 1, rng is neither seed nor Generator, or init
        returns another shape than (n_out, n_in).
    """

    def __init__(self, n_in, n_out, *, rng, init=he_normal, bias=True):
        self.n_in = whole_number(n_in, "Linear", "n_in")
        self.n_out = whole_number(n_out, "Linear", "n_out")
        if not callable(init):
            raise TypeError(
                f"Linear: init is {init!r}, expected a function of (n_out, n_in, *, rng). Fix: init=byhand.he_normal."
            )
        W = as_float_array(init(self.n_out, self.n_in, rng=generator(rng, "Linear")), "Linear", "init(...)")
        if W.shape != (self.n_out, self.n_in):
            raise ValueError(
                f"Linear: init returned shape {W.shape}, expected (n_out, n_in) = ({self.n_out}, {self.n_in})."
                + reshape_hint("W", W.shape, (self.n_out, self.n_in))
            )
        self.bias = flag(bias, "Linear", "bias")
        self.params = {"W": W, "b": np.zeros(self.n_out)} if self.bias else {"W": W}

    def forward(self, x, train=False):
        """Return (z, cache) for x of shape (N, n_in); z has shape (N, n_out)."""
        if checks_are_on():
            x = _linear_input(x, self.n_in)
        if self.bias:
            return linear_forward(x, self.params["W"], self.params["b"])
        return linear_forward(x, self.params["W"], np.zeros(self.n_out, self.params["W"].dtype))

    def backward(self, dy, cache, need_dx=True):
        """Return (dx, grads). Without need_dx, dx is None and its product is saved.

        The first layer of a network has no use for dx, a third of a wide layer's backward pass.
        """
        if need_dx:
            dx, dW, db = linear_backward(dy, cache)
        else:
            dx, dW, db = None, dy.T @ cache[0], dy.sum(axis=0)
        return dx, ({"W": dW, "b": db} if self.bias else {"W": dW})

    def _passes(self, grads, need_dx):
        """Forward and backward as `fit` runs them, gradients written into `grads`; see `byhand.network.passes`.

        The products of `linear_forward` and `linear_backward`, in the forms that cost least for small
        arrays: `dot` for `@`, sums over samples as a product with ones, and no new arrays for dW and db.
        """
        W, b = self.params["W"], self.params.get("b")
        dW, db = grads["W"], grads.get("b")
        ones = np.ones(0, W.dtype)

        def forward(x):
            z = x.dot(W.T)
            if b is not None:
                z += b
            return z, x

        def backward(dz, x):
            nonlocal ones
            dz.T.dot(x, out=dW)
            if db is not None:
                if len(ones) != len(dz):
                    ones = np.ones(len(dz), W.dtype)
                ones.dot(dz, out=db)
            return dz.dot(W) if need_dx else None

        return forward, backward

    def __repr__(self):
        return f"Linear({self.n_in}, {self.n_out}{'' if self.bias else ', bias=False'})"


def _linear_input(x, n_in):
    """x as an array, refused by the layer's own size: the caller has never seen its W."""
    x = as_float_array(x, "Linear.forward", "x", real=False)
    if x.ndim != 2 or x.shape[1] != n_in:
        raise ValueError(
            f"Linear.forward: x has shape {x.shape}, expected (N, n_in) with n_in = {n_in}."
            + axes_hint("x", x, ("N", "n_in"))
        )
    return x


class Dropout:
    """Sets each entry to zero with probability p while training, and scales the others by 1 / (1 - p).

    The scaling keeps the mean, so that at test time the layer does nothing.

    Parameters
    ----------
    p : float
        Probability of zero, at least 0 and below 1.
    rng : int or numpy.random.Generator

    Raises
    ------
    TypeError, ValueError
        If p lies outside [0, 1) or rng is neither seed nor Generator.

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov (2014), Dropout: a simple way to
    prevent neural networks from overfitting.
    """

    def __init__(self, p, *, rng):
        self.p = number(p, "Dropout", "p", least=0.0, below=1.0)
        self.rng = generator(rng, "Dropout")
        self.params = {}

    def forward(self, x, train=False):
        """Return (y, mask), both of the shape of x; without train, y is x."""
        x = as_float_array(x, "Dropout.forward", "x")
        if not train or self.p == 0.0:
            mask = np.ones(x.shape, x.dtype)
            return x, mask
        mask = (self.rng.random(x.shape) >= self.p) / x.dtype.type(1.0 - self.p)
        return x * mask, mask

    def backward(self, dy, cache):
        """Return (dy * mask, {})."""
        return _dropout_backward(dy, cache), {}

    def __repr__(self):
        return f"Dropout({self.p:g})"


@shapes(dy="...", cache="...")
def _dropout_backward(dy, cache):
    return dy * cache


class BatchNorm1d:
    """Gives each feature mean 0 and variance 1 over the batch, then a scale gamma and a shift beta.

    Parameters
    ----------
    n : int
        Features.
    eps : float
        Added to the variance.
    momentum : float
        Share of the newest batch in the running statistics, which `forward(x, train=True)` updates
        and `forward(x)` uses. As in PyTorch, the running variance is the unbiased one.

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number of at least 1, eps is not positive, or momentum lies outside [0, 1].

    References
    ----------
    Ioffe and Szegedy (2015), Batch normalization, algorithm 1 and section 3.
    """

    def __init__(self, n, eps=1e-5, momentum=0.1):
        self.n = whole_number(n, "BatchNorm1d", "n")
        self.eps = number(eps, "BatchNorm1d", "eps", above=0.0)
        self.momentum = number(momentum, "BatchNorm1d", "momentum", least=0.0, most=1.0)
        self.params = {"gamma": np.ones(n), "beta": np.zeros(n)}
        self.running_mean = np.zeros(n)
        self.running_var = np.ones(n)

    def forward(self, x, train=False):
        """Return (y, cache), y of the shape (N, n) of x; with train, N must be at least 2."""
        x, _ = _batch_norm_input(as_float_array(x, "BatchNorm1d.forward", "x"), self.params["gamma"])
        if not train:
            mean, var = self.running_mean, self.running_var
        elif len(x) < 2:
            raise ValueError(
                f"BatchNorm1d.forward: x has shape {x.shape}, expected at least 2 samples with train=True: "
                f"one sample has no spread. Fix: drop a last batch of one, or use another batch size."
            )
        else:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            unbiased = var * (len(x) / (len(x) - 1))
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
        scale = (1.0 / np.sqrt(var + self.eps)).astype(x.dtype, copy=False)
        x_hat = (x - mean.astype(x.dtype, copy=False)) * scale
        return self.params["gamma"] * x_hat + self.params["beta"], (x_hat, scale, train)

    def backward(self, dy, cache):
        """Return (dx, {"gamma": ..., "beta": ...}), dx of the shape of dy.

        With train, mean and variance depend on x as well; their two paths take from dx_hat its mean
        and its component along x_hat.
        """
        dy, (x_hat, scale, train) = _batch_norm_gradient(dy, cache)
        grads = {"gamma": (dy * x_hat).sum(axis=0), "beta": dy.sum(axis=0)}
        dx_hat = dy * self.params["gamma"]
        if train:
            dx_hat = dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)
        return dx_hat * scale, grads

    def __repr__(self):
        return f"BatchNorm1d({self.n})"


@shapes(x="N n", gamma="n")
def _batch_norm_input(x, gamma):
    return x, gamma


@shapes(dy="N n", cache=("N n", "n", None))
def _batch_norm_gradient(dy, cache):
    return dy, cache


_batch_norm_input.__wrapped__.__name__ = "BatchNorm1d.forward"  # the names that errors show
_batch_norm_gradient.__wrapped__.__name__ = "BatchNorm1d.backward"
_dropout_backward.__wrapped__.__name__ = "Dropout.backward"
