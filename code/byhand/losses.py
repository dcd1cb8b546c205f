"""How wrong a prediction is, as one number, and which way to move it.

Each loss is a pair: forward(prediction, target) -> (loss, cache) and
backward(dloss, cache) -> dprediction, where dloss is 1.0 at the start of a backward pass. A loss is
the mean over the batch (over all entries for MSE and binary cross-entropy), as PyTorch's defaults
are; the 1/N of that mean lives here and nowhere else in the package.
"""

import numpy as np

from byhand._checks import as_float_array, labels_array, number, numeric_array, prepared, reshape_hint
from byhand.activations import log_softmax

__all__ = [
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "MSELoss",
    "binary_cross_entropy_backward",
    "binary_cross_entropy_forward",
    "cross_entropy_backward",
    "cross_entropy_forward",
    "mse_backward",
    "mse_forward",
]


def _same_shape(prediction, target, where, name):
    prediction = as_float_array(prediction, where, name)
    target = as_float_array(target, where, "target")
    if target.shape != prediction.shape:
        raise ValueError(
            f"{where}: target has shape {target.shape}, expected {prediction.shape}, the shape of {name}; "
            f"subtracting would broadcast them to something else without a word."
            + reshape_hint("target", target.shape, prediction.shape)
        )
    _not_empty(prediction, where, name)
    # A float32 prediction keeps the loss in float32, whatever the target came as.
    return prediction, target.astype(prediction.dtype, copy=False)


def _not_empty(prediction, where, name):
    if prediction.size == 0:
        raise ValueError(
            f"{where}: {name} has shape {prediction.shape}, expected at least one entry: "
            f"the mean over nothing is undefined. Fix: skip empty batches."
        )


def _prepare_mse(prediction, target):
    return _same_shape(prediction, target, "mse_forward", "prediction")


def _prepare_binary(logits, target):
    where = "binary_cross_entropy_forward"
    logits, target = _same_shape(logits, target, where, "logits")
    if target.min() < 0 or target.max() > 1:
        hint = " Fix: (target + 1) / 2 turns -1, 1 into 0, 1." if target.min() == -1 and target.max() == 1 else ""
        hint = " Fix: target - 1 turns 1, 2 into 0, 1." if target.min() == 1 and target.max() == 2 else hint
        raise ValueError(
            f"{where}: target runs from {target.min():g} to {target.max():g}, "
            f"expected labels 0 and 1 or probabilities between them.{hint}"
        )
    return logits, target


def _prepare_classes(logits, target):
    where = "cross_entropy_forward"
    logits = as_float_array(logits, where, "logits")
    if logits.ndim != 2:
        raise ValueError(
            f"{where}: logits has shape {logits.shape}, expected (N, K), a row a sample and a column a class."
            + (" Fix: logits.reshape(1, -1) for one sample." if logits.ndim == 1 else "")
        )
    if logits.shape[1] == 0:
        raise ValueError(f"{where}: logits has shape {logits.shape}, expected at least one class.")
    _not_empty(logits, where, "logits")
    target = numeric_array(target, where, "target")
    if target.ndim == 2 and (target.shape == logits.shape or target.shape[1] > 1):
        return logits, _probabilities(target, logits, where)
    return logits, labels_array(target, where, "target", *logits.shape)


def _probabilities(target, logits, where):
    if target.dtype.kind in "biu":
        raise TypeError(
            f"{where}: target has integers of shape {target.shape}, expected integer labels of shape "
            f"({len(logits)},) or probabilities as floats. Fix for one-hot rows: target.argmax(axis=1)."
        )
    target = as_float_array(target, where, "target")
    if target.shape != logits.shape:
        raise ValueError(
            f"{where}: target has shape {target.shape}, expected {logits.shape} as logits, or ({len(logits)},)."
            + reshape_hint("target", target.shape, logits.shape)
        )
    sums = target.sum(axis=1)
    if target.min() < 0 or not np.allclose(sums, 1.0, rtol=0, atol=1e-4):
        row = int(np.argmax(np.maximum(np.abs(sums - 1.0), -target.min(axis=1))))
        raise ValueError(
            f"{where}: row {row} of target has smallest entry {target[row].min():g} and sum {sums[row]:g}, "
            f"expected probabilities: none below 0, with sum 1. Fix: did logits get in? Apply softmax first."
        )
    return target.astype(logits.dtype, copy=False)


def _prepare_backward(where):
    def prepare(dloss, cache):
        dloss = number(dloss.item() if isinstance(dloss, np.ndarray) and dloss.size == 1 else dloss, where, "dloss")
        if not _is_cache(cache, labels_allowed=where.startswith("cross")):
            raise TypeError(
                f"{where}: cache is {cache!r:.60}, expected the cache that the forward function returned. "
                f"Fix: keep it, as in `loss, cache = ..._forward(...)`."
            )
        return dloss, cache

    return prepare


def _is_cache(cache, labels_allowed):
    if not (isinstance(cache, tuple) and len(cache) == 2):
        return False
    kinds = [getattr(getattr(part, "dtype", None), "kind", "none") for part in cache]
    if not all(isinstance(part, (np.ndarray, np.generic)) for part in cache) or kinds[0] != "f":
        return False
    prediction, target = cache
    if labels_allowed and target.shape == prediction.shape[:1]:
        return prediction.ndim == 2 and kinds[1] in "iu"
    return target.shape == prediction.shape and kinds[1] == "f" and (not labels_allowed or prediction.ndim == 2)


@prepared(_prepare_mse)
def mse_forward(prediction, target):
    """Mean squared error over all entries.

    Parameters
    ----------
    prediction, target : array, one shape for both, not empty
        The loss is in the target's unit, squared.

    Returns
    -------
    loss : float
    cache : (prediction, target)

    Raises
    ------
    TypeError, ValueError
        If the shapes differ (nothing is broadcast), an array is empty, or an entry is NaN.

    References
    ----------
    PyTorch documentation of torch.nn.MSELoss (reduction="mean").
    """
    error = prediction - target
    return (error * error).sum() / error.size, (prediction, target)


@prepared(_prepare_backward("mse_backward"))
def mse_backward(dloss, cache):
    """dprediction = dloss * 2 (prediction - target) / number of entries.

    Parameters
    ----------
    dloss : float
        Derivative of what is wanted with respect to this loss; 1.0 to start a backward pass.
    cache : (prediction, target)

    Returns
    -------
    dprediction : array, shape of prediction

    Raises
    ------
    TypeError, ValueError
        If dloss is not a finite number or the cache is not the forward function's.
    """
    prediction, target = cache
    return (prediction - target) * (2.0 * dloss / prediction.size)


@prepared(_prepare_binary)
def binary_cross_entropy_forward(logits, target):
    """Mean binary cross-entropy of logits against labels 0 and 1, or probabilities between.

    Parameters
    ----------
    logits : array, any shape, not empty
        Before the sigmoid; infinities are allowed.
    target : array, shape of logits
        Entries in [0, 1].

    Returns
    -------
    loss : float
        In nats; ln 2 where every logit is 0.
    cache : (p, target)
        p is the sigmoid of the logits.

    Raises
    ------
    TypeError, ValueError
        If the shapes differ, an entry of target lies outside [0, 1], or an entry is NaN.

    Notes
    -----
    -[y ln p + (1 - y) ln(1 - p)] with p = sigmoid(z) equals `|z| w + ln(1 + e^-|z|)`, where w is the
    weight that the target puts on the side the logit is not on. No large exponential and no
    logarithm of a tiny number is left.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, equation 4.90.
    """
    size = np.abs(logits)
    wrong = np.abs(target - (logits > 0))
    e = np.exp(-size)
    loss = np.where(wrong > 0, size, 0.0) * wrong + np.log1p(e)
    p = np.where(logits > 0, 1.0, e) / (1.0 + e)
    return loss.sum() / loss.size, (p, target)


@prepared(_prepare_backward("binary_cross_entropy_backward"))
def binary_cross_entropy_backward(dloss, cache):
    """dlogits = dloss * (p - target) / number of entries.

    Parameters, errors as in `mse_backward`; the cache is `binary_cross_entropy_forward`'s.

    Returns
    -------
    dlogits : array, shape of logits
    """
    p, target = cache
    return (p - target) * (dloss / p.size)


@prepared(_prepare_classes)
def cross_entropy_forward(logits, target):
    """Mean cross-entropy of logits against class labels, or against rows of probabilities.

    Parameters
    ----------
    logits : array, shape (N, K), not empty
        Before the softmax; infinities are allowed.
    target : integer array, shape (N,), entries 0..K-1; or float array, shape (N, K), rows with sum 1

    Returns
    -------
    loss : float
        In nats; ln K where the logits of a row are equal.
    cache : (log_p, target)
        log_p is the log-softmax of the logits, shape (N, K).

    Raises
    ------
    TypeError, ValueError
        If labels are not integers in 0..K-1, one-hot rows come as integers, rows of probabilities do
        not sum to 1, the lengths differ or an entry is NaN.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, equation 4.108.
    """
    log_p = log_softmax(logits)
    if target.ndim == 1:
        picked = log_p[np.arange(len(target)), target]
    else:
        picked = np.where(target > 0, log_p, 0.0) * target
    return -picked.sum() / len(logits), (log_p, target)


@prepared(_prepare_backward("cross_entropy_backward"))
def cross_entropy_backward(dloss, cache):
    """dlogits = dloss * (softmax(logits) - target) / N, with labels as one-hot rows.

    Parameters, errors as in `mse_backward`; the cache is `cross_entropy_forward`'s.

    Returns
    -------
    dlogits : array, shape (N, K)
    """
    log_p, target = cache
    dlogits = np.exp(log_p)
    if target.ndim == 1:
        dlogits[np.arange(len(target)), target] -= 1.0
    else:
        dlogits -= target
    return dlogits * (dloss / len(dlogits))


class _Loss:
    def forward(self, prediction, target):
        """Return (loss, cache); see the function of the same name."""
        return type(self)._forward(prediction, target)

    def backward(self, dloss, cache):
        """Return the derivative with respect to the prediction, in its shape."""
        return type(self)._backward(dloss, cache)

    def _passes(self):
        """The two functions without their checks, for `fit`."""
        own = type(self) in (MSELoss, BCEWithLogitsLoss, CrossEntropyLoss)
        if own and not vars(self):
            return type(self)._forward.__wrapped__, type(self)._backward.__wrapped__
        return self.forward, self.backward  # a subclass, or methods replaced

    def __repr__(self):
        return f"{type(self).__name__}()"


class MSELoss(_Loss):
    """`mse_forward` and `mse_backward` as an object."""

    _forward, _backward = staticmethod(mse_forward), staticmethod(mse_backward)


class BCEWithLogitsLoss(_Loss):
    """`binary_cross_entropy_forward` and `..._backward` as an object."""

    _forward, _backward = staticmethod(binary_cross_entropy_forward), staticmethod(binary_cross_entropy_backward)

    def correct(self, logits, target):
        """Count the entries on the right side of 0, the logit's threshold."""
        return np.count_nonzero((logits > 0) == (target > 0.5)) / (logits.size / len(logits))


class CrossEntropyLoss(_Loss):
    """`cross_entropy_forward` and `cross_entropy_backward` as an object."""

    _forward, _backward = staticmethod(cross_entropy_forward), staticmethod(cross_entropy_backward)

    def correct(self, logits, target):
        """Count the rows whose largest logit is that of the target class."""
        labels = target if target.ndim == 1 else target.argmax(axis=1)
        return np.count_nonzero(logits.argmax(axis=1) == labels)
