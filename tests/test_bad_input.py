"""Every public function and class is called badly, and says what was wrong, with what, and what it wanted.

One table, a row a bad call: the call and the words that its error must hold. The name of the function
and "expected" are looked for in every row; each public name must be in the table or among the few that
take nothing that could be wrong.
"""

import copy
import warnings

import byhand
import numpy as np
import pytest
import torch

NAN, INF = float("nan"), float("inf")
X, W, B = np.ones((3, 2)), np.ones((4, 2)), np.zeros(4)
TORCH = torch.ones(3)
OBJECTS = np.array([1.0, None], dtype=object)
ACTIVATIONS = ["relu", "leaky_relu", "elu", "gelu", "sigmoid", "tanh", "softplus", "identity"]
TAKES_NOTHING = {
    *("ReLU", "Sigmoid", "Tanh", "GELU", "Softplus", "Identity"),
    *("MSELoss", "BCEWithLogitsLoss", "CrossEntropyLoss"),
    # Results, which the package makes itself.
    *("History", "TrainingDiverged", "GradientReport", "Judgement"),
}


def any_array(call, name):
    """Bad calls of a function of one array, which takes any shape."""
    return [
        (lambda: call([1.0, NAN]), [name, "NaN", "index (1,)", "Fix"]),
        (lambda: call(TORCH), [name, "torch tensor", ".detach().cpu().numpy()"]),
        (lambda: call("abc"), [name, "dtype <U3"]),
        (lambda: call(None), [name, "None"]),
        (lambda: call(OBJECTS), [name, "dtype object", "as numbers first"]),
        (lambda: call([[1.0], [1.0, 2.0]]), [name, "not a rectangular array", "same length"]),
        (lambda: call({1: 2}), [name, "dtype object"]),
        (lambda: call(np.array(["2020-01-01"], "M8[D]")), [name, "dtype datetime64"]),
        (lambda: call(np.ma.masked_array([1.0, 2.0], [0, 1])), [name, "masked array", "filled"]),
    ]


def one_number(call, name, bad, words):
    """Bad calls of a function of one number with limits."""
    return [
        (lambda: call(bad), [name, *words]),
        (lambda: call(NAN), [name, "nan", "finite"]),
        (lambda: call(INF), [name, "inf", "finite"]),
        (lambda: call("0.1"), [name, "str '0.1'"]),
        (lambda: call(None), [name, "None"]),
        (lambda: call(True), [name, "bool True"]),
        (lambda: call([0.1]), [name, "list [0.1]"]),
        (lambda: call(0.1 + 0j), [name, "complex"]),
        (lambda: call(10**400), [name, "inf"]),
    ]


def one_size(call, name, least=1):
    """Bad calls of a function of one whole number."""
    return [
        (lambda: call(least - 1), [name, f"is {least - 1}", f"at least {least}"]),
        (lambda: call(2.5), [name, "float 2.5", f"int({name})"]),
        (lambda: call("3"), [name, "str '3'"]),
        (lambda: call(None), [name, "None"]),
        (lambda: call(True), [name, "bool True"]),
    ]


def seed(call):
    return [
        (lambda: call(None), ["rng", "None", "rng=0"]),
        (lambda: call(-1), ["rng", "-1", "at least 0"]),
        (lambda: call(0.5), ["rng", "0.5"]),
        (lambda: call("0"), ["rng", "'0'"]),
        (lambda: call(np.random.RandomState(0)), ["rng", "RandomState", "default_rng"]),
    ]


def loss_backward(name, forward):
    call = getattr(byhand, name)
    cache = forward()[1]
    return [
        *one_number(lambda dloss: call(dloss, cache), "dloss", INF, ["finite"]),
        (lambda: call(1.0, None), ["cache", "None", "Fix: keep it"]),
        (lambda: call(1.0, cache[0]), ["cache", "Fix: keep it"]),
        (lambda: call(1.0, ("a", "b")), ["cache", "Fix: keep it"]),
        (lambda: call(1.0, (np.ones(2), np.ones(3))), ["cache", "Fix: keep it"]),
        (lambda: call(1.0, (TORCH, TORCH)), ["cache", "Fix: keep it"]),
    ]


def network():
    return byhand.mlp([2, 3, 1], rng=0)


def step(kind):
    """Bad calls of an optimiser's step."""
    kind = getattr(byhand, kind)

    def call(params, grads):
        return lambda: kind(0.1).step(params, grads)

    frozen = np.ones(2)
    frozen.flags.writeable = False
    ones = {"w": np.ones(2)}
    return [
        (call([np.ones(2)], ones), ["step: params", "list", "dict"]),
        (call(ones, np.ones(2)), ["step: grads", "shape (2,)", "dict"]),
        (call(ones, {}), ["grads", "missing: ['w']"]),
        (call(ones, {**ones, "v": 1}), ["too many: ['v']"]),
        (call(ones, {"w": np.ones((2, 1))}), ["grads['w']", "(2, 1)", "(2,)"]),
        (call(ones, {"w": [1.0, NAN]}), ["grads['w']", "NaN"]),
        (call(ones, {"w": [1.0, INF]}), ["grads['w']", "infinity", "clip_gradients"]),
        (call(ones, {"w": TORCH}), ["grads['w']", "torch"]),
        (call(ones, {"w": [1j, 1]}), ["grads['w']", "complex"]),
        (call(ones, {"w": None}), ["grads['w']", "None"]),
        (call({"w": np.ones(2, int)}, ones), ["params['w']", "int64", "dtype=float"]),
        (call({"w": [1.0, 1.0]}, ones), ["params['w']", "list"]),
        (call({"w": frozen}, ones), ["params['w']", "read-only"]),
    ]


def fit(**change):
    """A call of fit with one thing changed; the network and its numbers must stay as they were."""
    good = {
        "network": network(),
        "loss": byhand.MSELoss(),
        "optimizer": byhand.SGD(0.1),
        "x": X,
        "y": np.ones((3, 1)),
        "epochs": 1,
        "rng": 0,
        "progress": False,
    }

    def call():
        before = copy.deepcopy(good["network"].params)
        try:
            byhand.fit(**{**good, **change})
        finally:
            for key, w in good["network"].params.items():
                np.testing.assert_array_equal(w, before[key])

    return call


def values(**change):
    good = {"network": network(), "loss": byhand.MSELoss(), "x": X, "y": np.ones((3, 1))}
    return lambda: byhand.value_and_grads(**{**good, **change})


def checked(**change):
    good = {"network": network(), "loss": byhand.MSELoss(), "x": X, "y": np.ones((3, 1))}
    return lambda: byhand.check_gradients(**{**good, **change})


def judged(**change):
    good = {"by_hand": {"w": 1.0}, "finite_differences": {"w": 1.0}, "autograd": {"w": 1.0}}
    return lambda: byhand.judge(**{**good, **change})


def squares(x):
    return np.sum(x**2)


TABLE = {
    "linear_forward": [
        (lambda: byhand.linear_forward([1.0, 2.0], W, B), ["x has shape (2,)", "(N, n_in)", "reshape(1, -1)"]),
        (lambda: byhand.linear_forward(np.ones((3, 2, 2)), W, B), ["x has shape (3, 2, 2)", "reshape(len(x), -1)"]),
        (lambda: byhand.linear_forward(X, np.ones((2, 4)), B), ["W has shape (2, 4)", "n_in = 2", "pass W.T"]),
        (lambda: byhand.linear_forward(X, W, np.zeros((4, 1))), ["b has shape (4, 1)", "b.ravel()"]),
        (lambda: byhand.linear_forward(X, W, np.zeros(3)), ["b has shape (3,)", "n_out = 4"]),
        (lambda: byhand.linear_forward(X * NAN, W, B), ["x contains NaN", "index (0, 0)"]),
        (lambda: byhand.linear_forward(TORCH, W, B), ["x is a torch tensor"]),
        (lambda: byhand.linear_forward(X, None, B), ["W is None"]),
        (lambda: byhand.linear_forward(X, W, "b"), ["b has dtype"]),
    ],
    "linear_backward": [
        (lambda: byhand.linear_backward(np.ones((3, 5)), (X, W)), ["(4, 2)", "n_out = 5"]),
        (lambda: byhand.linear_backward(np.ones(3), (X, W)), ["dz has shape (3,)", "(N, n_out)"]),
        (lambda: byhand.linear_backward(np.ones((2, 4)), (X, W)), ["N = 2"]),
        (lambda: byhand.linear_backward(np.ones((3, 4)), X), ["cache", "linear_backward", "Fix: keep it"]),
        (lambda: byhand.linear_backward(np.ones((3, 4)), (X, W, B)), ["cache", "Fix: keep it"]),
        (lambda: byhand.linear_backward(np.full((3, 4), NAN), (X, W)), ["dz contains NaN"]),
    ],
    "softmax": [
        *any_array(byhand.softmax, "z"),
        (lambda: byhand.softmax(1.0), ["axis"]),
        (lambda: byhand.softmax(np.zeros((3, 0))), ["(3, 0)", "at least one class along axis -1"]),
        (lambda: byhand.softmax(X, 2), ["axis is 2", "(3, 2)"]),
        (lambda: byhand.softmax(X, 0.5), ["axis is float 0.5"]),
    ],
    "log_softmax": [
        *any_array(byhand.log_softmax, "z"),
        (lambda: byhand.log_softmax(np.zeros((0, 3)), 0), ["(0, 3)", "axis 0"]),
        (lambda: byhand.log_softmax(X, -3), ["axis is -3"]),
        (lambda: byhand.log_softmax(X, None), ["axis is NoneType None"]),
    ],
    "sigmoid": any_array(byhand.sigmoid, "z"),
    "LeakyReLU": one_number(byhand.LeakyReLU, "alpha", INF, []),
    "ELU": one_number(byhand.ELU, "alpha", NAN, []),
    "Linear": [
        *one_size(lambda n: byhand.Linear(n, 1, rng=0), "n_in"),
        *one_size(lambda n: byhand.Linear(1, n, rng=0), "n_out"),
        *seed(lambda rng: byhand.Linear(2, 3, rng=rng)),
        (lambda: byhand.Linear(2, 3, rng=0, init="he"), ["init", "'he'", "byhand.he_normal"]),
        (
            lambda: byhand.Linear(2, 3, rng=0, init=lambda o, i, rng: np.ones((i, o))),
            ["(2, 3)", "(n_out, n_in) = (3, 2)"],
        ),
        (lambda: byhand.Linear(2, 3, rng=0, init=lambda o, i, rng: None), ["init(...) is None"]),
        (lambda: byhand.Linear(2, 3, rng=0, bias="no"), ["bias", "'no'", "True or False"]),
        (lambda: byhand.Linear(2, 3, rng=0).forward(np.ones((3, 5))), ["x has shape (3, 5)", "n_in = 2"]),
        (lambda: byhand.Linear(2, 3, rng=0).forward([1.0, 2.0]), ["x has shape (2,)", "reshape(1, -1)"]),
    ],
    "Dropout": [
        *one_number(lambda p: byhand.Dropout(p, rng=0), "p", 1.0, ["below 1"]),
        (lambda: byhand.Dropout(-0.1, rng=0), ["p is -0.1", "at least 0"]),
        *seed(lambda rng: byhand.Dropout(0.5, rng=rng)),
        *any_array(lambda x: byhand.Dropout(0.5, rng=0).forward(x, True), "x"),
        (lambda: byhand.Dropout(0.5, rng=0).forward([1j]), ["x is complex"]),
        (lambda: byhand.Dropout(0.5, rng=0).backward(np.ones(3), np.ones(2)), ["cache", "(2,)", "(3,)"]),
    ],
    "BatchNorm1d": [
        *one_size(byhand.BatchNorm1d, "n"),
        *one_number(lambda eps: byhand.BatchNorm1d(2, eps), "eps", 0.0, ["above 0"]),
        *one_number(lambda m: byhand.BatchNorm1d(2, momentum=m), "momentum", 1.5, ["at most 1"]),
        (lambda: byhand.BatchNorm1d(2).forward(np.ones((1, 2)), True), ["(1, 2)", "at least 2 samples"]),
        (lambda: byhand.BatchNorm1d(2).forward(np.ones((3, 3))), ["gamma", "(3, 3)"]),
        (lambda: byhand.BatchNorm1d(2).forward([[1j, 1]]), ["x is complex"]),
        (lambda: byhand.BatchNorm1d(2).backward(X, None), ["cache", "None"]),
    ],
    "mse_forward": [
        *any_array(lambda p: byhand.mse_forward(p, [1.0, 1.0]), "prediction"),
        *any_array(lambda y: byhand.mse_forward([1.0, 1.0], y), "target"),
        (lambda: byhand.mse_forward(np.ones((3, 1)), np.ones(3)), ["(3,)", "(3, 1)", "target.reshape(-1, 1)"]),
        (lambda: byhand.mse_forward(np.ones(3), np.ones((3, 1))), ["target.ravel()"]),
        (lambda: byhand.mse_forward([], []), ["shape (0,)", "at least one entry", "skip empty batches"]),
        (lambda: byhand.mse_forward([1j], [1.0]), ["prediction is complex"]),
    ],
    "mse_backward": loss_backward("mse_backward", lambda: byhand.mse_forward([1.0, 2.0], [1.0, 1.0])),
    "binary_cross_entropy_forward": [
        *any_array(lambda z: byhand.binary_cross_entropy_forward(z, [1.0, 1.0]), "logits"),
        *any_array(lambda y: byhand.binary_cross_entropy_forward([1.0, 1.0], y), "target"),
        (lambda: byhand.binary_cross_entropy_forward(np.ones((3, 1)), np.ones(3)), ["target.reshape(-1, 1)"]),
        (lambda: byhand.binary_cross_entropy_forward([1.0, 1.0], [-1, 1]), ["from -1 to 1", "(target + 1) / 2"]),
        (lambda: byhand.binary_cross_entropy_forward([1.0, 1.0], [1, 2]), ["from 1 to 2", "target - 1"]),
        (lambda: byhand.binary_cross_entropy_forward([], []), ["at least one entry"]),
        (lambda: byhand.binary_cross_entropy_forward([1j], [1]), ["logits is complex"]),
    ],
    "binary_cross_entropy_backward": loss_backward(
        "binary_cross_entropy_backward", lambda: byhand.binary_cross_entropy_forward([1.0, 2.0], [1.0, 0.0])
    ),
    "cross_entropy_forward": [
        *any_array(lambda z: byhand.cross_entropy_forward(z, [0, 0]), "logits"),
        (lambda: byhand.cross_entropy_forward([1.0, 2.0], [0]), ["logits has shape (2,)", "(N, K)", "reshape(1, -1)"]),
        (lambda: byhand.cross_entropy_forward(X, [1, 2, 2]), ["from 1 to 2", "0 to 1", "start at 0"]),
        (lambda: byhand.cross_entropy_forward(X, [-1, 0, 1]), ["from -1 to 1", "0 to 1"]),
        (lambda: byhand.cross_entropy_forward(X, [0.0, 1.0, 0.0]), ["float64", "integer class labels", "astype(int)"]),
        (lambda: byhand.cross_entropy_forward(X, [[0], [1], [0]]), ["(3, 1)", "target.ravel()"]),
        (lambda: byhand.cross_entropy_forward(X, np.eye(2, dtype=int)[[0, 1, 0]]), ["integers", "argmax(axis=1)"]),
        (lambda: byhand.cross_entropy_forward(X, np.ones((3, 2))), ["row 0", "sum 2", "softmax first"]),
        (lambda: byhand.cross_entropy_forward(X, [[-0.5, 1.5]] * 3), ["smallest entry -0.5"]),
        (lambda: byhand.cross_entropy_forward(X, np.full((3, 4), 0.25)), ["(3, 4)", "(3, 2)"]),
        (lambda: byhand.cross_entropy_forward(X, [0, 1]), ["target has shape (2,)", "(3,)"]),
        (lambda: byhand.cross_entropy_forward(X, TORCH), ["target is a torch tensor"]),
        (lambda: byhand.cross_entropy_forward(X, None), ["target is None"]),
        (lambda: byhand.cross_entropy_forward(X, ["a", "b", "c"]), ["target has dtype <U1"]),
        (lambda: byhand.cross_entropy_forward(np.zeros((0, 2)), []), ["(0, 2)", "at least one entry"]),
        (lambda: byhand.cross_entropy_forward(np.zeros((2, 0)), [0, 0]), ["(2, 0)", "at least one class"]),
    ],
    "cross_entropy_backward": [
        *loss_backward("cross_entropy_backward", lambda: byhand.cross_entropy_forward(X, [0, 1, 0])),
        (lambda: byhand.cross_entropy_backward(1.0, byhand.mse_forward([1.0], [1.0])[1]), ["cache"]),
    ],
    "Sequential": [
        (lambda: byhand.Sequential([byhand.ReLU()]), ["layer 0", "Sequential(*layers)"]),
        (lambda: byhand.Sequential(byhand.ReLU), ["layer 0", "ReLU(...)"]),
        (lambda: byhand.Sequential("relu"), ["layer 0", "'relu'"]),
        (lambda: byhand.Sequential(None), ["layer 0", "None"]),
        (
            lambda: byhand.Sequential(byhand.Linear(2, 3, rng=0), byhand.Linear(2, 3, rng=0)),
            ["layer 1", "expects 2", "3"],
        ),
        (lambda: byhand.Sequential(*[byhand.Linear(2, 2, rng=0)] * 2), ["layer 0 again", "second layer"]),
        (lambda: network().forward(np.ones((3, 5))), ["Linear.forward", "(3, 5)", "n_in = 2"]),
        (lambda: network().backward(np.ones((3, 1)), None), ["caches is None", "expected 3"]),
        (lambda: network().backward(np.ones((3, 1)), []), ["caches has 0 entries", "expected 3"]),
        *[(lambda d=d: network().astype(d), ["dtype", "float32"]) for d in (int, None, "half precision", [1.0])],
    ],
    "mlp": [
        *[
            (lambda s=s: byhand.mlp(s, rng=0), ["sizes", "at least two"])
            for s in (3, "2,3", None, [3], {2, 3}, [[2], [3]])
        ],
        (lambda: byhand.mlp([2, -3, 1], rng=0), ["sizes[1]", "-3"]),
        (lambda: byhand.mlp([2, 3.0, 1], rng=0), ["sizes[1]", "3.0"]),
        (lambda: byhand.mlp([2, 3, 1], "rellu", rng=0), ["activation is 'rellu'", "Did you mean 'relu'?"]),
        (lambda: byhand.mlp([2, 3, 1], "Sigmoid", rng=0), ["Did you mean 'sigmoid'?"]),
        (lambda: byhand.mlp([2, 3, 1], None, rng=0), ["activation is None", "'tanh'"]),
        (lambda: byhand.mlp([2, 3, 1], byhand.ReLU, rng=0), ["activation is", "'relu'"]),
        (lambda: byhand.mlp([2, 1], "rellu", rng=0), ["Did you mean 'relu'?"]),
        (lambda: byhand.mlp([2, 3, 1], ["relu", "tanh"], rng=0), ["activation has 2 names", "expected 1"]),
        (lambda: byhand.mlp([2, 3, 1], output="softmax", rng=0), ["output is 'softmax'"]),
        (lambda: byhand.mlp([2, 3, 1], init="he", rng=0), ["init is 'he'", "byhand.he_normal"]),
        (lambda: byhand.mlp([2, 3, 1], init={}, rng=0), ["init is {}"]),
        *seed(lambda rng: byhand.mlp([2, 3, 1], rng=rng)),
    ],
    "value_and_grads": [
        (values(network=None), ["network is NoneType", "forward and backward"]),
        (values(loss="mse"), ["loss is str 'mse'", "forward and backward"]),
        (values(loss=byhand.MSELoss), ["loss is", "Fix: MSELoss()"]),
        (values(x=X * INF), ["x contains inf", "index (0, 0)"]),
        (values(x=X + 1j), ["x is complex"]),
        (values(y=np.ones(3)), ["mse_forward", "target.reshape(-1, 1)"]),
    ],
    "clip_gradients": [
        *one_number(lambda m: byhand.clip_gradients({"w": X}, m), "max_norm", 0, ["above 0"]),
        (lambda: byhand.clip_gradients(X, 1.0), ["grads", "(3, 2)", "dict"]),
        (lambda: byhand.clip_gradients({"w": X * INF}, 1.0), ["infinity"]),
        (lambda: byhand.clip_gradients({"w": X * NAN}, 1.0), ["grads['w'] contains NaN"]),
        (lambda: byhand.clip_gradients({"w": X * 1j}, 1.0), ["grads['w'] is complex"]),
    ],
    "SGD": [
        *one_number(byhand.SGD, "lr", 0, ["above 0", "Fix: try 0.1"]),
        *one_number(lambda m: byhand.SGD(0.1, m), "momentum", 1.0, ["below 1"]),
        *one_number(lambda d: byhand.SGD(0.1, weight_decay=d), "weight_decay", -0.1, ["at least 0"]),
        (lambda: byhand.SGD(0.1, nesterov=True), ["nesterov", "momentum=0.9"]),
        (lambda: byhand.SGD(0.1, 0.9, nesterov="no"), ["nesterov", "'no'", "True or False"]),
        (lambda: setattr(byhand.SGD(0.1), "lr", -1.0), ["lr is -1", "above 0"]),
        *step("SGD"),
    ],
    "RMSprop": [
        *one_number(byhand.RMSprop, "lr", -1, ["above 0"]),
        *one_number(lambda a: byhand.RMSprop(alpha=a), "alpha", 1.0, ["below 1"]),
        *one_number(lambda e: byhand.RMSprop(eps=e), "eps", 0.0, ["above 0"]),
        *step("RMSprop"),
    ],
    "Adam": [
        *one_number(byhand.Adam, "lr", 0, ["above 0"]),
        *one_number(lambda b: byhand.Adam(betas=(b, 0.9)), "betas[0]", 1.0, ["below 1"]),
        *[(lambda b=b: byhand.Adam(betas=b), ["betas", "two numbers"]) for b in (0.9, (0.9,), "ab", None, {0.8, 0.9})],
        *step("Adam"),
    ],
    "AdamW": [
        *one_number(byhand.AdamW, "lr", 0, ["above 0"]),
        *one_number(lambda d: byhand.AdamW(weight_decay=d), "weight_decay", -1, ["at least 0"]),
        *step("AdamW"),
    ],
    "constant": [
        *one_number(byhand.constant, "lr", 0.0, ["above 0"]),
        *one_size(byhand.constant(0.1), "step", 0),
    ],
    "step_decay": [
        *one_number(lambda lr: byhand.step_decay(lr, 0.5, 10), "lr", -1, ["above 0"]),
        *one_number(lambda f: byhand.step_decay(0.1, f, 10), "factor", 1.5, ["at most 1"]),
        *one_size(lambda n: byhand.step_decay(0.1, 0.5, n), "every"),
        *one_size(byhand.step_decay(0.1, 0.5, 10), "step", 0),
    ],
    "exponential_decay": [
        *one_number(lambda lr: byhand.exponential_decay(lr, 0.5), "lr", 0, ["above 0"]),
        *one_number(lambda f: byhand.exponential_decay(0.1, f), "factor", 0.0, ["above 0"]),
        *one_size(byhand.exponential_decay(0.1, 0.5), "step", 0),
    ],
    "cosine": [
        *one_number(lambda lr: byhand.cosine(lr, 10), "lr", 0, ["above 0"]),
        *one_size(lambda n: byhand.cosine(0.1, n), "steps"),
        *one_number(lambda f: byhand.cosine(0.1, 10, f), "floor", 0.2, ["at most 0.1"]),
        *one_size(byhand.cosine(0.1, 10), "step", 0),
    ],
    "warmup": [
        *one_size(lambda n: byhand.warmup(n, byhand.constant(0.1)), "steps"),
        (lambda: byhand.warmup(10, 0.1), ["then is float 0.1", "constant(0.1)"]),
        (lambda: byhand.warmup(10, lambda step: NAN)(0), ["then(step) is nan"]),
        *one_size(byhand.warmup(10, byhand.constant(0.1)), "step", 0),
    ],
    "minibatches": [
        *one_size(lambda n: byhand.minibatches(X, X, n, rng=0), "batch_size"),
        *seed(lambda rng: byhand.minibatches(X, X, 2, rng=rng)),
        (lambda: byhand.minibatches(X, X[:2], 2, rng=0), ["x has 3 and y has 2", "same split"]),
        (lambda: byhand.minibatches(X[:0], X[:0], 2, rng=0), ["(0, 2)", "at least one sample"]),
        (lambda: byhand.minibatches(1.0, X, 2, rng=0), ["x has shape ()"]),
        (lambda: byhand.minibatches(TORCH, X, 2, rng=0), ["x is a torch tensor"]),
        (lambda: byhand.minibatches(X, OBJECTS, 2, rng=0), ["y has dtype object"]),
    ],
    "fit": [
        *one_size(lambda n: fit(epochs=n)(), "epochs"),
        *[(fit(batch_size=n), ["batch_size", "at least 1"]) for n in (0, -2, 2.0, "all")],
        *[(fit(early_stopping=n, validation=(X, np.ones((3, 1)))), ["early_stopping", "at least 1"]) for n in (0, "5")],
        *seed(lambda rng: fit(rng=rng)()),
        (fit(progress=1), ["progress is int 1", "True or False"]),
        (fit(network="mlp"), ["network is str", "forward and backward"]),
        (fit(loss=byhand.MSELoss), ["loss is", "MSELoss()"]),
        (fit(loss=None), ["loss is NoneType", "forward and backward"]),
        (fit(optimizer="adam"), ["optimizer is 'adam'", "byhand.SGD(lr=0.1)"]),
        (fit(optimizer=None), ["optimizer is None"]),
        (fit(x=[1.0, 2.0]), ["x has 2", "y has 3"]),
        (fit(x=np.ones(3)), ["x has shape (1,)", "reshape"]),
        (fit(x=np.ones((3, 5))), ["(1, 5)", "n_in = 2"]),
        (fit(x=X * NAN), ["x contains NaN"]),
        (fit(x=X * INF), ["x contains inf"]),
        (fit(x=TORCH), ["x is a torch tensor"]),
        (fit(x=X + 0j), ["x is complex"]),
        (fit(x=None), ["x is None"]),
        (fit(x=[["a", "b"]] * 3), ["x has dtype"]),
        (fit(x=X[:0], y=X[:0]), ["(0, 2)", "at least one sample"]),
        (fit(y=np.ones(3)), ["target has shape (3,)", "target.reshape(-1, 1)"]),
        (fit(y=np.full((3, 1), NAN)), ["target contains NaN"]),
        (fit(y=TORCH), ["y is a torch tensor"]),
        (fit(y=None), ["y is None"]),
        (fit(loss=byhand.CrossEntropyLoss(), network=byhand.mlp([2, 3], rng=0), y=[1, 2, 3]), ["start at 0"]),
        (fit(loss=byhand.BCEWithLogitsLoss(), y=[[-1], [1], [1]]), ["(target + 1) / 2"]),
        (fit(validation=X), ["validation is ndarray", "pair (x, y)"]),
        (fit(validation=(X, X)), ["target has shape (3, 2)"]),
        (fit(validation=(X * NAN, np.ones((3, 1)))), ["validation x contains NaN"]),
        (fit(early_stopping=3), ["early_stopping needs validation"]),
        (fit(stop_when=3), ["stop_when is int 3", "function", "lambda history"]),
        (fit(schedule=0.1), ["schedule is 0.1", "byhand.constant(0.1)"]),
        (fit(schedule=lambda step: NAN), ["schedule(step) is nan"]),
        (fit(schedule=lambda step: None), ["schedule(step) is NoneType"]),
    ],
    "mean_interval": [
        *any_array(byhand.mean_interval, "values"),
        *one_number(lambda level: byhand.mean_interval([1.0, 2.0], level), "level", 95, ["95"]),
        (lambda: byhand.mean_interval([1.0]), ["values", "(1,)", "at least 2"]),
        (lambda: byhand.mean_interval([1.0, INF]), ["values", "1 finite", "share_interval"]),
    ],
    "share_interval": [
        *any_array(byhand.share_interval, "successes"),
        *one_number(lambda level: byhand.share_interval([True], level), "level", 0, ["0"]),
        (lambda: byhand.share_interval([]), ["successes", "(0,)"]),
        (lambda: byhand.share_interval([0.5, 1.0]), ["successes", "true and false"]),
    ],
    "r2_score": [
        *any_array(lambda p: byhand.r2_score(p, [1.0, 2.0]), "prediction"),
        *any_array(lambda y: byhand.r2_score([1.0, 2.0], y), "target"),
        (lambda: byhand.r2_score(np.ones((3, 1)), np.ones(3)), ["target.reshape(-1, 1)"]),
        (lambda: byhand.r2_score([1.0], [1.0]), ["(1,)", "N at least 2"]),
        (lambda: byhand.r2_score([1.0, 2.0], [3.0, 3.0]), ["constant"]),
    ],
    "relative_error": [
        (lambda: byhand.relative_error(np.ones((3, 1)), np.ones(3)), ["b has shape (3,)", "b.reshape(-1, 1)"]),
        (lambda: byhand.relative_error(None, 1.0), ["a is None"]),
        (lambda: byhand.relative_error(1.0, "1"), ["b has dtype"]),
        (lambda: byhand.relative_error([[1], [1, 2]], 1.0), ["a is not a rectangular array"]),
        (lambda: byhand.relative_error(1j, 1.0), ["a has dtype complex128"]),
    ],
    "numerical_gradient": [
        *any_array(lambda x: byhand.numerical_gradient(squares, x), "x"),
        # None, the fifth, is the default.
        *one_number(lambda h: byhand.numerical_gradient(squares, X, h), "h", 0, ["above 0"])[:4],
        (lambda: byhand.numerical_gradient(squares, [INF]), ["x contains inf"]),
        (lambda: byhand.numerical_gradient(squares, [1j]), ["x is complex"]),
        (lambda: byhand.numerical_gradient(squares, [1.0], 1e-30), ["h is 1e-30", "too small", "leave h out"]),
        (lambda: byhand.numerical_gradient(X, X), ["f is an array", "function"]),
        (lambda: byhand.numerical_gradient(lambda x: x, X), ["f returned an array of shape (3, 2)", "sum"]),
        (lambda: byhand.numerical_gradient(lambda x: None, X), ["f returned None", "return statement"]),
        (lambda: byhand.numerical_gradient(lambda x: NAN, X), ["f is not finite"]),
    ],
    "check_gradient": [
        (lambda: byhand.check_gradient(squares, 2 * X, [NAN]), ["x contains NaN"]),
        (lambda: byhand.check_gradient(squares, 2 * X, TORCH), ["x is a torch tensor"]),
        (lambda: byhand.check_gradient(squares, None, X), ["gradient is None"]),
        (lambda: byhand.check_gradient(squares, "2x", X), ["gradient has dtype"]),
        (lambda: byhand.check_gradient(3.0, 2 * X, X), ["f is float 3.0", "function"]),
        (lambda: byhand.check_gradient(squares, 2 * X, X, tolerance=-1), ["tolerance is -1", "at least 0"]),
        (lambda: byhand.check_gradient(squares, 2 * X, X, h="small"), ["h is str 'small'"]),
    ],
    "check_gradients": [
        (checked(network=None), ["network is NoneType"]),
        (checked(loss="mse"), ["loss is str 'mse'"]),
        (checked(x=X * INF), ["x contains inf"]),
        (checked(x=np.ones((3, 5))), ["(3, 5)", "n_in = 2"]),
        (checked(y=np.ones(3)), ["target.reshape(-1, 1)"]),
        (checked(tolerance=NAN), ["tolerance is nan"]),
        (checked(h=-1.0), ["h is -1", "above 0"]),
    ],
    "judge": [
        (judged(by_hand=1.0), ["by_hand is float", "dict"]),
        (judged(autograd={"v": 1.0}), ["by_hand and autograd differ in v, w"]),
        (judged(autograd={"w": None}), ["autograd['w'] is None", "backward()"]),
        (judged(finite_differences={"w": "1"}), ["finite_differences['w'] has dtype"]),
        (judged(tolerance=-1.0), ["tolerance is -1"]),
        (judged(rounding="none"), ["rounding is str 'none'"]),
    ],
}


def activation_backward(forward, backward):
    pair, table = forward(np.ones(2))[1], forward(X)[1]
    return [
        *any_array(lambda da: backward(da, pair), "da"),
        (lambda: backward(np.ones(2), None), ["cache", "None", "Fix: keep it"]),
        (lambda: backward(np.ones(3), table), ["(3, 2)", "(3,)"]),
    ]


for name in ACTIVATIONS:
    forward, backward = getattr(byhand, f"{name}_forward"), getattr(byhand, f"{name}_backward")
    TABLE[f"{name}_forward"] = any_array(forward, "z")
    TABLE[f"{name}_backward"] = activation_backward(forward, backward)
for name in ("leaky_relu", "elu"):
    call = getattr(byhand, f"{name}_forward")
    TABLE[f"{name}_forward"] += one_number(lambda alpha, call=call: call(X, alpha), "alpha", INF, [])
TABLE["gelu_forward"].append((lambda: byhand.gelu_forward([1j]), ["z is complex"]))
for name in ("he_normal", "he_uniform", "glorot_normal", "glorot_uniform", "lecun_normal", "torch_uniform", "zeros"):
    call = getattr(byhand, name)
    TABLE[name] = [
        *one_size(lambda n, call=call: call(n, 2, rng=0), "n_out"),
        *one_size(lambda n, call=call: call(2, n, rng=0), "n_in"),
        *seed(lambda rng, call=call: call(2, 2, rng=rng)),
    ]
for name in ("accuracy", "confusion_matrix"):
    call = getattr(byhand, name)
    TABLE[name] = [
        *any_array(lambda z, call=call: call(z, [0, 0]), "logits"),
        (lambda call=call: call([1j], [0]), ["logits is complex"]),
        (lambda call=call: call(X, [1, 2, 2]), ["from 1 to 2", "start at 0"]),
        (lambda call=call: call(X, [0.5, 0.0, 1.0]), ["float64", "integer"]),
        (lambda call=call: call(X, [0, 1]), ["labels has shape (2,)", "(3,)"]),
        (lambda call=call: call(X, TORCH.int()), ["labels is a torch tensor"]),
        (lambda call=call: call(X, None), ["labels is None"]),
        (lambda call=call: call([], []), ["shape (0,)", "at least 1"]),
        (lambda call=call: call(np.ones((2, 2, 2)), [0, 0]), ["(2, 2, 2)", "(N, K)"]),
    ]


def test_every_public_name_is_in_the_table_or_takes_nothing():
    assert TABLE.keys() | TAKES_NOTHING == set(byhand.__all__)
    assert not TABLE.keys() & TAKES_NOTHING
    assert sum(map(len, TABLE.values())) >= 600


# `fit` and its like check by the parts they are made of, which then speak in their own names.
SPEAKERS = ("Linear", "mse_forward", "cross_entropy_forward", "binary_cross_entropy_forward", "linear_forward")
SAYS_OTHERWISE = ("expected", "must", "needs", "not supported", "not a rectangular", "differ", "expects", "too small")


@pytest.mark.parametrize("name", TABLE)
def test_bad_calls_are_refused_in_the_words_of_the_table(name):
    for row, (call, words) in enumerate(TABLE[name]):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises((TypeError, ValueError)) as raised:
                call()
        message = str(raised.value)
        assert message.startswith((name, *SPEAKERS)), (row, message)
        assert any(word in message for word in SAYS_OTHERWISE), (row, message)
        for word in words:
            assert word in message, (row, word, message)


def test_a_diverging_run_names_epoch_and_learning_rate():
    with pytest.raises(
        byhand.TrainingDiverged, match=r"diverged in epoch \d+.*learning rate 1e\+06.*Fix: a lower"
    ) as raised:
        byhand.fit(
            byhand.mlp([2, 3, 1], rng=0),
            byhand.MSELoss(),
            byhand.SGD(1e6),
            X,
            np.ones((3, 1)),
            epochs=300,
            rng=0,
            progress=False,
        )
    assert raised.value.epoch == len(raised.value.history) + 1
