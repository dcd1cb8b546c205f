"""Put an answer through the judge and say what came of it, with evidence."""

import inspect
import re

import numpy as np

from byhand.exercises import judging
from byhand.exercises.judging import agree, as_array, entries, same_outcome
from byhand.exercises.running import run_answer, where_it_failed
from byhand.exercises.verdict import Verdict, sentence


def judge(exercise, answer, seed, time_limit):
    """The verdict on an answer to an exercise."""

    def verdict(status, *details, mistakes=()):
        section = exercise.section or f"sec:mistakes:{exercise.name}"
        section = "" if status in ("right", "not attempted") else section
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
            probe = telling_probe(exercise, mistake, right, probes)
            label = f" ({mistake.title})" if len(found) > 1 else ""
            details += [
                (f"Evidence{label}", sentence(mistake.evidence_on(probe))),
                ("Why", sentence(mistake.why)),
                ("Look at", sentence(mistake.look_at)),
            ]
        return verdict("mistake" if len(found) == 1 else "two mistakes", *details, *notes, mistakes=found)
    failed = next((o for o, good in zip(run.outcomes, right, strict=True) if o.failed and not good.failed), None)
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
            if re.search(r"'ellipsis'|ellipsis object", str(outcome.error)):
                return "A `...` is still in the code."
            continue
        if _is_blank(outcome.value):
            return f"The function returns {outcome.value if outcome.value is None else '`...`'}."
        parts = entries(exercise, outcome.value) or []
        blank = [name for name, part in zip(exercise.outputs, parts, strict=False) if _is_blank(part)]
        if blank:
            return f"{' and '.join(f'`{name}`' for name in blank)} still to do."
    return ""


def telling_probe(exercise, mistake, right, probes):
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
            expected = f"{type(good.error).__name__}: {good.error}"
            return f"Expected an exception ({expected}). Received a result. {_shapes(exercise, probe)}"
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
        return f"of shape {value.shape}" if value.size > 6 else f"= {np.round(value, 4).tolist()}"
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
