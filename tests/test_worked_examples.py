"""The book's worked numbers, each with its arithmetic, and its measured claims, each over several seeds."""

import math

import byhand
import numpy as np
import pytest
from byhand import data
from conftest import central_difference

QUIET = {"progress": False}


def put(network, **arrays):
    """Set parameters: put(network, W0=..., b0=...) sets those of layer 0."""
    for key, array in arrays.items():
        network.params[f"{key[1:]}.{key[0]}"][...] = array


# ---- single numbers ---------------------------------------------------------------------------


def test_inner_and_outer_derivative_of_two_x_squared_plus_one():
    # g = x^2 = 9, y = 2 g + 1 = 19; dy/dx = dy/dg dg/dx = 2 * 6 = 12
    assert byhand.numerical_gradient(lambda x: 2 * x**2 + 1, 3.0) == pytest.approx(12, rel=1e-9)
    assert byhand.check_gradient(lambda x: 2 * x**2 + 1, 12.0, 3.0)
    assert not byhand.check_gradient(lambda x: 2 * x**2 + 1, 2.0, 3.0)  # the inner derivative dropped


def test_sine_of_square_one_sided_and_centred():
    # cos(1.5^2) * 2 * 1.5 = -.628174 * 3 = -1.884521
    x, h, exact = 1.5, 1e-5, math.cos(1.5**2) * 3
    assert exact == pytest.approx(-1.884521, abs=5e-7)
    centred = float(byhand.numerical_gradient(lambda x: np.sin(x**2), x, h=h))
    forward = (math.sin((x + h) ** 2) - math.sin(x**2)) / h
    # one-sided: h |f''| / 2 = 1e-5 * |2 * -.628 - 9 * .778| / 2 = 4e-5; centred: rounding, some 1e-11
    assert abs(forward - exact) == pytest.approx(4e-5, rel=0.1)
    assert abs(centred - exact) < 1e-10


def test_differences_straddle_the_kink_of_relu():
    # (max(9e-6, 0) - max(-1.1e-5, 0)) / 2e-5 = 9e-6 / 2e-5 = .45, where the derivative is 0
    def relu(x):
        return byhand.relu_forward(x)[0]

    assert byhand.numerical_gradient(relu, -1e-6, h=1e-5) == pytest.approx(0.45)
    assert byhand.relu_backward(1.0, relu(-1e-6)) == 0.0
    assert byhand.numerical_gradient(relu, -1e-6) == pytest.approx(0.0, abs=1e-12)  # a step that fits the size of x


def test_one_sigmoid_neuron():
    x, y, w, b = [[2.0]], [[1.0]], [[0.5]], [0.1]
    z, linear = byhand.linear_forward(x, w, b)  # .5 * 2 + .1 = 1.1
    a, cache = byhand.sigmoid_forward(z)  # 1 / (1 + e^-1.1) = .750260
    loss, pair = byhand.mse_forward(a, y)  # .249740^2 = .062370
    da = byhand.mse_backward(1.0, pair)  # 2 * -.249740 = -.499480
    dz = byhand.sigmoid_backward(da, cache)  # times .750260 * .249740 = .187370
    _, dw, db = byhand.linear_backward(dz, linear)  # dz x = -.093587 * 2, and dz
    for value, worked in ((z, 1.1), (a, 0.750260), (loss, 0.062370), (da, -0.499480), (dw, -0.187175), (db, -0.093587)):
        assert float(np.squeeze(value)) == pytest.approx(worked, abs=6e-7)
    assert float(byhand.sigmoid_backward(1.0, np.array(0.750260))) == pytest.approx(0.187370, abs=5e-7)


def test_functions_and_slopes_at_one():
    # tanh' = 1 - .761594^2 = .419974; sigmoid' = .731059 * .268941 = .196612
    for name, value, slope in (
        ("relu", 1.0, 1.0),
        ("leaky_relu", 1.0, 1.0),
        ("sigmoid", 0.731059, 0.196612),
        ("tanh", 0.761594, 0.419974),
    ):
        a, cache = getattr(byhand, f"{name}_forward")(1.0)
        assert float(a) == pytest.approx(value, abs=5e-7)
        assert float(getattr(byhand, f"{name}_backward")(1.0, cache)) == pytest.approx(slope, abs=5e-7)
    assert [float(byhand.relu_forward(z)[0]) for z in (2, -2)] == [2.0, 0.0]
    assert float(byhand.sigmoid(0)) == 0.5


def test_ten_sigmoids_leave_a_millionth():
    # the steepest slope, sigmoid'(0) = 1/4, ten times over: .25^10 = 9.5e-7
    slope = 1.0
    for _ in range(10):
        slope = float(byhand.sigmoid_backward(slope, byhand.sigmoid(0.0)))
    assert slope == 0.25**10 == pytest.approx(9.5e-7, rel=0.01)


# ---- layers and losses ------------------------------------------------------------------------


def test_linear_forward():
    # row 1: .1*1 + .2*2 + .3*3 + .1 = 1.5; -.5*1 + 0*2 + .5*3 - .2 = .8
    # row 2: .1*.5 - .2*1 + .3*2 + .1 = .55; -.5*.5 + 0 + .5*2 - .2 = .55
    x, W, b = [[1, 2, 3], [0.5, -1, 2]], [[0.1, 0.2, 0.3], [-0.5, 0, 0.5]], [0.1, -0.2]
    np.testing.assert_allclose(byhand.linear_forward(x, W, b)[0], [[1.5, 0.8], [0.55, 0.55]])


def test_one_sample_through_a_relu_layer():
    # weights given as (n_in, n_out), [[.5, -.5], [.3, .7]], are transposed for the book
    # .5*1 + .3*2 + .1 = 1.2; -.5*1 + .7*2 - .1 = .8
    z, _ = byhand.linear_forward([[1, 2]], np.array([[0.5, -0.5], [0.3, 0.7]]).T, [0.1, -0.1])
    np.testing.assert_allclose(byhand.relu_forward(z)[0], [[1.2, 0.8]])


def test_a_batch_twice_as_long_has_gradients_twice_as_large():
    # the 1/N of the mean belongs to the loss: with the upstream gradient given, a layer adds up samples
    x, dz = np.array([[1.0, 2], [3, -1]]), np.array([[0.5], [2.0]])
    _, cache = byhand.linear_forward(x, [[1.0, 1.0]], [0.0])
    _, double = byhand.linear_forward(np.vstack([x, x]), [[1.0, 1.0]], [0.0])
    _, dW, db = byhand.linear_backward(dz, cache)
    # dW = .5 * (1, 2) + 2 * (3, -1) = (6.5, -1); db = .5 + 2
    np.testing.assert_allclose(dW, [[6.5, -1.0]])
    np.testing.assert_allclose(db, [2.5])
    _, dW2, db2 = byhand.linear_backward(np.vstack([dz, dz]), double)
    np.testing.assert_allclose(dW2, 2 * dW)
    np.testing.assert_allclose(db2, 2 * db)


def test_mse_and_its_accident():
    p, y = np.array([0.1, 0.9, 0.8, 0.2]), np.array([0.0, 1.0, 1.0, 0.0])
    # errors .1, -.1, -.2, .2; squares .01 + .01 + .04 + .04 = .10; mean .025
    assert float(byhand.mse_forward(p, y)[0]) == pytest.approx(0.025)
    column = p.reshape(-1, 1)
    assert float(((column - y) ** 2).mean()) == pytest.approx(0.375)  # what NumPy does without a word
    with pytest.raises(ValueError, match=r"target has shape \(4,\), expected \(4, 1\).*reshape\(-1, 1\)"):
        byhand.mse_forward(column, y)


def test_mse_divides_by_all_entries_not_by_the_batch():
    # errors 1, 2, 0, -1; squares 1 + 4 + 0 + 1 = 6 over 4 entries; gradient 2 e / 4, not 2 e / 2
    loss, cache = byhand.mse_forward([[3.0, 2.0], [1.0, 4.0]], [[2.0, 0.0], [1.0, 5.0]])
    assert float(loss) == 1.5
    np.testing.assert_allclose(byhand.mse_backward(1.0, cache), [[0.5, 1.0], [0.0, -0.5]])
    assert not byhand.check_gradient(lambda p: byhand.mse_forward(p, cache[1])[0], (cache[0] - cache[1]), cache[0])


def test_softmax_and_cross_entropy_of_three_logits():
    # e^2, e^1, e^0.1 = 7.389056, 2.718282, 1.105171 with sum 11.212509
    np.testing.assert_allclose(byhand.softmax([2.0, 1.0, 0.1]), [0.659001, 0.242433, 0.098566], atol=5e-7)
    loss, cache = byhand.cross_entropy_forward([[2.0, 1.0, 0.1]], [0])
    assert float(loss) == pytest.approx(0.417030, abs=1e-6)  # -ln .659001
    # p - (1, 0, 0)
    np.testing.assert_allclose(byhand.cross_entropy_backward(1.0, cache), [[-0.340999, 0.242433, 0.098566]], atol=1e-6)


def test_a_gap_of_1000_costs_1000():
    naive = -math.log(float(byhand.softmax([1000.0, 0.0])[1]) + 1e-8)
    assert naive == pytest.approx(18.4, abs=0.05)  # what 1e-8 inside the logarithm says
    assert float(byhand.cross_entropy_forward([[1000.0, 0.0]], [1])[0]) == 1000.0
    assert float(byhand.binary_cross_entropy_forward([-1000.0], [1])[0]) == 1000.0


@pytest.mark.parametrize(("k", "worked"), [(2, 0.693), (3, 1.099), (10, 2.303)])
def test_chance_costs_ln_k(k, worked):
    loss = float(byhand.cross_entropy_forward(np.zeros((5, k)), np.zeros(5, int))[0])
    assert loss == pytest.approx(math.log(k)) == pytest.approx(worked, abs=5e-4)


# ---- networks ---------------------------------------------------------------------------------


def test_net_a():
    network = byhand.mlp([2, 2, 1], "relu", rng=0)
    put(network, W0=[[1, -2], [0.5, 1]], b0=0, W2=[[1, -1]], b2=0)
    f, caches = network.forward([[1, -1]])
    # z1 = [1 + 2, .5 - 1] = [3, -.5]; h = [3, 0]; f = 3; L = (3 - 2)^2 / 2 = .5, so dL/df = 1
    assert float(f[0, 0]) == 3.0
    dx, grads = network.backward(f - 2.0, caches)
    np.testing.assert_array_equal(grads["2.W"], [[3, 0]])
    np.testing.assert_array_equal(grads["2.b"], [1])
    np.testing.assert_array_equal(grads["0.W"], [[1, -1], [0, 0]])  # the second unit is off
    np.testing.assert_array_equal(grads["0.b"], [1, 0])
    np.testing.assert_array_equal(dx, [[1, -2]])


def test_net_for_reading():
    network = byhand.mlp([2, 2, 1], "tanh", rng=0)
    put(network, W0=[[0.5, 0.2], [-0.3, 0.4]], b0=[0.1, -0.1], W2=[[0.7, -0.6]], b2=0.05)
    x, y = [[1.0, 0.0], [0.0, 2.0]], [[1.0], [0.0]]
    # z1 = [.5 + .1, -.3 - .1] and [.4 + .1, .8 - .1]; a1 = tanh(.6, -.4) and tanh(.5, .7)
    # z2 = .7 * .537050 + .6 * .379949 + .05 = .653904, and .7 * .462117 - .6 * .604368 + .05 = .010861
    loss = byhand.BCEWithLogitsLoss()
    logits, caches = network.forward(x)
    value, cache = loss.forward(logits, y)
    np.testing.assert_allclose(logits.ravel(), [0.653904, 0.010861], atol=5e-7)
    np.testing.assert_allclose(byhand.sigmoid(logits).ravel(), [0.657890, 0.502715], atol=5e-7)
    assert float(value) == pytest.approx(0.558655, abs=5e-7)  # -(ln .657890 + ln .497285) / 2
    dz = loss.backward(1.0, cache)
    np.testing.assert_allclose(dz.ravel(), [-0.171055, 0.251358], atol=5e-7)  # (p - y) / 2
    _, grads = network.backward(dz, caches)
    np.testing.assert_allclose(grads["2.W"], [[0.024292, 0.216905]], atol=5e-7)
    np.testing.assert_allclose(grads["2.b"], [0.080303], atol=6e-7)
    np.testing.assert_allclose(grads["0.W"].T, [[-0.085203, 0.087817], [0.276752, -0.191456]], atol=5e-7)
    np.testing.assert_allclose(grads["0.b"], [0.053172, -0.007911], atol=6e-7)
    byhand.SGD(0.5).step(network.params, grads)
    assert float(loss.forward(network.predict(x), y)[0]) == pytest.approx(0.469048, abs=5e-7)


def test_xor_by_weights_set_by_hand():
    network = byhand.mlp([2, 2, 1], "relu", rng=0)
    # h1 = relu(x1 + x2) counts the ones, h2 = relu(x1 + x2 - 1) is 1 only for two of them; y = h1 - 2 h2
    put(network, W0=[[1, 1], [1, 1]], b0=[0, -1], W2=[[1, -2]], b2=0)
    np.testing.assert_array_equal(network.predict(data.xor().x).ravel(), data.xor().y)


def test_two_linear_layers_are_one(rng):
    network = byhand.mlp([3, 5, 2], "identity", rng=rng)
    x, p = rng.normal(size=(4, 3)), network.params
    # (x W1^T + b1) W2^T + b2 = x (W2 W1)^T + (W2 b1 + b2)
    one, _ = byhand.linear_forward(x, p["2.W"] @ p["0.W"], p["2.W"] @ p["0.b"] + p["2.b"])
    np.testing.assert_allclose(network.predict(x), one, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    ("sizes", "count"),
    [
        ([10, 16, 8, 3], 10 * 16 + 16 + 16 * 8 + 8 + 8 * 3 + 3),
        ([10, 32, 16, 3], 10 * 32 + 32 + 32 * 16 + 16 + 16 * 3 + 3),
        ([2, 10, 5, 1], 2 * 10 + 10 + 10 * 5 + 5 + 5 + 1),
        ([64, 32, 10], 64 * 32 + 32 + 32 * 10 + 10),
    ],
)
def test_parameter_counts(sizes, count):
    assert byhand.mlp(sizes, rng=0).parameter_count == count


# ---- steps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lr", "factor"), [(0.19, -0.9), (0.20, -1.0), (0.21, -1.1)])
def test_a_parabola_converges_oscillates_or_diverges(lr, factor):
    # L = .5 * 10 * w^2 has gradient 10 w: each step multiplies w by 1 - 10 lr
    params, optimizer = {"w": np.array([1.0])}, byhand.SGD(lr)
    for step in range(1, 21):
        optimizer.step(params, {"w": 10.0 * params["w"]})
        assert float(params["w"][0]) == pytest.approx(factor**step, rel=1e-12)


@pytest.mark.parametrize("gradient", [1e-3, 2.0, -500.0])
def test_the_first_step_of_adam(gradient):
    params = {"w": np.array([0.0])}
    byhand.Adam(lr=0.01).step(params, {"w": np.array([gradient])})
    # m / (1 - .9) = g and s / (1 - .999) = g^2, so the step is lr g / |g|
    assert float(params["w"][0]) == pytest.approx(-0.01 * np.sign(gradient), rel=1e-4)
    # without the corrections it would be lr * .1 g / sqrt(.001 g^2) = .1 / .0316 lr = 3.16 lr
    assert 0.1 / math.sqrt(0.001) == pytest.approx(3.16, abs=0.005)


# ---- claims, each over several seeds ----------------------------------------------------------


def spread_after_ten_relu_layers(init, seed):
    """Root mean square of the activations of layer 10 over that of the input, 256 units wide."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(100, 256))
    for _ in range(10):
        a = byhand.relu_forward(a @ init(256, 256, rng=rng).T)[0]
    return math.sqrt((a * a).mean())


def test_variance_two_over_n_survives_ten_relu_layers_and_one_over_n_does_not():
    # relu halves the mean square: 2/n makes up for it, 1/n leaves (1/2)^5 = .031 after ten layers
    he = [spread_after_ten_relu_layers(byhand.he_normal, seed) for seed in range(20)]
    lecun = [spread_after_ten_relu_layers(byhand.lecun_normal, seed) for seed in range(20)]
    # one seed scatters by some 15 %; 20 of them by 3 %
    assert np.mean(he) == pytest.approx(1.0, abs=0.15)
    assert np.mean(lecun) == pytest.approx(1 / 32, rel=0.15)


@pytest.mark.parametrize(
    ("make", "low", "high"),
    [
        (lambda: data.moons(300, 0.1, rng=42), 0.83, 0.92),  # 88 %: one line cuts off the tips of the moons
        (lambda: data.circles(300, 0.1, 0.5, rng=42), 0.45, 0.60),  # 50 %: no line parts circles
    ],
)
def test_one_line_is_not_enough(make, low, high):
    sample, network = make(), byhand.mlp([2, 1], rng=0)
    target = sample.y.reshape(-1, 1)
    byhand.fit(network, byhand.BCEWithLogitsLoss(), byhand.SGD(0.1), sample.x, target, epochs=1000, rng=0, **QUIET)
    assert low < byhand.accuracy(network.predict(sample.x), sample.y) < high


def xor_successes(sizes, activation, seeds):
    x, y, loss = data.xor().x, data.xor().y.reshape(-1, 1).astype(float), byhand.MSELoss()
    wins = 0
    for seed in range(seeds):
        network = byhand.mlp(sizes, activation, rng=seed, output="sigmoid")
        byhand.fit(network, loss, byhand.SGD(1.0), x, y, epochs=1000, rng=0, **QUIET)
        wins += bool(((network.predict(x) > 0.5) == y).all())
    return wins


def test_xor_is_a_matter_of_luck_for_2_3_2_1_relu_and_none_for_2_4_1_tanh():
    # 28 of 100 seeds for ReLU are 7 of 25, with a standard deviation of sqrt(25 * .28 * .72) = 2.2
    assert 1 <= xor_successes([2, 3, 2, 1], "relu", 25) <= 14
    assert xor_successes([2, 4, 1], "tanh", 20) == 20


def test_noisy_xor_is_learned_above_85_per_cent():
    for seed in range(5):
        train, held_out = data.noisy_xor(200, 0.1, rng=seed), data.noisy_xor(100, 0.1, rng=100 + seed)
        network, target = byhand.mlp([2, 8, 1], "relu", rng=seed), train.y.reshape(-1, 1)
        loss, optimizer = byhand.BCEWithLogitsLoss(), byhand.SGD(0.5)
        byhand.fit(network, loss, optimizer, train.x, target, epochs=200, batch_size=32, rng=seed, **QUIET)
        assert byhand.accuracy(network.predict(held_out.x), held_out.y) > 0.85


def test_a_linear_task_is_fitted_below_a_thousandth():
    task, network = data.linear_regression(20, 5, 3, rng=0), byhand.mlp([5, 3], rng=0)
    history = byhand.fit(network, byhand.MSELoss(), byhand.SGD(0.1), task.x, task.y, epochs=500, rng=0, **QUIET)
    assert history.loss[-1] < 1e-3


def parts(x, y, seed, n_train):
    order = np.random.default_rng(seed).permutation(len(x))
    train, test = order[:n_train], order[n_train:]
    return x[train], y[train], x[test], y[test]


def test_a_target_in_large_units_is_not_learned_unless_it_is_standardised():
    task = data.regression(1000, 10, 8, 0.1, rng=42)
    scores = {False: [], True: []}
    for seed in range(3):
        x, y, x_test, y_test = parts(task.x, task.y, seed, 800)
        for scaled in scores:
            mean, std = (y.mean(axis=0), y.std(axis=0)) if scaled else (0.0, 1.0)
            network, optimizer = byhand.mlp([10, 16, 8, 1], ["relu", "tanh"], rng=seed), byhand.SGD(0.01)
            target = (y - mean) / std
            byhand.fit(network, byhand.MSELoss(), optimizer, x, target, epochs=100, batch_size=32, rng=seed, **QUIET)
            scores[scaled].append(byhand.r2_score(network.predict(x_test) * std + mean, y_test))
    assert min(scores[True]) > 0.9
    assert np.mean(scores[True]) - np.mean(scores[False]) > 0.3


def test_moons_are_learned_above_95_per_cent():
    accuracies = []
    for seed in range(10):
        train, test = data.moons(300, 0.1, rng=seed), data.moons(300, 0.1, rng=1000 + seed)
        network, target = byhand.mlp([2, 10, 5, 1], "relu", rng=seed), train.y.reshape(-1, 1)
        loss, optimizer = byhand.BCEWithLogitsLoss(), byhand.Adam(0.02)
        byhand.fit(network, loss, optimizer, train.x, target, epochs=300, rng=seed, **QUIET)
        accuracies.append(byhand.accuracy(network.predict(test.x), test.y))
    assert np.mean(accuracies) >= 0.95


def test_digits_are_read_above_96_5_per_cent():
    images, accuracies = data.digits(), []
    for seed in range(10):
        x, y, x_test, y_test = parts(images.x / 16.0, images.y, seed, 1437)
        network, loss, optimizer = byhand.mlp([64, 32, 10], rng=seed), byhand.CrossEntropyLoss(), byhand.Adam(0.005)
        byhand.fit(network, loss, optimizer, x, y, epochs=25, batch_size=32, rng=seed, **QUIET)
        accuracies.append(byhand.accuracy(network.predict(x_test), y_test))
    assert np.mean(accuracies) >= 0.965


def test_the_central_difference_of_these_tests_is_right():
    # d/dx of x0^2 x1 at (3, 2): 2 * 3 * 2 = 12 and 3^2 = 9
    found = central_difference(lambda x: float(x[0] ** 2 * x[1]), np.array([3.0, 2.0]))
    np.testing.assert_allclose(found, [12.0, 9.0], rtol=1e-9)
