"""Time and memory of a training step against batch size, width and depth, and where PyTorch overtakes.

Everything is float32 on one thread: that is what PyTorch is fastest in. From the middle of the range
one size at a time is varied. byhand and PyTorch take turns, and the shortest turn of each counts, the
one that the rest of the machine disturbed least; a ratio below 1 says that PyTorch is faster. Memory
is the peak that byhand's arrays take beyond data and parameters.
"""

import argparse
import time
import tracemalloc

import byhand
import numpy as np
import torch
from threadpoolctl import threadpool_limits

MIDDLE = {"batch": 32, "width": 64, "depth": 2}
RANGES = {"batch": (1, 8, 32, 128, 512, 2048), "width": (8, 32, 64, 128, 256, 512, 1024), "depth": (1, 2, 4, 8, 16)}
STEPS = 40  # a turn, so that what `fit` checks before its first step weighs little


def steps_of_each(batch, width, depth):
    """Two functions, each of which trains for STEPS steps: byhand's and PyTorch's."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(batch, width)).astype(np.float32), rng.integers(0, 10, batch)
    network = byhand.mlp([width] * (depth + 1) + [10], rng=0).astype(np.float32)
    loss, optimizer = byhand.CrossEntropyLoss(), byhand.SGD(1e-3)

    def ours():
        byhand.fit(network, loss, optimizer, x, y, epochs=STEPS, rng=0, progress=False)

    layers = []
    for _ in range(depth):
        layers += [torch.nn.Linear(width, width), torch.nn.ReLU()]
    twin = torch.nn.Sequential(*layers, torch.nn.Linear(width, 10))
    criterion, step = torch.nn.CrossEntropyLoss(), torch.optim.SGD(twin.parameters(), lr=1e-3)
    inputs, target = torch.from_numpy(x), torch.from_numpy(y)

    def theirs():
        for _ in range(STEPS):
            step.zero_grad()
            value = criterion(twin(inputs), target)
            value.backward()
            step.step()
            value.item()

    return ours, theirs


def seconds(train):
    start = time.perf_counter()
    train()
    return time.perf_counter() - start


def peak_memory(train):
    tracemalloc.start()
    train()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7, help="turns of each (default 7)")
    repeats = parser.parse_args().repeats
    print(
        f"One step at batch {MIDDLE['batch']}, {MIDDLE['depth']} hidden layers of {MIDDLE['width']}, one size varied\n"
    )
    print(f"{'size':6} {'value':>6} {'ms a step':>10} {'peak kB':>9} {'faster than PyTorch':>20}")
    for name, values in RANGES.items():
        for value in values:
            ours, theirs = steps_of_each(**{**MIDDLE, name: value})
            ours(), theirs()  # warm up
            turns = [(seconds(theirs), seconds(ours)) for _ in range(repeats)]
            by_torch, by_us = (min(column) for column in zip(*turns, strict=True))
            step, memory, ratio = 1e3 * by_us / STEPS, peak_memory(ours) / 1e3, by_torch / by_us
            print(f"{name:6} {value:6} {step:10.3f} {memory:9.0f} {ratio:20.2f}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    with threadpool_limits(1):
        main()
