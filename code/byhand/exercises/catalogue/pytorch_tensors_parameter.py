"""A trainable tensor from an array: its type, its memory, its place in the record."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="From an array to a parameter",
    task="`as_parameter(array)`: return a torch tensor with the array's numbers, in float64 whatever the array's type, "
    "that is a leaf, wants its gradient, and has memory of its own.",
    section="sec:pytorch-tensors:arrays",
    outputs=("values", "bits", "wants_gradient", "leaf", "shares_memory"),
    hints=(
        "torch.tensor copies and takes a dtype; from_numpy and as_tensor may share.",
        "What is computed from a leaf is no leaf: convert first, then ask for the gradient.",
        "torch.tensor(array, dtype=torch.float64, requires_grad=True).",
    ),
)


class Tensor:
    """What is asked of a torch tensor, so that the known answers run without PyTorch."""

    def __init__(self, values, *, requires_grad=True, is_leaf=True):
        self.values, self.requires_grad, self.is_leaf = values, requires_grad, is_leaf

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.values


@exercise.solution
def as_parameter(array):
    return Tensor(array.astype(np.float64))


@exercise.probes
def probes(rng):
    yield (rng.normal(size=(3, 4)),)
    yield (rng.normal(size=5).astype(np.float32),)
    yield (rng.integers(-9, 10, size=(4, 2)),)
    yield (rng.normal(size=(4, 6))[:, ::2],)


@exercise.run
def run(answer, array):
    """Look at the tensor, change the array, and look again."""
    tensor = answer(array)
    if not hasattr(tensor, "is_leaf"):
        return tensor
    values = np.array(tensor.detach().cpu().numpy())
    array += 1
    moved = not np.array_equal(values, tensor.detach().cpu().numpy())
    facts = float(tensor.requires_grad), float(tensor.is_leaf), float(moved)
    return values, float(8 * values.itemsize), *facts


@exercise.mistake(
    "float32",
    why="torch.Tensor with a capital T, and .float(), give PyTorch's default type whatever comes in.",
    evidence="your tensor has 32 bits a number where the array had 64",
    look_at="the dtype of your tensor when the array is float64",
    symptoms=("gradient check fails everywhere",),
    cure="torch.tensor(array, dtype=torch.float64, ...)",
)
def single(array):
    return Tensor(array.astype(np.float32))


@exercise.also("float32")
def single_without_a_copy(array):
    """torch.Tensor(array) shares the memory of an array that is float32 already."""
    return Tensor(array.astype(np.float32, copy=False))


@exercise.mistake(
    "type of the array kept",
    why="torch.tensor keeps the array's type when it is told none.",
    evidence="a float32 array stays float32 in yours, and integers are refused a gradient",
    look_at="what happens to arrays that are not float64",
    symptoms=("gradient check fails everywhere",),
    cure="dtype=torch.float64",
)
def kept(array):
    if array.dtype.kind != "f":
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    return Tensor(array.copy())


@exercise.mistake(
    "memory shared",
    why="torch.from_numpy and torch.as_tensor copy nothing when the type is right already.",
    evidence="when the float64 array is changed, your tensor changes with it",
    look_at="the tensor after the array was changed",
    symptoms=("loss is fine, predictions are not",),
    cure="torch.tensor(array, ...) copies; or array.copy() first.",
)
def shared(array):
    return Tensor(array.astype(np.float64, copy=False))


@exercise.mistake(
    "no gradient wanted",
    why="requires_grad is False unless it is asked for.",
    evidence="requires_grad of your tensor is False, so backward will leave its .grad empty",
    look_at="requires_grad of your tensor",
    symptoms=("loss stops at chance",),
    cure="requires_grad=True",
)
def constant(array):
    return Tensor(array.astype(np.float64), requires_grad=False)


@exercise.mistake(
    "no leaf",
    why="The tensor was converted or copied after its gradient was asked for: the result has a past, and .grad stays with the first tensor.",
    evidence="is_leaf of your tensor is False",
    look_at="what is done after requires_grad=True",
    symptoms=("loss stops at chance",),
    cure="Convert first; requires_grad=True, or requires_grad_(), comes last.",
)
def computed(array):
    return Tensor(array.astype(np.float64), is_leaf=False)
