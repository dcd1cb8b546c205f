"""Exercises with a checker that says which mistake was made.

    from byhand.exercises import check, hint, progress, list_exercises

    check("linear-backward", linear_backward)    # right, or the name of the mistake
    hint("linear-backward")                      # one step more each time
    progress()                                   # what is done

An answer is judged by running it beside the right function and beside wrong ones that people write. NumPy
is all that is needed. Each exercise is one file in `catalogue`; CONTRIBUTING.md shows how to add one.
"""

import difflib
import importlib
import pkgutil

from byhand.exercises import catalogue
from byhand.exercises.running import TIME_LIMIT
from byhand.exercises.telling import judge
from byhand.exercises.verdict import Verdict

__all__ = ["Verdict", "check", "hint", "list_exercises", "progress"]

_hints_given = {}  # name -> how many
_verdicts = {}  # name -> the last verdict


def list_exercises():
    """Names of all exercises, in alphabetical order.

    Returns
    -------
    list of str
    """
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(catalogue.__path__))


def load(name):
    """The `Exercise` of that name.

    Raises
    ------
    ValueError
        If there is none; the message gives the nearest names.
    """
    known = list_exercises()
    wanted = str(name).strip().lower().replace("_", "-").removeprefix("ex-")
    if wanted not in known:
        near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.4)
        hint_text = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueError(
            f"check: name is {name!r}, expected the name of an exercise.{hint_text} Fix: list_exercises() shows all."
        )
    exercise = importlib.import_module(f"{catalogue.__name__}.{wanted.replace('-', '_')}").exercise
    exercise.name = wanted
    return exercise


def check(name, answer, *, seed=0, time_limit=TIME_LIMIT):
    """Judge an answer and say which mistake it makes.

    Parameters
    ----------
    name : str
        Name of the exercise, one of `list_exercises()`.
    answer : callable, array_like or number
        What the exercise asks for. A function is called on copies of its arguments.
    seed : int
        Seed of the random arrays on which a function is tried.
    time_limit : float
        Seconds after which a function is stopped.

    Returns
    -------
    Verdict
        True when the answer is right. It shows itself as text and, in a notebook, as a card.

    Raises
    ------
    ValueError
        If there is no exercise of that name.
    """
    exercise = load(name)
    verdict = judge(exercise, answer, seed, time_limit)
    _verdicts[exercise.name] = verdict
    return verdict


def hint(name):
    """Give the exercise's next hint: one step more each time it is called.

    Returns
    -------
    Hint
        Text; after the last hint, that there are no more.
    """
    exercise = load(name)
    given = _hints_given.get(exercise.name, 0)
    total = len(exercise.hints)
    if given >= total:
        return Hint(f"{exercise.name}: that were all {total} hints. The folded solution is below the exercise.")
    _hints_given[exercise.name] = given + 1
    return Hint(f"{exercise.name}, hint {given + 1} of {total}: {exercise.hints[given]}")


class Hint(str):
    """A text that a notebook shows as it is, without quotation marks."""

    def __repr__(self):
        return str(self)


class Progress(list):
    """Rows of (name, what is known of it), shown as a table."""

    def __str__(self):
        done = sum(state == "right" for _, state in self)
        width = max(len(name) for name, _ in self)
        rows = [f"{name:<{width}}  {state}" for name, state in self]
        return "\n".join([f"{done} of {len(self)} exercises done", *rows])

    __repr__ = __str__


def progress(names=None):
    """What has been done since Python was started: each exercise with its last verdict.

    Parameters
    ----------
    names : iterable of str, optional
        Only these exercises, in this order; without it all, in alphabetical order.

    Returns
    -------
    Progress
        A list of (name, status); status is "right", another status of `Verdict`, or "not tried".

    Raises
    ------
    ValueError
        If there is no exercise of one of the names.
    """
    wanted = list_exercises() if names is None else [load(name).name for name in names]
    return Progress((name, _verdicts[name].status if name in _verdicts else "not tried") for name in wanted)
