"""The book's networks as scikit-learn estimators, for pipelines, cross-validation and grid search.

Parameters are named as in scikit-learn's own multi-layer perceptrons and mean the same. What trains is
`byhand.fit`; what is trained is an ordinary network, in the attribute `network_`.
"""

import copy
import warnings

import numpy as np

from byhand._checks import choose, flag, number, whole_number
from byhand.activations import log_softmax, softmax
from byhand.initializers import glorot_uniform
from byhand.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from byhand.network import _ACTIVATIONS, Sequential, mlp
from byhand.optimizers import SGD, Adam
from byhand.training import fit

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.metrics import r2_score
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError(
        f"byhand.estimators: scikit-learn could not be imported ({error}). Fix: pip install 'scikit-learn>=1.6'; "
        f"`import byhand` works without it."
    ) from error

__all__ = ["MLPClassifier", "MLPRegressor"]

_FLOATS = (np.float64, np.float32)  # both are kept; anything else becomes the first
# By the activation of the output: the loss, and the factor it is taken with.
_LOSSES = {"logistic": (BCEWithLogitsLoss(), 1.0), "softmax": (CrossEntropyLoss(), 1.0), "identity": (MSELoss(), 0.5)}


def _weights(network):
    """What the penalty is on, by name: every W, and no bias."""
    return {key: array for key, array in network.params.items() if key.endswith(".W")}


class _Penalised(Sequential):
    """The layers of a network, whose gradients get those of alpha / (2 N) times the squared weights, N samples."""

    def __init__(self, network, alpha):
        super().__init__(*network.layers)
        self.alpha = alpha

    def backward(self, dy, caches, need_dx=False):
        dx, grads = super().backward(dy, caches, need_dx)
        for key, W in _weights(self).items():
            grads[key] = grads[key] + (self.alpha / len(dy)) * W
        return dx, grads


class _Objective:
    """What training lowers: factor times a loss, plus the penalty whose gradient `_Penalised` adds."""

    def __init__(self, loss, factor, network, alpha):
        self.loss, self.factor, self.network, self.alpha = loss, factor, network, alpha
        self.correct = getattr(loss, "correct", None)

    def forward(self, prediction, target):
        value, cache = self.loss.forward(prediction, target)
        squares = sum(np.vdot(W, W) for W in _weights(self.network).values())
        return self.factor * value + self.alpha / (2 * len(prediction)) * squares, cache

    def backward(self, dloss, cache):
        return self.loss.backward(self.factor * dloss, cache)


class _MLP(BaseEstimator):
    def __init__(
        self,
        hidden_layer_sizes=(100,),
        activation="relu",
        *,
        solver="adam",
        alpha=0.0001,
        batch_size="auto",
        learning_rate_init=0.001,
        max_iter=200,
        random_state=None,
        tol=0.0001,
        momentum=0.9,
        nesterovs_momentum=True,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.tol = tol
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change

    def _check_settings(self, where):
        """Refuse a setting that cannot be honoured, used or not; return what training is built from."""
        hidden = self.hidden_layer_sizes if np.iterable(self.hidden_layer_sizes) else [self.hidden_layer_sizes]
        hidden = [whole_number(size, where, f"hidden_layer_sizes[{i}]") for i, size in enumerate(hidden)]
        # The sigmoid has two names here: scikit-learn's and the book's.
        names = {"logistic": "sigmoid", **{name: name for name in _ACTIVATIONS}}
        activation = choose(self.activation, where, "activation", names)
        lr = number(self.learning_rate_init, where, "learning_rate_init", above=0)
        momentum = number(self.momentum, where, "momentum", least=0, below=1)
        nesterov = flag(self.nesterovs_momentum, where, "nesterovs_momentum") and momentum > 0
        solvers = {"adam": lambda: Adam(lr), "sgd": lambda: SGD(lr, momentum, nesterov)}
        optimizer = choose(self.solver, where, "solver", solvers)()
        if isinstance(self.batch_size, str):
            batch_size = choose(self.batch_size, where, "batch_size", {"auto": 200})
        else:
            batch_size = whole_number(self.batch_size, where, "batch_size")
        number(self.alpha, where, "alpha", least=0)
        number(self.tol, where, "tol", least=0)
        number(self.validation_fraction, where, "validation_fraction", above=0, below=1)
        flag(self.early_stopping, where, "early_stopping")
        whole_number(self.max_iter, where, "max_iter")
        whole_number(self.n_iter_no_change, where, "n_iter_no_change")
        try:
            seed = check_random_state(self.random_state).randint(2**31 - 1)
        except ValueError as error:
            raise ValueError(
                f"{where}: random_state is {self.random_state!r:.60}, expected None, a seed (a whole number of at "
                f"least 0) or a numpy.random.RandomState. Fix: random_state=0."
            ) from error
        return hidden, activation, optimizer, batch_size, np.random.default_rng(seed)

    def fit(self, X, y):
        """Train a new network.

        Parameters
        ----------
        X : array or data frame, shape (N, n_in)
        y : array, shape (N,), labels or numbers; for the regressor also shape (N, K)

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If a parameter or the data do not fit.
        TrainingDiverged
            If the loss stops being finite.

        Warns
        -----
        ConvergenceWarning
            If max_iter epochs were too few by the measure of tol and n_iter_no_change.
        """
        where = f"{type(self).__name__}.fit"
        hidden, activation, optimizer, batch_size, rng = self._check_settings(where)
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)  # if this fit fails, nothing of an earlier one is left
        X, target, n_out = self._read(X, y)
        if self.early_stopping:
            stratify = None if self.out_activation_ == "identity" else target
            split = {"test_size": self.validation_fraction, "random_state": int(rng.integers(2**31))}
            try:
                X, X_val, target, target_val = train_test_split(X, target, stratify=stratify, **split)
                if len(X_val) < 2:
                    raise ValueError("one sample is too few for a score")
            except ValueError as error:
                raise ValueError(
                    f"{where}: early_stopping cannot hold out a validation_fraction of {self.validation_fraction:g} "
                    f"({error}). Fix: a larger fraction, more samples of each class, or early_stopping=False."
                ) from error
        network = mlp([X.shape[1], *hidden, n_out], activation, rng=rng, init=glorot_uniform).astype(X.dtype)
        objective = _Objective(*_LOSSES[self.out_activation_], network, self.alpha)
        scores, best, best_epoch, best_params, waited = [], -np.inf, None, {}, 0

        def stalled(history):  # as scikit-learn judges it
            nonlocal best, best_epoch, best_params, waited
            merit = -history.loss[-1]
            if self.early_stopping:
                merit = self._score(network.predict(X_val), target_val)
                scores.append(merit)
            waited = 0 if merit >= best + self.tol else waited + 1
            if merit > best:
                best = merit
                if self.early_stopping:
                    best_epoch, best_params = len(history), copy.deepcopy(network.params)
            return waited > self.n_iter_no_change

        self.history_ = fit(
            _Penalised(network, self.alpha),
            objective,
            optimizer,
            X,
            target,
            epochs=self.max_iter,
            batch_size=batch_size if batch_size < len(X) else None,
            stop_when=stalled,
            rng=rng,
            progress=False,
        )
        for key, array in best_params.items():
            network.params[key][...] = array
        self.history_.best_epoch = best_epoch
        self.network_, self.loss_curve_, self.n_iter_ = network, self.history_.loss, len(self.history_)
        if self.early_stopping:
            self.validation_scores_ = scores
        if waited <= self.n_iter_no_change:
            warnings.warn(
                f"{where}: after max_iter = {self.max_iter} epochs the {'score' if scores else 'loss'} has not settled "
                f"within tol = {self.tol:g}. Fix: a larger max_iter or learning_rate_init, or standardised inputs.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def _outputs(self, X):
        """Output of the network before the last activation, shape (N, n_out)."""
        check_is_fitted(self, "network_")
        return self.network_.predict(validate_data(self, X, reset=False, dtype=_FLOATS))


class MLPClassifier(ClassifierMixin, _MLP):
    """A multi-layer perceptron for two or more classes, trained by `byhand.fit`.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int
        Widths of the hidden layers; empty for none.
    activation : str
        "relu", "logistic" (also "sigmoid"), "tanh", "identity" or another name that `byhand.mlp` knows.
    solver : {"adam", "sgd"}
    alpha : float
        Strength of the L2 penalty. To the loss of a batch of N samples comes alpha / (2 N) times the sum
        of all squared weights, as in scikit-learn, so that the gradient of a weight w grows by alpha w / N:
        weight decay of alpha / N. Biases are not penalised.
    batch_size : int or "auto"
        Samples a step; "auto" is 200. All samples, if there are fewer.
    learning_rate_init : float
        Learning rate throughout.
    max_iter : int
        Largest number of epochs.
    random_state : int, RandomState or None
        Draws the weights, the batches and the validation samples. An int gives the same numbers each time.
    tol : float
        An epoch is an improvement if its loss, or validation score, is better than the best so far by so much.
    momentum, nesterovs_momentum : float, bool
        For "sgd" only; see `byhand.SGD`.
    early_stopping : bool
        Hold samples out, judge epochs by the score on them, and keep the weights of the best epoch.
    validation_fraction : float between 0 and 1
        Share of the samples held out, of each class alike.
    n_iter_no_change : int
        Stop when more epochs than this, one after the other, were no improvement.

    Attributes
    ----------
    classes_ : array, shape (K,)
        The labels, sorted.
    network_ : Sequential
        Gives logits: one column for two classes, else K. Its weights start as
        `byhand.glorot_uniform` draws them, its biases at zero.
    loss_curve_ : list of float
        Loss with penalty, a number an epoch, measured before each batch's step.
    history_ : History
        What `byhand.fit` recorded: gradient norms, accuracy and more; best_epoch with early_stopping.
    n_iter_ : int
        Epochs that were run.
    validation_scores_ : list of float
        Accuracy an epoch on the samples held out (R^2 for the regressor); with early_stopping only.
    out_activation_ : {"logistic", "softmax", "identity"}
        What the output is passed through: "logistic" for two classes, "identity" for the regressor.
    n_features_in_, feature_names_in_
        Number of columns of X, and their names if X had names.

    References
    ----------
    Goodfellow, Bengio and Courville (2016), Deep Learning, sections 6.2 and 7.1. Parameters and the rule
    for stopping: scikit-learn documentation of sklearn.neural_network.MLPClassifier.
    """

    def _read(self, X, y):
        X, y = validate_data(self, X, y, dtype=_FLOATS)
        check_classification_targets(y)
        self.classes_, index = np.unique(y, return_inverse=True)
        if len(self.classes_) == 2:
            self.out_activation_ = "logistic"
            return X, index.astype(X.dtype).reshape(-1, 1), 1
        self.out_activation_ = "softmax"
        return X, index, len(self.classes_)

    def _score(self, output, target):
        return float(_LOSSES[self.out_activation_][0].correct(output, target) / len(output))

    def _logits(self, X):
        """A logit a class; the class that the one column of two classes leaves out has logit 0."""
        z = self._outputs(X)
        return np.hstack([np.zeros_like(z), z]) if self.out_activation_ == "logistic" else z

    def predict(self, X):
        """The most probable label of each row of X; shape (N,)."""
        choice = self._logits(X).argmax(axis=1)
        return self.classes_[choice]

    def predict_proba(self, X):
        """Probability of each class, in the order of `classes_`; shape (N, K)."""
        return softmax(self._logits(X))

    def predict_log_proba(self, X):
        """Logarithm of `predict_proba`, exact where a probability is too small to hold; shape (N, K)."""
        return log_softmax(self._logits(X))


class MLPRegressor(RegressorMixin, _MLP):
    """A multi-layer perceptron for one or more numbers, trained by `byhand.fit`.

    Parameters and attributes as in `MLPClassifier`, but for `classes_`. The loss is half the mean of the
    squared error over all entries of y, plus the penalty. For one output that is what scikit-learn
    lowers; for K outputs its gradient is K times that of the loss it reports, and here it is the loss's own.

    References
    ----------
    scikit-learn documentation of sklearn.neural_network.MLPRegressor, and its issue 8349 on several outputs.
    """

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _read(self, X, y):
        X, y = validate_data(self, X, y, dtype=_FLOATS, multi_output=True, y_numeric=True)
        self.out_activation_ = "identity"
        y = y.reshape(len(y), -1).astype(X.dtype)
        return X, y, y.shape[1]

    def _score(self, output, target):
        return float(r2_score(target, output)) if np.isfinite(output).all() else -np.inf

    def predict(self, X):
        """The outputs for each row of X: shape (N, K), or (N,) for one output."""
        output = self._outputs(X)
        return output.ravel() if output.shape[1] == 1 else output
