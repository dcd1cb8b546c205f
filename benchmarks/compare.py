"""Train the same networks with byhand, PyTorch eager and scikit-learn, and print ratios of time.

All three do the same work on one thread: the same architecture, batch, loss and optimiser. byhand and
the PyTorch loop keep the same record an epoch: loss, accuracy, the norms of gradients and weights and,
where the row says so, loss and accuracy on all data after it; scikit-learn keeps the loss alone. The
repetitions are interleaved, so that a slow minute of the machine slows all three, and the median of
the ratios within a repetition is printed.
"""

import argparse
import statistics
import time
import warnings

import byhand
import numpy as np
import torch
from sklearn.datasets import load_digits, load_iris, make_circles, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from threadpoolctl import threadpool_limits

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def random_classes(n, n_in, k):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, n_in)), rng.integers(0, k, n)


# name: data, sizes, activation, loss, optimiser, batch size, epochs, precision
WORK = {
    "XOR 2-3-2-1, MSE": (lambda: XOR, [2, 3, 2, 1], "relu", "mse", "sgd", None, 400, "float64"),
    "moons 2-10-5-1, BCE": (
        lambda: make_moons(300, noise=0.1, random_state=42), [2, 10, 5, 1], "relu", "bce", "sgd", None, 200, "float64"),
    "circles 2-20-10-1, BCE": (
        lambda: make_circles(300, noise=0.1, factor=0.5, random_state=42),
        [2, 20, 10, 1], "tanh", "bce", "sgd", None, 200, "float64"),
    "iris 4-10-8-3, CE": (
        lambda: load_iris(return_X_y=True), [4, 10, 8, 3], "relu", "ce", "sgd", None, 200, "float64"),
    "1000 x 10, batch 32, evaluated": (
        lambda: random_classes(1000, 10, 3), [10, 16, 8, 3], "relu", "ce", "sgd", 32, 20, "float64"),
    "digits 64-128-64-10, Adam, batch 64": (
        lambda: load_digits(return_X_y=True), [64, 128, 64, 10], "relu", "ce", "adam", 64, 8, "float32"),
    "8000 x 784, 784-256-128-10, batch 128": (
        lambda: random_classes(8000, 784, 10), [784, 256, 128, 10], "relu", "ce", "sgd", 128, 2, "float32"),
}  # fmt: skip


def ours(x, y, sizes, activation, loss, optimizer, batch_size, epochs, evaluate):
    network = byhand.mlp(sizes, activation, rng=0).astype(x.dtype)
    criterion = {"mse": byhand.MSELoss, "bce": byhand.BCEWithLogitsLoss, "ce": byhand.CrossEntropyLoss}[loss]()
    target = y if loss == "ce" else y.reshape(-1, 1).astype(x.dtype)
    step = byhand.SGD(0.01) if optimizer == "sgd" else byhand.Adam(0.001)
    byhand.fit(
        network, criterion, step, x, target, epochs=epochs, batch_size=batch_size,
        validation=(x, target) if evaluate else None, rng=0, progress=False,
    )  # fmt: skip


def torch_eager(x, y, sizes, activation, loss, optimizer, batch_size, epochs, evaluate):
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU() if activation == "relu" else torch.nn.Tanh()]
    network = torch.nn.Sequential(*layers[:-1]).to(torch.float32)
    losses = {"mse": torch.nn.MSELoss, "bce": torch.nn.BCEWithLogitsLoss, "ce": torch.nn.CrossEntropyLoss}
    criterion = losses[loss]()
    step = (torch.optim.SGD if optimizer == "sgd" else torch.optim.Adam)(network.parameters(), lr=0.001)
    inputs = torch.tensor(x, dtype=torch.float32)
    target = torch.tensor(y) if loss == "ce" else torch.tensor(y.reshape(-1, 1), dtype=torch.float32)
    history = []

    def right(logits, labels):
        if loss == "mse":
            return 0
        return ((logits.argmax(1) if loss == "ce" else logits > 0) == labels).sum().item()

    for _ in range(epochs):
        total, correct = 0.0, 0
        if batch_size:
            order = torch.randperm(len(inputs))
            batches = [(inputs[rows], target[rows]) for rows in order.split(batch_size)]
        else:
            batches = [(inputs, target)]
        for x_batch, y_batch in batches:
            step.zero_grad()
            logits = network(x_batch)
            value = criterion(logits, y_batch)
            value.backward()
            step.step()
            total += value.item() * len(x_batch)
            correct += right(logits, y_batch)
        with torch.no_grad():
            grad_norm = torch.nn.utils.get_total_norm([p.grad for p in network.parameters()]).item()
            weight_norm = torch.nn.utils.get_total_norm(network.parameters()).item()
            record = [total / len(inputs), correct / len(inputs), grad_norm, weight_norm]
            if evaluate:
                logits = network(inputs)
                record += [criterion(logits, target).item(), right(logits, target) / len(inputs)]
        history.append(record)


def scikit_learn(x, y, sizes, activation, loss, optimizer, batch_size, epochs, evaluate):
    kind = MLPRegressor if loss == "mse" else MLPClassifier
    model = kind(
        hidden_layer_sizes=sizes[1:-1], activation=activation, solver=optimizer, alpha=0.0, momentum=0.0,
        batch_size=batch_size or len(x), shuffle=batch_size is not None, learning_rate_init=0.001, random_state=0,
        max_iter=epochs, tol=0.0, n_iter_no_change=epochs + 1,
    )  # fmt: skip
    with warnings.catch_warnings():
        # A fixed number of epochs is the point here; that it has not converged is no news.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(x, y)


def seconds(train, *work):
    start = time.perf_counter()
    train(*work)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9, help="interleaved repetitions (default 9)")
    parser.add_argument("--only", default="", help="run the rows whose name contains this text")
    arguments = parser.parse_args()
    print("How many times faster than PyTorch eager (float32), median of interleaved runs on one thread\n")
    print(f"{'work':40} {'precision':9} {'byhand':>7} {'scikit-learn':>13}")
    for name, (load, sizes, activation, loss, optimizer, batch_size, epochs, precision) in WORK.items():
        if arguments.only not in name:
            continue
        x, y = load()
        x = x.astype(precision)
        work = x, y, sizes, activation, loss, optimizer, batch_size, epochs, "evaluated" in name
        ratios = []
        for repeat in range(arguments.repeats + 1):
            by_torch, by_us, by_sklearn = (seconds(train, *work) for train in (torch_eager, ours, scikit_learn))
            if repeat:  # the first run warms caches up
                ratios.append((by_torch / by_us, by_torch / by_sklearn))
        us, sklearn = (statistics.median(column) for column in zip(*ratios, strict=True))
        print(f"{name:40} {precision:9} {us:7.1f} {sklearn:13.1f}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    with threadpool_limits(1):
        main()
