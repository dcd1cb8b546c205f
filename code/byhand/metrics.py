"""How good the predictions are, in numbers a reader can compare."""

import numpy as np

from byhand._checks import as_float_array, labels_array, numeric_array, reshape_hint

__all__ = ["accuracy", "confusion_matrix", "r2_score"]


def _classes(logits, labels, where):
    """Predicted and true classes, each of shape (N,), and the number of classes."""
    logits = as_float_array(logits, where, "logits")
    if logits.ndim not in (1, 2) or logits.size == 0:
        raise ValueError(
            f"{where}: logits has shape {logits.shape}, expected (N, K), or (N,) or (N, 1) for two classes, "
            f"with N and K at least 1."
        )
    binary = logits.ndim == 1 or logits.shape[1] == 1
    labels = numeric_array(labels, where, "labels")
    if labels.dtype == bool:
        labels = labels.astype(int)
    if binary:
        if labels.shape == (len(logits), 1):
            labels = labels.ravel()
        if labels.dtype.kind == "f" and np.isin(labels, (0.0, 1.0)).all():
            labels = labels.astype(int)  # targets of the binary loss are floats
        # The threshold on a logit is 0: sigmoid(0) = 1/2.
        return (logits.ravel() > 0).astype(int), labels_array(labels, where, "labels", len(logits), 2), 2
    return logits.argmax(axis=1), labels_array(labels, where, "labels", *logits.shape), logits.shape[1]


def accuracy(logits, labels):
    """Share of samples whose class is predicted rightly.

    Parameters
    ----------
    logits : array, shape (N, K); or (N,) or (N, 1) for two classes
        The largest logit of a row decides; with one column, its sign.
    labels : integer array, shape (N,)

    Returns
    -------
    share : float in [0, 1]

    Raises
    ------
    TypeError, ValueError
        If labels do not fit the logits, or an entry is NaN.
    """
    predicted, labels, _ = _classes(logits, labels, "accuracy")
    return float(np.mean(predicted == labels))


def confusion_matrix(logits, labels):
    """Count samples by true class (row) and predicted class (column).

    Parameters and errors as in `accuracy`.

    Returns
    -------
    counts : integer array, shape (K, K)
    """
    predicted, labels, n_classes = _classes(logits, labels, "confusion_matrix")
    return np.bincount(labels * n_classes + predicted, minlength=n_classes**2).reshape(n_classes, n_classes)


def r2_score(prediction, target):
    """Coefficient of determination: 1 - (squared error) / (squared error of predicting the mean).

    Parameters
    ----------
    prediction, target : array, shape (N,) or (N, K), the same for both
        With several columns, the mean over columns.

    Returns
    -------
    r2 : float, at most 1; 0 is as good as predicting the mean

    Raises
    ------
    TypeError, ValueError
        If the shapes differ, N is below 2, an entry is NaN, or a column of target is constant.

    References
    ----------
    scikit-learn documentation of sklearn.metrics.r2_score (which takes the target first).
    """
    prediction = as_float_array(prediction, "r2_score", "prediction")
    target = as_float_array(target, "r2_score", "target")
    if prediction.shape != target.shape:
        raise ValueError(
            f"r2_score: target has shape {target.shape}, expected {prediction.shape}, the shape of prediction."
            + reshape_hint("target", target.shape, prediction.shape)
        )
    if target.ndim not in (1, 2) or len(target) < 2:
        raise ValueError(f"r2_score: target has shape {target.shape}, expected (N,) or (N, K) with N at least 2.")
    spread = ((target - target.mean(axis=0)) ** 2).sum(axis=0)
    if np.any(spread == 0):
        raise ValueError("r2_score: a column of target is constant, expected some spread: the score divides by it.")
    return float(np.mean(1.0 - ((prediction - target) ** 2).sum(axis=0) / spread))
