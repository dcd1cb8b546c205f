"""The chapter on many machines: its formulas, its ring, and its programs, run in two processes for real."""

import ast
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import BCEWithLogitsLoss, data, mlp, value_and_grads
from byhand.torch_twin import to_torch
from conftest import central_difference, max_relative_error
from execute import read_notebook
from torch.utils.data import DistributedSampler

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "beyond-one-machine.md"
WANTED = {"GRADIENTS", "TRAIN", "room", "launch", "results", "ring_all_reduce", "ring_time", "wasted"}


@pytest.fixture(scope="module")
def page():
    """The page's own programs and functions, without its runs."""
    import os
    import socket
    import subprocess
    import sys
    import tempfile

    names = dict(os=os, socket=socket, subprocess=subprocess, sys=sys, tempfile=tempfile, Path=Path, np=np, torch=torch)
    for cell in read_notebook(CHAPTER).cells:
        if cell.cell_type != "code":
            continue
        for node in ast.parse(cell.source).body:
            target = getattr(node, "name", None) or getattr(getattr(node, "targets", [None])[0], "id", None)
            if target in WANTED and target not in names:
                exec(compile(ast.Module([node], []), str(CHAPTER), "exec"), names)
    assert names.keys() >= WANTED
    yield names
    names["room"].cleanup()


# ---- shards -----------------------------------------------------------------------------------


def batch_of(n):
    moons = data.moons(n, rng=3)
    return moons.x, moons.y.reshape(-1, 1).astype(float)


def three_gradients(x, y):
    """A network; the gradient of its mean loss by hand, by differences and by autograd, each as one vector."""
    network = mlp([2, 4, 1], activation="tanh", rng=5)
    loss = BCEWithLogitsLoss()

    def gradient(rows):
        grads = value_and_grads(network, loss, x[rows], y[rows])[1]
        return np.concatenate([grads[name].ravel() for name in network.params])

    differences = []
    for name, array in network.params.items():
        start = array.copy()

        def value(v, name=name):
            network.params[name][...] = v
            return value_and_grads(network, loss, x, y)[0]

        differences.append(central_difference(value, start).ravel())
        network.params[name][...] = start
    twin = to_torch(network)
    torch.nn.functional.binary_cross_entropy_with_logits(twin(torch.tensor(x)), torch.tensor(y)).backward()
    autograd = np.concatenate([p.grad.numpy().ravel() for p in twin.parameters()])
    return gradient, np.concatenate(differences), autograd


def agree(by_hand, differences, autograd):
    assert max_relative_error(by_hand, differences) < 1e-7
    assert max_relative_error(by_hand, autograd) < 1e-10


def test_beyond_one_machine_shard():
    """One shard is the whole batch: its gradient is that of the mean loss."""
    gradient, *judges = three_gradients(*batch_of(13))
    agree(gradient(slice(None)), *judges)
    one_by_one = np.mean([gradient(slice(n, n + 1)) for n in range(13)], axis=0)
    agree(one_by_one, *judges)


@pytest.mark.parametrize("sizes", [(18, 6), (1, 3, 11), (5, 5, 5)])
def test_beyond_one_machine_weighted(sizes):
    gradient, *judges = three_gradients(*batch_of(sum(sizes)))
    ends = np.cumsum((0, *sizes))
    shards = [gradient(slice(a, b)) for a, b in zip(ends, ends[1:], strict=False)]
    agree(np.average(shards, axis=0, weights=sizes), *judges)
    plain = max_relative_error(np.mean(shards, axis=0), judges[1])
    assert plain < 1e-10 if len(set(sizes)) == 1 else plain > 0.01


@pytest.mark.parametrize("p", [1, 2, 3, 6])
def test_beyond_one_machine_average(p):
    gradient, *judges = three_gradients(*batch_of(24))
    agree(np.mean([gradient(slice(k * 24 // p, (k + 1) * 24 // p)) for k in range(p)], axis=0), *judges)


# ---- two processes ----------------------------------------------------------------------------


def test_two_processes_average_their_gradients(page):
    x, y = batch_of(24)
    network = mlp([2, 8, 1], activation="tanh", rng=2)
    folder = page["launch"](
        page["GRADIENTS"],
        "gradients",
        net=to_torch(network).state_dict(),
        data=(torch.tensor(x), torch.tensor(y)),
    )
    wanted = value_and_grads(network, BCEWithLogitsLoss(), x, y)[1]
    wanted = np.concatenate([wanted[name].ravel() for name in network.params])
    error = {}
    for rank in (0, 1):
        for case, found in torch.load(folder / f"gradients-{rank}.pt").items():
            found = np.concatenate([g.numpy().ravel() for g in found.values()])
            error[case, rank] = max_relative_error(found, wanted)
    assert max(error[case, rank] for case in ("equal", "weighted") for rank in (0, 1)) < 1e-12
    assert min(error["unequal", rank] for rank in (0, 1)) > 0.01


def test_a_killed_run_resumes_with_the_losses_of_a_quiet_one(page):
    x, y = batch_of(95)
    files = {"data": (torch.tensor(x), torch.tensor(y)), "runs": {"quiet": -1, "killed": 23}}
    folder = page["launch"](page["TRAIN"], "training", restarts=1, **files)
    quiet, killed = (page["results"](folder / run) for run in ("quiet", "killed"))
    assert "exitcode: -9" in (folder / "log.txt").read_text()
    assert [result["started_at"] for result in quiet + killed] == [0, 0, 20, 20]
    assert len(quiet[0]["losses"]) == 40
    for result in quiet + killed:
        assert result["losses"] == quiet[0]["losses"]
        assert all(torch.equal(value, quiet[0]["net"][name]) for name, value in result["net"].items())


def test_a_program_that_fails_says_why(page):
    with pytest.raises(RuntimeError, match="no-such-thing"):
        page["launch"]("raise SystemExit('no-such-thing')\n", "failing")


@pytest.mark.parametrize(("n", "p"), [(95, 2), (10, 4), (12, 3)])
def test_each_sample_once_and_the_padding_twice(n, p):
    ranks = [list(DistributedSampler(range(n), num_replicas=p, rank=r, shuffle=True, seed=0)) for r in range(p)]
    times = np.bincount(np.concatenate(ranks), minlength=n)
    assert len({len(rank) for rank in ranks}) == 1
    assert times.min() == 1 and np.sum(times == 2) == -n % p and times.max() <= 2


# ---- ring, plan and failures ------------------------------------------------------------------


@pytest.mark.parametrize(("p", "length"), [(1, 5), (2, 8), (3, 7), (5, 5), (7, 100)])
def test_the_ring_adds(page, rng, p, length):
    vectors = rng.normal(size=(p, length))
    sums, messages, numbers = page["ring_all_reduce"](vectors)
    assert all(np.allclose(s, vectors.sum(axis=0), rtol=0, atol=1e-12) for s in sums)
    assert np.all(messages == 2 * (p - 1))
    assert np.sum(numbers) == 2 * (p - 1) * length  # also when p does not divide the length


def test_beyond_one_machine_ring(page, rng):
    _, messages, numbers = page["ring_all_reduce"](rng.normal(size=(6, 60)))
    assert np.isclose(page["ring_time"](6, 60 * 8, 1e6, 1e-3), messages[0] * 1e-3 + numbers[0] * 8 / 1e6)


def test_beyond_one_machine_step_and_balance(page):
    """At 4 C / 3 B samples a machine the exchange takes as long as the arithmetic, whatever the weights."""
    speed, bandwidth, p = 3e12, 5e8, 100_000
    b = 4 * speed / (3 * bandwidth)
    for weights in (1e6, 1e10):
        exchange = page["ring_time"](p, 4 * weights, bandwidth, 0.0)
        assert np.isclose(exchange, 6 * weights * b / speed, rtol=1e-4)


def test_beyond_one_machine_waste():
    write, failure = 0.04, 30.0
    for tau in (0.3, 1.7, 9.0):
        by_hand = np.array(-write / tau**2 + 1 / (2 * failure))
        t = torch.tensor(tau, dtype=torch.float64, requires_grad=True)
        (write / t + t / (2 * failure)).backward()
        agree(
            by_hand, central_difference(lambda v: float(write / v + v / (2 * failure)), np.array(tau)), t.grad.numpy()
        )


def test_beyond_one_machine_young():
    write, years, p = 0.04, 20_000.0, 512
    best = np.sqrt(2 * write * years / p)
    grid = best * np.linspace(0.5, 2, 301)
    waste = write / grid + grid * p / (2 * years)
    assert np.isclose(grid[waste.argmin()], best, rtol=0.01)


def test_the_trial_of_youngs_formula_counts_the_work(page):
    page["between"], page["write"] = 1e12, 0.5
    assert np.isclose(page["wasted"](2.0, 0, work=100.0), 0.25)  # no failures: only saving
    page["between"] = 10.0
    assert page["wasted"](2.0, 0, work=100.0) > 0.3
