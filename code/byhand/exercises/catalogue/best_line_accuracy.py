"""The best that any straight line can do, by trying them all."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Accuracy of the best straight line",
    task="`best_line_accuracy(x, y, angles)` with x (N, 2), labels y (N,) of 0 and 1, and angles in radians: a line's normal is "
    "(cos angle, sin angle), its offset may be any number, and either side may be called class 1. Return the largest share "
    "of right labels that any of these lines reaches.",
    section="sec:linear-limits:best-line",
    outputs=("accuracy",),
    hints=(
        "For one angle, how far each point lies along the normal is a single number: x @ normal.",
        "Only the order of these numbers matters, so an offset at each of them, and one below all, is enough.",
        "For each offset take the share of right labels, or one minus it where that is larger; keep the largest.",
    ),
)


def search(
    normal=lambda a: (np.cos(a), np.sin(a)), offsets=lambda s: [s.min() - 1, *s], flip=max, best=max, share=None
):
    """A search over all lines with one of its steps replaced."""

    def best_line_accuracy(x, y, angles):
        y = np.asarray(y)
        shares = []
        for angle in np.asarray(angles, float):
            along = np.asarray(x, float) @ np.array(normal(angle))
            for offset in offsets(along):
                right = float(np.mean((along > offset) == y))
                shares.append(flip(right, 1 - right))
        return best(shares) * (share(y) if share else 1)

    return best_line_accuracy


exercise.solution(search())


@exercise.probes
def probes(rng):
    # Clouds away from the origin, class 1 below, few angles, unevenly spread: each shortcut shows on one of them.
    for n, shift in ((11, 1.5), (14, -1.2), (17, 2.0), (13, 0.8)):
        y = (np.arange(n) % 3 > 0).astype(int)
        x = rng.standard_normal((n, 2)) + np.outer(y, [-1.6, -0.4]) * np.sign(shift) + [shift, 1.3 * shift]
        yield x, y, np.array([0.1, 0.35, 0.7])
    ring = 2 * np.pi * np.arange(18) / 18
    x = np.column_stack([np.cos(ring), np.sin(ring)]) * np.where(np.arange(18) < 9, 0.5, 1.0)[rng.permutation(18), None]
    yield x, (np.hypot(*x.T) < 0.75).astype(int), np.linspace(0, np.pi, 7, endpoint=False)
    y = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    yield np.column_stack([4.0 - 3 * y + rng.random(9), 5 * rng.random(9)]), y, np.array([0.0])
    yield np.column_stack([4.0 + 3 * y + rng.random(9), 5 * rng.random(9)]), y, np.array([0.0])


exercise.mistake(
    "class 1 on one side only",
    why="A line has two sides, and the search tries only one way of naming them.",
    evidence="on data whose class 1 lies against the normal's direction your lines score below one half",
    look_at="what the same line scores with the names of its sides exchanged",
    symptoms=("works on one data set, not on another",),
    cure="The larger of share and 1 - share.",
)(search(flip=lambda share, other: share))
exercise.mistake(
    "only lines through the origin",
    why="The bias is forgotten: without an offset every line passes through (0, 0).",
    evidence="you compare x @ normal with 0 only; on data away from the origin nearly all points are on one side",
    look_at="how many different lines you try for one angle",
    symptoms=("works on one data set, not on another",),
    cure="Try an offset at each value of x @ normal, and one below all.",
)(search(offsets=lambda s: [0.0]))
exercise.mistake(
    "mean over the lines",
    why="The question is what the best line can do, not what a line does on average.",
    evidence="your result is the mean of the lines' shares; a single good line hardly moves it",
    look_at="how the shares of all lines are put together",
    symptoms=("loss stops at chance",),
    cure="Take the largest.",
)(search(best=np.mean))
exercise.mistake(
    "angles taken as degrees",
    why="NumPy's cos and sin take radians, and the angles are in radians already; they are converted once more.",
    evidence=lambda x, y, angles: (
        f"your largest angle is {np.max(angles):.3f} degrees, so your lines are all nearly alike"
    ),
    look_at="the unit of the angles, and what np.deg2rad would do to them",
    symptoms=("works on one data set, not on another",),
    cure="Use the angles as they are.",
)(search(normal=lambda a: (np.cos(np.deg2rad(a)), np.sin(np.deg2rad(a)))))
exercise.mistake(
    "direction of the line taken for its normal",
    why="The weights stand at a right angle to the line that they draw; they do not point along it.",
    evidence="your lines are turned by a right angle: you use (-sin, cos) of the angles",
    look_at="what the score x @ normal does when a point moves along the line",
    symptoms=("works on one data set, not on another",),
    cure="normal = (cos angle, sin angle).",
)(search(normal=lambda a: (-np.sin(a), np.cos(a))))
exercise.mistake(
    "number of right ones",
    why="The sum counts; the share divides by N.",
    evidence=lambda x, y, angles: f"your result is the right one times N = {len(y)}",
    look_at="the largest value that your function can return",
    symptoms=("test score too good to be true",),
    cure="The mean.",
)(search(share=len))
exercise.mistake(
    "one offset, half-way",
    why="The middle between the smallest and the largest value is a line, but seldom the best.",
    evidence="for each angle you try one offset, half-way between the outermost points",
    look_at="how many different lines you try for one angle",
    symptoms=("works on one data set, not on another",),
    cure="Try an offset at each value of x @ normal, and one below all.",
)(search(offsets=lambda s: [(s.min() + s.max()) / 2]))
