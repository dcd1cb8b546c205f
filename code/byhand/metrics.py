"""How good the predictions are, in numbers a reader can compare."""

import numpy as np

from byhand._checks import as_float_array, labels_array, number, numeric_array, reshape_hint

__all__ = ["accuracy", "confusion_matrix", "mean_interval", "r2_score", "share_interval"]


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


def mean_interval(values, level=0.95):
    """Mean of independent results, such as one a seed, and how far it may be from the true mean.

    Parameters
    ----------
    values : array, shape (N,), N at least 2
        One result a run.
    level : float between 0 and 1, default 0.95
        Share of such intervals that cover the true mean.

    Returns
    -------
    mean, half : float
        The interval runs from mean - half to mean + half, where half is Student's t times s / sqrt(N) and s
        the standard deviation with N - 1.

    Raises
    ------
    TypeError, ValueError
        If there are fewer than two values, one is not finite, or the level is no share.

    References
    ----------
    Student, "The probable error of a mean", Biometrika 6, 1-25, 1908.
    """
    values = as_float_array(values, "mean_interval", "values")
    level = number(level, "mean_interval", "level", above=0, below=1)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(
            f"mean_interval: values has shape {values.shape} and {np.isfinite(values).sum()} finite entries, expected "
            f"(N,) with N at least 2, all finite. Fix: one number a run; count runs that diverged with share_interval."
        )
    t = _scipy_stats("mean_interval").t.ppf((1 + level) / 2, len(values) - 1)
    return float(values.mean()), float(t * values.std(ddof=1) / np.sqrt(len(values)))


def share_interval(successes, level=0.95):
    """Share of runs that succeeded, and the interval in which the true share may lie.

    Parameters
    ----------
    successes : boolean array, shape (N,), N at least 1
        Whether each run succeeded.
    level : float between 0 and 1, default 0.95
        Share of such intervals that cover the true one, about.

    Returns
    -------
    share, low, high : float in [0, 1]
        Wilson's interval, which stays inside [0, 1] and has a width even if every run succeeded.

    Raises
    ------
    TypeError, ValueError
        If an entry is neither true nor false, there is none, or the level is no share.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22, 209-212, 1927.
    """
    successes = as_float_array(successes, "share_interval", "successes")
    level = number(level, "share_interval", "level", above=0, below=1)
    if successes.ndim != 1 or successes.size == 0 or not np.isin(successes, (0, 1)).all():
        raise ValueError(
            f"share_interval: successes has shape {successes.shape} and entries other than true and false, or none; "
            f"expected (N,) booleans. Fix: compare each run's result with what counts as a success."
        )
    test = _scipy_stats("share_interval").binomtest(int(successes.sum()), len(successes))
    low, high = test.proportion_ci(level, method="wilson")
    return float(successes.mean()), float(low), float(high)


def _scipy_stats(where):
    """SciPy's statistics, imported when first needed: `import byhand` needs NumPy alone."""
    try:
        from scipy import stats
    except ImportError as error:
        raise ImportError(f"{where} needs SciPy. Fix: pip install scipy.") from error
    return stats
