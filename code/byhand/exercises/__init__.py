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
import inspect
import pkgutil

import numpy as np

from byhand.exercises import catalogue, judging
from byhand.exercises.judging import agree, as_array, entries, same_outcome
from byhand.exercises.running import TIME_LIMIT, run_answer, where_it_failed
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
    verdict = _judge(exercise, answer, seed, time_limit)
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


def progress():
    """What has been done since Python was started: every exercise with its last verdict.

    Returns
    -------
    Progress
        A list of (name, status); status is "right", another status of `Verdict`, or "not tried".
    """
    return Progress((name, _verdicts[name].status if name in _verdicts else "not tried") for name in list_exercises())


def _judge(exercise, answer, seed, time_limit):
    def verdict(status, *details, mistakes=()):
        section = exercise.section if status not in ("right", "not attempted") else ""
        return Verdict(exercise.name, status, tuple(m.title for m in mistakes), tuple(details), section)

    if _is_blank(answer):
        return verdict("not attempted", ("", exercise.task))
    if exercise.takes_a_function and not callable(answer):
        return verdict(
            "not recognised",
            (
                "",
                f"The answer is {_describe(answer)}, expected a function. "
                f"Pass the function itself, without calling it: `check({exercise.name!r}, f)`.",
            ),
        )
    probes = judging.probes_of(exercise, seed)
    right = judging.outcomes_of(exercise, exercise.right, probes)
    run = run_answer(exercise, answer, probes, time_limit)
    notes = []
    if run.replaced:
        notes.append(
            (
                "Put back",
                f"your code had replaced {', '.join(f'`np.{n}`' for n in run.replaced[:5])}; "
                f"NumPy's own functions are in place again.",
            )
        )
    if run.timed_out:
        return verdict(
            "timed out",
            ("", f"After {time_limit:g} seconds it had not finished. Is there a loop whose end is never reached?"),
            *notes,
        )
    blank = _blank_outputs(exercise, run.outcomes)
    if blank:
        return verdict("not attempted", ("", f"{blank} {exercise.task}"), *notes)
    if all(same_outcome(exercise, a, b) for a, b in zip(run.outcomes, right, strict=True)):
        if run.changed and not exercise.in_place_allowed:
            names = ", ".join(f"`{n}`" for n in run.changed)
            return verdict(
                "not recognised",
                (
                    "",
                    f"The result is right, but the function changes its argument {names} "
                    f"in place, and whoever called it still needs that array.",
                ),
                ("Look at", "assignments into the argument, and operators such as `-=`; work on a copy."),
                *notes,
            )
        return verdict("right", ("", _what_was_checked(exercise, probes)), *notes)
    found = judging.diagnose(exercise, run.outcomes, right, probes)
    if found:
        details = []
        for mistake in found:
            probe = _telling_probe(exercise, mistake, right, probes)
            label = f" ({mistake.title})" if len(found) > 1 else ""
            details += [
                (f"Evidence{label}", mistake.evidence_on(probe)),
                ("Why", mistake.why),
                ("Look at", mistake.look_at),
            ]
        return verdict("mistake" if len(found) == 1 else "two mistakes", *details, *notes, mistakes=found)
    failed = next((o for o in run.outcomes if o.failed), None)
    if failed:
        place = where_it_failed(failed.error, answer)
        text = f"{type(failed.error).__name__}: {str(failed.error)[:300]}"
        return verdict(
            "crashed",
            ("", text),
            *([("Where", place)] if place else []),
            ("", _shapes(exercise, probes[run.outcomes.index(failed)])),
            *notes,
        )
    if run.changed and not exercise.in_place_allowed:
        notes.append(("Note", f"it also changes its argument {', '.join(f'`{n}`' for n in run.changed)} in place."))
    return verdict("not recognised", ("", _first_difference(exercise, run.outcomes, right, probes)), *notes)


def _is_blank(answer):
    return answer is None or answer is Ellipsis


def _blank_outputs(exercise, outcomes):
    """A sentence when the function is still the blank, or holds a part of it; else an empty text."""
    for outcome in outcomes:
        if isinstance(outcome.error, NotImplementedError):
            return "The function raises NotImplementedError."
        if outcome.failed:
            if "ellipsis" in str(outcome.error).lower():
                return "A `...` is still in the code."
            continue
        if _is_blank(outcome.value):
            return f"The function returns {outcome.value if outcome.value is None else '`...`'}."
        parts = entries(exercise, outcome.value) or []
        blank = [name for name, part in zip(exercise.outputs, parts, strict=False) if _is_blank(part)]
        if blank:
            return f"{' and '.join(f'`{name}`' for name in blank)} still to do."
    return ""


def _telling_probe(exercise, mistake, right, probes):
    """The first probe on which the mistake shows."""
    wrong = judging.outcomes_of(exercise, mistake.forms[0], probes)
    for probe, good, bad in zip(probes, right, wrong, strict=True):
        if not bad.failed and not same_outcome(exercise, good, bad):
            return probe
    return probes[0]


def _what_was_checked(exercise, probes):
    names = ", ".join(f"`{name}`" for name in exercise.outputs)
    if not exercise.takes_a_function:
        return f"{names} as expected."
    count = len(probes)
    return (
        f"{names} agree with the book's on {count} set{'s' * (count != 1)} of arguments, to {exercise.rtol:g} of the "
        f"largest entry; {len(exercise.mistakes)} known mistakes would have shown there."
    )


def _first_difference(exercise, outcomes, right, probes):
    """Shapes first, then the first entry that disagrees."""
    for outcome, good, probe in zip(outcomes, right, probes, strict=True):
        if not good.failed and same_outcome(exercise, outcome, good):
            continue
        if good.failed:
            return f"Expected an exception ({type(good.error).__name__}: {good.error}). Received a result. {_shapes(exercise, probe)}"
        mine, theirs = entries(exercise, outcome.value), entries(exercise, good.value)
        if mine is None:
            return (
                f"Returned {_describe(outcome.value)}, expected {len(exercise.outputs)} results: "
                f"{', '.join(f'`{n}`' for n in exercise.outputs)}."
            )
        for name, x, y in zip(exercise.outputs, mine, theirs, strict=True):
            given, expected = as_array(x), as_array(y)
            if given is None:
                return f"`{name}` is {_describe(x)}, expected numbers of shape {expected.shape}."
            if given.shape != expected.shape:
                return f"`{name}` has shape {given.shape}, expected {expected.shape}. {_shapes(exercise, probe)}"
            if not agree(given, expected, exercise.rtol):
                return f"{_entry(name, given, expected, exercise.rtol)} {_shapes(exercise, probe)}"
    return "The results differ."


def _entry(name, given, expected, rtol):
    limit = judging.tolerance(given, expected, rtol)
    with np.errstate(all="ignore"):
        close = np.isclose(given, expected, rtol=0, atol=limit, equal_nan=True)
    index = tuple(int(i) for i in np.argwhere(~close)[0])
    place = f"[{', '.join(map(str, index))}]" if index else ""
    rest = int((~close).sum()) - 1
    more = f" ({rest} more entries differ.)" if rest > 1 else " (One more entry differs.)" if rest else ""
    return f"`{name}{place}` is {given[index]:.6g}, expected {expected[index]:.6g}.{more}"


def _shapes(exercise, probe):
    """The arguments of a probe in words: short ones in full, others by their shapes."""
    names = exercise.arguments if exercise.run_answer is None else ()
    parts = [f"`{name}` {_describe_argument(value)}" for name, value in zip(names, probe, strict=False)]
    return f"Arguments: {', '.join(parts)}." if parts else ""


def _describe_argument(value):
    if isinstance(value, np.ndarray):
        return f"of shape {value.shape}" if value.size > 6 else f"= {np.array2string(value, precision=4)}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_describe_argument, value))})"
    if isinstance(value, (int, float)):
        return f"= {value:g}"
    return f"({type(value).__name__})"


def _describe(value):
    if hasattr(value, "__next__"):
        return "a generator: `yield` stands where `return` was meant"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if inspect.isclass(value):
        return f"the class {value.__name__}"
    text = repr(value)
    return f"{type(value).__name__} {text[:60]}" + ("..." if len(text) > 60 else "")
