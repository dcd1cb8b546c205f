"""The estimators: scikit-learn's own checks, the same objective as scikit-learn's, and scores as good."""

import functools
import importlib
import pickle
import sys
import warnings

import byhand
import numpy as np
import pandas
import pytest
from byhand import estimators
from byhand.estimators import MLPClassifier, MLPRegressor
from sklearn import neural_network
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris, make_moons
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import GridSearchCV, RepeatedStratifiedKFold, StratifiedShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

IRIS = load_iris(return_X_y=True)
QUICK = {"hidden_layer_sizes": 8, "learning_rate_init": 0.02, "max_iter": 1000, "random_state": 0}
ESTIMATORS = [MLPClassifier, MLPRegressor]


def numbers(n_outputs, n=40):
    """Inputs and, for n_outputs 0, targets of shape (n,), otherwise (n, n_outputs)."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(n, 3))
    Y = np.sin(X @ rng.normal(size=(3, max(n_outputs, 1)))) + 0.1 * rng.normal(size=(n, max(n_outputs, 1)))
    return X, (Y if n_outputs else Y.ravel())


def one_epoch_short(estimator, X, y):
    """Fit for as many epochs as max_iter says, which are meant to be too few."""
    with pytest.warns(ConvergenceWarning, match=f"{type(estimator).__name__}.*max_iter"):
        return estimator.fit(X, y)


# ---- scikit-learn's interface -----------------------------------------------------------------


@parametrize_with_checks(
    [
        MLPClassifier(),
        MLPRegressor(),
        MLPClassifier((8, 4), "logistic", solver="sgd", learning_rate_init=0.3, batch_size=32),
        MLPClassifier((8,), "tanh", learning_rate_init=0.05, early_stopping=True, validation_fraction=0.3),
        MLPClassifier((), learning_rate_init=0.1, alpha=1.0),
        MLPRegressor((8, 4), "tanh", learning_rate_init=0.02, early_stopping=True, validation_fraction=0.3),
        MLPRegressor(16, "gelu", batch_size=10, learning_rate_init=0.01, n_iter_no_change=3),
    ]
)
def test_scikit_learn_finds_no_fault(estimator, check, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # without it one of the checks is skipped
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        check(estimator)
    # Many checks fit noise for a few epochs; that this is no convergence is true, and nothing else is warned of.
    assert {warning.category for warning in seen} <= {ConvergenceWarning}


def test_parameters_are_scikit_learns_own_with_its_defaults():
    for ours, theirs in [
        (MLPClassifier, neural_network.MLPClassifier),
        (MLPRegressor, neural_network.MLPRegressor),
    ]:
        expected = theirs().get_params()
        assert ours().get_params() == {name: expected[name] for name in ours().get_params()}


def test_pipeline_grid_search_and_cross_validation():
    X, y = IRIS
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(**QUICK))
    search = GridSearchCV(
        pipeline, {"mlpclassifier__alpha": [1e-4, 100.0], "mlpclassifier__activation": ["relu", "tanh"]}, cv=3
    ).fit(X, names)
    assert search.best_params_["mlpclassifier__alpha"] == 1e-4  # 100 leaves no weight to tell classes with
    assert search.best_score_ > 0.9 and set(search.predict(X)) <= set(search.classes_)
    assert cross_val_score(search.best_estimator_, X, names, cv=3, scoring="roc_auc_ovr").min() > 0.95
    X, y = numbers(0, 120)
    assert cross_val_score(MLPRegressor(**QUICK), X, y, cv=3).min() > 0.8


@pytest.mark.parametrize("classes", [["no", "yes"], ["a", "b", "c"], [3, 7], [0.0, 1.0, 5.0], [False, True]])
def test_labels_of_any_kind_and_probabilities(classes):
    X, y = IRIS
    X, y = X[y < len(classes)], np.array(classes)[y[y < len(classes)]]
    model = MLPClassifier(**QUICK).fit(X, y)
    np.testing.assert_array_equal(model.classes_, classes)
    assert model.score(X, y) > 0.95 and model.predict(X).dtype == y.dtype
    p = model.predict_proba(X)
    assert p.shape == (len(X), len(classes))
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(model.classes_[p.argmax(axis=1)], model.predict(X))
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), p, rtol=1e-10)
    assert model.out_activation_ == ("logistic" if len(classes) == 2 else "softmax")
    assert model.network_.n_out == (1 if len(classes) == 2 else len(classes))
    assert model.history_.accuracy[-1] > 0.9 and model.n_iter_ == len(model.loss_curve_) == len(model.history_)


def test_the_logarithm_of_a_probability_too_small_to_hold():
    X, y = IRIS
    for kept in (2, 3):
        model = MLPClassifier(**QUICK).fit(X[y < kept], y[y < kept])
        p, log_p = model.predict_proba(1e4 * X), model.predict_log_proba(1e4 * X)
        assert (p == 0).any() and np.isfinite(log_p).all() and log_p.min() < -1000


@pytest.mark.parametrize("n_outputs", [0, 1, 3])
def test_the_regressor_returns_a_column_an_output(n_outputs):
    X, y = numbers(n_outputs, 120)
    model = MLPRegressor(**{**QUICK, "hidden_layer_sizes": 30}).fit(X, y)
    assert model.predict(X).shape == ((120, 3) if n_outputs == 3 else (120,))
    assert model.score(X, y) > 0.9 and model.out_activation_ == "identity"
    assert model.score(X, y) == pytest.approx(r2_score(y, model.predict(X)))


def test_names_of_columns():
    X, y = IRIS
    frame = pandas.DataFrame(X, columns=["a", "b", "c", "d"])
    scaler = StandardScaler().set_output(transform="pandas")
    model = make_pipeline(scaler, MLPClassifier(**QUICK)).fit(frame, y)
    assert list(model[-1].feature_names_in_) == list("abcd") and model.n_features_in_ == 4
    assert model.score(frame, y) > 0.95
    with pytest.raises(ValueError, match="feature names should match"):
        model[-1].predict(frame[["b", "a", "c", "d"]])
    with pytest.warns(UserWarning, match="valid feature names"):
        model[-1].predict(X)
    with pytest.raises(ValueError, match="expecting 4 features"):
        MLPClassifier(**QUICK).fit(X, y).predict(X[:, :3])


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_the_same_random_state_gives_the_same_numbers(kind):
    X, y = IRIS
    settings = {**QUICK, "early_stopping": True, "batch_size": 16}
    model = kind(**settings).fit(X, y)
    for other in (
        kind(**settings).fit(X, y),
        clone(model).fit(X, y),
        clone(model).set_params(random_state=np.random.RandomState(0)).fit(X, y),
        pickle.loads(pickle.dumps(model)),
    ):
        assert other.loss_curve_ == model.loss_curve_ and other.validation_scores_ == model.validation_scores_
        np.testing.assert_array_equal(other.predict(X), model.predict(X))
        for key, array in model.network_.params.items():
            np.testing.assert_array_equal(other.network_.params[key], array)
    assert clone(model).set_params(random_state=1).fit(X, y).loss_curve_ != model.loss_curve_
    assert kind(**{**settings, "random_state": None}).fit(X, y).loss_curve_ != model.loss_curve_


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_single_precision_is_kept(kind):
    X, y = IRIS
    model = kind(**QUICK, activation="tanh").fit(X.astype(np.float32), y)
    assert {array.dtype for array in model.network_.params.values()} == {np.dtype(np.float32)}
    assert model.score(X.astype(np.float32), y) > 0.9


# ---- the objective ----------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["sgd", "nesterov", "adam"])
@pytest.mark.parametrize(
    ("kind", "y"), [("MLPClassifier", IRIS[1][:100]), ("MLPClassifier", IRIS[1]), ("MLPRegressor", numbers(0, 150)[1])]
)
def test_from_the_same_weights_training_goes_where_scikit_learns_goes(kind, y, solver, monkeypatch):
    X = IRIS[0][: len(y)]
    settings = {"hidden_layer_sizes": (5,), "activation": "tanh", "alpha": 3.0, "batch_size": len(X), "max_iter": 6}
    settings |= {"learning_rate_init": 0.05, "solver": "adam" if solver == "adam" else "sgd", "random_state": 0}
    settings |= {"momentum": 0.9 if solver == "nesterov" else 0.0}
    theirs = getattr(neural_network, kind)(**settings, warm_start=True)
    theirs.partial_fit(X, y, **({"classes": np.unique(y)} if kind == "MLPClassifier" else {}))
    start = [array.copy() for pair in zip(theirs.coefs_, theirs.intercepts_, strict=True) for array in pair]

    def same_start(sizes, *arguments, **named):
        network = byhand.mlp(sizes, *arguments, **named)
        for mine, array in zip(network.params.values(), start, strict=True):
            mine[...] = array.T
        return network

    monkeypatch.setattr(estimators, "mlp", same_start)
    # Their Adam adds its epsilon before correcting the bias, ours after it, as the paper's algorithm does: the
    # difference is felt where a gradient is about as small as epsilon, so here epsilon is smaller than all.
    monkeypatch.setattr(estimators, "Adam", functools.partial(byhand.Adam, eps=1e-14))
    theirs.set_params(epsilon=1e-14)
    with pytest.warns(ConvergenceWarning, match="hasn't converged"):
        theirs.fit(X, y)
    ours = one_epoch_short(getattr(estimators, kind)(**settings), X, y)
    tolerance = 1e-6 if solver == "adam" else 1e-10
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_[-6:], rtol=tolerance)
    end = [array.T for pair in zip(theirs.coefs_, theirs.intercepts_, strict=True) for array in pair]
    for mine, array, first in zip(ours.network_.params.values(), end, start, strict=True):
        assert np.abs(array - first.T).max() > 1e-3
        np.testing.assert_allclose(mine, array, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_the_regressors_step_is_the_gradient_of_its_loss(n_outputs):
    """Two first steps of different length, from the same start: what they differ by tells gradient and start."""
    X, Y = numbers(n_outputs)
    alpha, short, long = 0.8, 0.25, 0.5
    settings = {"hidden_layer_sizes": (4,), "activation": "tanh", "alpha": alpha, "batch_size": len(X)}
    settings |= {"solver": "sgd", "momentum": 0.0, "max_iter": 1, "random_state": 3}
    one, two = (
        one_epoch_short(MLPRegressor(**settings, learning_rate_init=rate), X, Y.squeeze()) for rate in (short, long)
    )
    steps = {key: (one.network_.params[key] - two.network_.params[key]) / (long - short) for key in one.network_.params}
    start = {key: array + short * steps[key] for key, array in one.network_.params.items()}

    def loss(**change):
        p = {**start, **change}
        error = np.tanh(X @ p["0.W"].T + p["0.b"]) @ p["2.W"].T + p["2.b"] - Y
        penalty = alpha / (2 * len(X)) * ((p["0.W"] ** 2).sum() + (p["2.W"] ** 2).sum())
        return 0.5 * np.mean(error**2) + penalty

    assert one.loss_curve_ == two.loss_curve_ == [pytest.approx(loss(), rel=1e-12)]
    for key, step in steps.items():
        measured = byhand.numerical_gradient(lambda array, key=key: loss(**{key: array}), start[key])
        assert byhand.relative_error(step, measured) < 1e-7, key


@pytest.mark.parametrize(("output", "n_out"), [("identity", 3), ("identity", 1), ("logistic", 1), ("softmax", 4)])
def test_value_and_gradient_of_each_objective_belong_together(output, n_out):
    rng = np.random.default_rng(1)
    network = byhand.mlp([3, 5, 4, n_out], "tanh", rng=rng)
    objective = estimators._Objective(*estimators._LOSSES[output], network, 0.9)
    target = {
        "identity": rng.normal(size=(7, n_out)),
        "logistic": rng.integers(0, 2, (7, 1)).astype(float),
        "softmax": rng.integers(0, n_out, 7),
    }[output]
    report = byhand.check_gradients(
        estimators._Penalised(network, 0.9), objective, rng.normal(size=(7, 3)), target, tolerance=1e-7
    )
    assert report, report


# ---- when training ends -----------------------------------------------------------------------


def expected_length(merits, tol, patience):
    """Epochs until more than `patience` in a row did not raise the best merit by tol, by scikit-learn's rule."""
    best, waited = -np.inf, 0
    for epoch, merit in enumerate(merits, 1):
        waited = waited + 1 if merit < best + tol else 0
        best = max(best, merit)
        if waited > patience:
            return epoch
    return None


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize(("tol", "patience"), [(1e-4, 10), (1e-2, 3), (0.0, 1)])
def test_training_ends_when_the_loss_settles(kind, tol, patience):
    model = kind(**QUICK, tol=tol, n_iter_no_change=patience, batch_size=20).fit(*IRIS)
    assert model.n_iter_ == expected_length([-loss for loss in model.loss_curve_], tol, patience) < 1000
    assert not hasattr(model, "validation_scores_")


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_early_stopping_keeps_the_weights_of_the_best_epoch(kind):
    X, y = IRIS
    settings = {**QUICK, "early_stopping": True, "learning_rate_init": 0.1, "validation_fraction": 0.2}
    model = kind(**settings).fit(X, y)
    scores, best = model.validation_scores_, model.history_.best_epoch
    assert model.n_iter_ == len(scores) == expected_length(scores, 1e-4, 10)
    assert best == 1 + np.argmax(scores) < len(scores)
    again = one_epoch_short(kind(**{**settings, "max_iter": best}), X, y)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    model.set_params(early_stopping=False).fit(X, y)
    assert not hasattr(model, "validation_scores_") and model.history_.best_epoch is None


def test_too_few_epochs_are_warned_of():
    with pytest.warns(ConvergenceWarning, match=r"MLPClassifier.fit: .*max_iter = 3 .*Fix: a larger max_iter"):
        model = MLPClassifier(max_iter=3, random_state=0).fit(*IRIS)
    assert model.n_iter_ == 3


def test_a_fit_that_fails_leaves_nothing_of_an_earlier_one():
    X, y = numbers(3)
    model = MLPRegressor(**QUICK, early_stopping=True).fit(X, y)
    model.set_params(solver="sgd", learning_rate_init=1e200)
    with pytest.raises(byhand.TrainingDiverged, match="epoch 2.*1e\\+200.*Fix"):
        model.fit(X, y)
    with pytest.raises(NotFittedError):
        model.predict(X)
    assert not {"history_", "loss_curve_", "n_iter_", "validation_scores_"} & vars(model).keys()


# ---- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("hidden_layer_sizes", (8, 0), ["hidden_layer_sizes[1] is 0", "at least 1"]),
        ("hidden_layer_sizes", 2.5, ["hidden_layer_sizes[0] is float 2.5"]),
        ("hidden_layer_sizes", None, ["hidden_layer_sizes[0] is NoneType None"]),
        ("activation", "relus", ["activation is 'relus'", "'relu'?"]),
        ("activation", None, ["activation is None", "'logistic'"]),
        ("solver", "lbfgs", ["solver is 'lbfgs'", "'adam', 'sgd'"]),
        ("alpha", -1.0, ["alpha is -1", "at least 0"]),
        ("alpha", "1", ["alpha is str '1'"]),
        ("batch_size", "autos", ["batch_size is 'autos'", "'auto'"]),
        ("batch_size", 0, ["batch_size is 0", "at least 1"]),
        ("learning_rate_init", 0.0, ["learning_rate_init is 0", "above 0"]),
        ("max_iter", 0, ["max_iter is 0", "at least 1"]),
        ("max_iter", 10.0, ["max_iter is float", "int(max_iter)"]),
        ("random_state", "seed", ["random_state is 'seed'", "Fix: random_state=0"]),
        ("random_state", -1, ["random_state is -1", "at least 0"]),
        ("tol", -1e-4, ["tol is -0.0001", "at least 0"]),
        ("momentum", 1.0, ["momentum is 1", "below 1"]),
        ("nesterovs_momentum", "yes", ["nesterovs_momentum is str 'yes'", "True or False"]),
        ("early_stopping", 5, ["early_stopping is int 5", "True or False"]),
        ("validation_fraction", 1.0, ["validation_fraction is 1", "below 1"]),
        ("n_iter_no_change", 0, ["n_iter_no_change is 0", "at least 1"]),
    ],
)
def test_bad_parameters_are_refused_by_name(kind, name, value, words):
    model = kind(**{name: value})
    with pytest.raises((TypeError, ValueError)) as raised:
        model.fit(*IRIS)
    for word in [f"{kind.__name__}.fit: ", "expected", *words]:
        assert word in str(raised.value)
    assert not hasattr(model, "n_features_in_")  # refused before anything was looked at


def test_bad_data_are_refused():
    X, y = IRIS
    model = MLPClassifier(early_stopping=True, validation_fraction=0.1)
    for targets, words in [(np.linspace(0, 1, 150), "continuous"), (y[:-1], "inconsistent"), (None, "requires y")]:
        with pytest.raises(ValueError, match=words):
            model.fit(X, targets)
    for model, n, words in [
        (MLPRegressor(early_stopping=True, validation_fraction=0.01), 50, "0.01 .one sample is too few.*Fix: a larger"),
        (MLPClassifier(early_stopping=True), 12, "validation_fraction of 0.1 .*Fix.*more samples of each class"),
    ]:
        with pytest.raises(ValueError, match=f"{type(model).__name__}.fit: early_stopping cannot hold out.*{words}"):
            model.fit(X[:: len(X) // n], y[:: len(X) // n])


def test_without_scikit_learn_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    monkeypatch.delitem(sys.modules, estimators.__name__)
    with pytest.raises(ImportError, match="scikit-learn could not be imported.*Fix: pip install"):
        importlib.import_module("byhand.estimators")


# ---- as good as scikit-learn's ----------------------------------------------------------------


def paired(X, y, splits, **settings):
    """Accuracy on each split's test part: ours in the first column, scikit-learn's in the second."""
    rows = []
    for seed, (train, test) in enumerate(splits):
        scaler = StandardScaler().fit(X[train])
        row = []
        for kind in (MLPClassifier, neural_network.MLPClassifier):
            model = kind(**settings, random_state=seed).fit(scaler.transform(X[train]), y[train])
            row.append(accuracy_score(y[test], model.predict(scaler.transform(X[test]))))
        rows.append(row)
    return np.array(rows)


def standard_error(values):
    return values.std(ddof=1) / np.sqrt(len(values))


def test_iris_is_learned_as_well_as_by_scikit_learn():
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=4, random_state=0).split(*IRIS)
    scores = paired(*IRIS, folds, hidden_layer_sizes=(8,), activation="tanh", learning_rate_init=0.02, max_iter=1000)
    ours, theirs = scores.T
    assert ours.mean() > 0.94 and ours.mean() >= theirs.mean() - standard_error(theirs)


def test_digits_are_learned_as_well_as_by_scikit_learn():
    X, y = load_digits(return_X_y=True)
    folds = StratifiedShuffleSplit(n_splits=10, test_size=0.3, random_state=0).split(X, y)
    scores = paired(X, y, folds, hidden_layer_sizes=(32,), learning_rate_init=0.01, batch_size=64, max_iter=300)
    difference = scores[:, 0] - scores[:, 1]
    assert scores[:, 0].mean() > 0.96 and difference.mean() >= -standard_error(difference)


def test_moons_are_told_apart():
    X, y = make_moons(800, noise=0.2, random_state=0)
    folds = StratifiedShuffleSplit(n_splits=5, test_size=0.5, random_state=0).split(X, y)
    scores = paired(X, y, folds, hidden_layer_sizes=(16, 16), learning_rate_init=0.02, max_iter=1000)
    difference = scores[:, 0] - scores[:, 1]
    assert scores[:, 0].mean() > 0.95 and difference.mean() >= -standard_error(difference)
