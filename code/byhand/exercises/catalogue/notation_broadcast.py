"""The rule of broadcasting, written out."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The shape that broadcasting gives",
    task="`broadcast_shape(s, t)` for two shapes, given as tuples: return the shape that NumPy gives to the sum of arrays of these "
    "shapes, or raise a ValueError when NumPy refuses.",
    section="sec:notation:trap",
    outputs=("shape",),
    hints=(
        "Line the two up from the right: pad the shorter one on the left, with ones.",
        "For each pair of lengths: equal is fine; if one of them is 1, the other is taken; else raise a ValueError.",
        "Padding is (1,) * (len(t) - len(s)) + s; a negative number of copies gives the empty tuple.",
    ),
)


def from_the_right(s, t):
    """Both shapes with ones in front, equally long."""
    return (1,) * (len(t) - len(s)) + s, (1,) * (len(s) - len(t)) + t


def stretched(s, t, *, pick=max):
    """One shape from two that are equally long."""
    if any(m != n and 1 not in (m, n) for m, n in zip(s, t, strict=True)):
        raise ValueError(f"shapes {s} and {t} do not fit")
    return tuple(map(pick, s, t))


@exercise.solution
def broadcast_shape(s, t):
    return stretched(*from_the_right(s, t))


@exercise.probes
def probes(rng):
    a, b, c = (int(length) for length in rng.permutation([3, 4, 5]))
    yield (a, 1), (a,)  # the trap
    yield (a, b), (b,)
    yield (b,), (a, b)
    yield (a, 1), (1, b)
    yield (c, 1, b), (a, b)
    yield (a, b), (a, b)
    yield (), (a, b)
    yield (a, b), (a,)  # refused
    yield (a, b), (b, a)  # refused


exercise.mistake(
    "lined up from the left",
    why="We read from the left; NumPy compares the last lengths first.",
    evidence=lambda s, t: f"for {s} and {t} you compare {s[:1]} with {t[:1]} first",
    look_at="where the ones are added to the shorter shape",
    symptoms=("an error about shapes", "shapes silently too large"),
    cure="Pad on the left.",
)(lambda s, t: stretched(s + (1,) * (len(t) - len(s)), t + (1,) * (len(s) - len(t))))
exercise.mistake(
    "missing lengths dropped",
    why="zip stops at the shorter tuple, and what it has no partner for is lost.",
    evidence=lambda s, t: (
        f"for {s} and {t} your result has {min(len(s), len(t))} lengths instead of {max(len(s), len(t))}"
    ),
    look_at="how many lengths your result has when the shapes are not equally long",
    symptoms=("shapes silently too large", "an error about shapes"),
    cure="Pad the shorter shape with ones first.",
)(lambda s, t: stretched(s[len(s) - min(len(s), len(t)) :], t[len(t) - min(len(s), len(t)) :]))
exercise.mistake(
    "never refused",
    why="The larger length is right when the other is 1; when both are larger than 1 and differ, nothing fits.",
    evidence="you give a shape for two that do not fit, where NumPy raises a ValueError",
    look_at="what you do with lengths such as 3 and 4",
    symptoms=("shapes silently too large",),
    cure="Raise a ValueError unless the lengths are equal or one of them is 1.",
)(lambda s, t: tuple(map(max, *from_the_right(s, t))))
exercise.mistake(
    "the first shape wins",
    why="The lengths were checked, but a 1 in the first shape was never stretched.",
    evidence="where the first shape has a 1, or no length at all, your result has a 1",
    look_at="which of the two lengths you take when the first is 1",
    symptoms=("an error about shapes",),
    cure="If the first length is 1, take the second.",
)(lambda s, t: stretched(*from_the_right(s, t), pick=lambda m, n: m))
exercise.mistake(
    "lengths of 1 kept",
    why="The smaller length was taken: the array would have to shrink, but NumPy stretches.",
    evidence="your result has a 1 wherever one of the two has",
    look_at="which way a length of 1 is changed",
    symptoms=("an error about shapes",),
    cure="Take the length that is not 1.",
)(lambda s, t: stretched(*from_the_right(s, t), pick=min))
