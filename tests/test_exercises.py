"""The checker is itself checked: each mistake is named as itself, nothing right is accused, no abuse gets through."""

import importlib
import pkgutil
import re
import subprocess
import sys
import time
from itertools import combinations
from pathlib import Path

import exercise_variants
import numpy as np
import pytest
from byhand import exercises
from byhand.exercises import check, hint, list_exercises, load, progress

SEEDS = range(5)
NAMES = list_exercises()
VARIANTS = {}
for module in pkgutil.iter_modules(exercise_variants.__path__):
    for name, variants in importlib.import_module(f"exercise_variants.{module.name}").VARIANTS.items():
        VARIANTS.setdefault(name, []).extend(variants)
BLANKS = (None, ..., lambda *args, **kwargs: ..., lambda *args, **kwargs: None)


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch):
    monkeypatch.setattr(exercises, "_hints_given", {})
    monkeypatch.setattr(exercises, "_verdicts", {})


@pytest.mark.parametrize("name", NAMES)
def test_kill_matrix(name):
    """Each form of each mistake is diagnosed as that mistake and as no other, whatever the random arrays."""
    exercise = load(name)
    assert len({mistake.title for mistake in exercise.mistakes}) == len(exercise.mistakes)
    for seed in SEEDS:
        for mistake in exercise.mistakes:
            for form in mistake.forms:
                verdict = check(name, form if exercise.takes_a_function else form(), seed=seed)
                assert not verdict
                assert verdict.mistakes == (mistake.title,), f"seed {seed}, {mistake.title}:\n{verdict}"


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes(name):
    exercise = load(name)
    for seed in SEEDS:
        judging = exercises.telling.judging
        outcomes = judging.outcomes_of(exercise, exercise.right, judging.probes_of(exercise, seed))
        assert not all(outcome.failed for outcome in outcomes), outcomes[0].error
        verdict = check(name, exercise.right, seed=seed)
        assert verdict, verdict


@pytest.mark.parametrize("name", NAMES)
def test_blanks_are_not_attempted(name):
    for blank in BLANKS[: None if load(name).takes_a_function and not load(name).run_answer else 2]:
        assert check(name, blank).status == "not attempted"


@pytest.mark.parametrize("name", NAMES)
def test_each_exercise_says_all_it_must(name):
    exercise = load(name)
    assert len(exercise.hints) >= 2 and all(len(text) > 20 for text in exercise.hints)
    assert exercise.title and exercise.task and exercise.outputs
    assert exercise.mistakes, "an exercise without a known mistake names nothing"
    probes = exercise.make_probes(np.random.default_rng(0))
    first = next(iter(probes))
    for mistake in exercise.mistakes:
        for text in (mistake.why, mistake.look_at, mistake.evidence_on(first)):
            assert isinstance(text, str) and len(text) > 15, (mistake.title, text)
            assert "{" not in text
        assert mistake.cure


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_no_false_alarm(name):
    """Right answers in other styles are right."""
    for i, variant in enumerate(VARIANTS[name]):
        for seed in SEEDS:
            verdict = check(name, variant, seed=seed)
            assert verdict, f"variant {i} ({getattr(variant, '__name__', variant)}):\n{verdict}"


def test_enough_is_covered():
    assert len(NAMES) >= 30
    assert sum(len(load(name).mistakes) for name in NAMES) >= 80
    assert sum(map(len, VARIANTS.values())) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_a_check_is_quick(name):
    """Under 50 ms, the slowest being a mistake, for which every wrong function runs. Processor time, best of three."""
    exercise = load(name)
    form = exercise.mistakes[-1].forms[-1]
    answer = form if exercise.takes_a_function else form()
    times = []
    for _ in range(3):
        start = time.process_time()
        check(name, answer)
        times.append(time.process_time() - start)
    assert min(times) < 0.05


# ---- abuse ---------------------------------------------------------------------------------------


def raises(dz, cache):
    return 1 / 0


def wrong_type(dz, cache):
    return "dx", "dW", "db"


def too_few(dz, cache):
    return dz


def wrong_shape(dz, cache):
    return dz, dz, dz


def changes_inputs(dz, cache):
    x, W = cache
    result = dz @ W, dz.T @ x, dz.sum(axis=0)
    dz *= 0
    x[:] = 7
    return result


def endless(dz, cache):
    while True:
        try:
            pass
        except Exception:
            pass


def floods(dz, cache):
    for _ in range(20_000):
        print("x" * 100)
    return None


def replaces_numpy(dz, cache):
    x, W = cache
    np.dot = np.sum = np.allclose = np.asarray = lambda *args, **kwargs: 0
    return dz @ W, dz.T @ x, dz.sum(axis=0)


def recurses(dz, cache):
    return recurses(dz, cache)


def generates(dz, cache):
    yield dz


def is_very_large(dz, cache):
    return np.zeros((3000, 3000)), np.zeros(10_000_000), list(range(1_000_000))


def leaves(dz, cache):
    sys.exit(3)


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (raises, "crashed", "ZeroDivisionError"),
        (raises, "crashed", "return 1 / 0"),
        (wrong_type, "not recognised", "`dx` is str"),
        (too_few, "not recognised", "expected 3 results"),
        (wrong_shape, "not recognised", "`dx` has shape (7, 5), expected (7, 3)"),
        (changes_inputs, "not recognised", "`dz`, `cache` in place"),
        (floods, "not attempted", "returns None"),
        (replaces_numpy, "right", "had replaced"),
        (recurses, "crashed", "RecursionError"),
        (generates, "not recognised", "a generator"),
        (is_very_large, "not recognised", "shape (3000, 3000)"),
        (leaves, "crashed", "SystemExit"),
        (3.0, "not recognised", "expected a function"),
        ("linear_backward", "not recognised", "expected a function"),
    ],
)
def test_abuse(answer, status, words, capsys):
    dot = np.dot
    verdict = check("linear-backward", answer)
    assert verdict.status == status, verdict
    assert words in str(verdict)
    assert np.dot is dot
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
    assert check("linear-backward", load("linear-backward").right), "the judge was harmed"


def test_a_blank_inside_the_code_is_told_from_an_error_about_ellipses():
    assert check("linear-backward", lambda dz, cache: dz - ...).status == "not attempted"
    assert check("linear-backward", lambda dz, cache: np.einsum("...,...->", dz, dz)).status == "crashed"


def test_an_endless_loop_is_stopped():
    start = time.perf_counter()
    verdict = check("linear-backward", endless, time_limit=0.3)
    assert verdict.status == "timed out"
    assert time.perf_counter() - start < 3
    assert exercises.TIME_LIMIT == 5


def test_an_error_in_my_own_code_is_shown_at_its_line():
    def half_done(dz, cache):
        x, W = cache
        dW = dz @ x
        return dz @ W, dW, dz.sum(axis=0)

    verdict = check("linear-backward", half_done)
    assert verdict.status == "crashed"
    assert "`dW = dz @ x`" in str(verdict)


def test_replaced_numpy_does_not_deceive_the_judge(monkeypatch):
    monkeypatch.setattr(np, "dot", lambda *args: 0)
    monkeypatch.setattr(np, "sum", lambda *args, **kwargs: 0)
    assert check("linear-backward", load("linear-backward").right)


# ---- two at once, and none ------------------------------------------------------------------------


def test_two_mistakes_in_different_outputs_are_both_named():
    def both(dz, cache):
        x, W = cache
        return dz @ W, x.T @ dz, dz.mean(axis=0)

    verdict = check("linear-backward", both)
    assert verdict.status == "two mistakes"
    assert set(verdict.mistakes) == {"dW transposed", "db is a mean"}


def altered(exercise, mistake):
    """Numbers of the outputs that a mistake changes on some probe."""
    judging = exercises.telling.judging
    probes = judging.probes_of(exercise, 0)
    right = judging.outcomes_of(exercise, exercise.right, probes)
    wrong = judging.outcomes_of(exercise, mistake.forms[0], probes)
    names = {
        name
        for good, bad in zip(right, wrong, strict=True)
        for name in (exercise.outputs if bad.failed else judging.differing(exercise, bad.value, good.value))
    }
    return {exercise.outputs.index(name) for name in names}


@pytest.mark.parametrize("name", [n for n in NAMES if len(load(n).outputs) > 1 and not load(n).run_answer])
def test_two_mistakes_that_touch_different_outputs_are_both_named(name):
    exercise = load(name)
    for a, b in combinations(exercise.mistakes, 2):
        from_a, from_b = altered(exercise, a), altered(exercise, b)
        if from_a & from_b:
            continue

        def both(*args, a=a, b=b, from_b=from_b):
            first, second = (exercises.telling.entries(exercise, m.forms[0](*args)) for m in (a, b))
            return tuple(second[k] if k in from_b else first[k] for k in range(len(first)))

        verdict = check(name, both)
        if verdict.status != "crashed":
            assert set(verdict.mistakes) == {a.title, b.title}, verdict


def test_a_near_miss_is_not_recognised():
    def twice(dz, cache):
        x, W = cache
        return dz @ W, 2 * dz.T @ x, dz.sum(axis=0)

    verdict = check("linear-backward", twice)
    assert verdict.status == "not recognised"
    assert not verdict.mistakes
    assert "`dW[0, 0]` is" in str(verdict)


@pytest.mark.parametrize("name", NAMES)
def test_small_changes_of_the_solution_are_never_given_a_name(name):
    """The right result with one entry moved is in nobody's catalogue."""
    exercise = load(name)
    if not exercise.takes_a_function or exercise.run_answer:
        pytest.skip("the answer is a value or an object")

    def moved(*args):
        parts = exercises.telling.entries(exercise, exercise.right(*args))
        first = np.array(parts[0], dtype=float)
        first.reshape(-1)[: 1 if first.size else 0] += 0.37
        parts[0] = first
        return tuple(parts) if len(parts) > 1 else parts[0]

    verdict = check(name, moved)
    assert verdict.status == "not recognised", verdict
    assert f"`{exercise.outputs[0]}" in str(verdict)


def test_an_exercise_that_asks_for_a_value_needs_no_probes():
    from byhand.exercises.exercise import Exercise
    from byhand.exercises.telling import judge

    exercise = Exercise(title="Value", task="Return two numbers.", outputs=("pair",), hints=("One.", "Two."))
    exercise.right = (3, 4)
    assert judge(exercise, (3, 4), 0, 5)
    assert judge(exercise, [4, 3], 0, 5).status == "not recognised"


# ---- what the reader sees --------------------------------------------------------------------------


def test_unknown_exercise_gives_near_names():
    with pytest.raises(ValueError, match="Did you mean 'linear-backward'"):
        check("liner-backward", None)


def test_underscores_and_capitals_are_forgiven():
    assert check("Linear_Backward", load("linear-backward").right)


def test_hints_come_one_at_a_time():
    total = len(load("linear-backward").hints)
    texts = [str(hint("linear-backward")) for _ in range(total + 1)]
    assert len(set(texts)) == total + 1
    assert "no" not in texts[0].split() and "that were all" in texts[-1]


def test_progress_counts_what_is_right():
    check("linear-backward", load("linear-backward").right)
    rows = dict(progress())
    assert rows.pop("linear-backward") == "right"
    assert set(rows.values()) <= {"not tried"}
    assert f"1 of {len(NAMES)} exercises done" in str(progress())


def test_progress_can_be_asked_of_some_exercises():
    check("linear-backward", load("linear-backward").right)
    rows = progress(["softmax", "Linear_Backward"])
    assert rows == [("softmax", "not tried"), ("linear-backward", "right")]
    assert "1 of 2 exercises done" in str(rows)
    with pytest.raises(ValueError, match="Did you mean 'softmax'"):
        progress(["soft-max"])


def test_the_card_says_what_the_text_says():
    verdict = check("linear-backward", load("linear-backward").mistakes[0].forms[0])
    card = verdict._repr_html_()
    assert verdict.heading in card and verdict.mistakes[0] in card
    assert 'role="status"' in card
    assert "<script" not in check("linear-backward", lambda dz, cache: "<script>")._repr_html_()


def test_links_lead_to_the_book(monkeypatch):
    verdict = check("linear-backward", load("linear-backward").mistakes[0].forms[0])
    monkeypatch.delenv("BOOK_CHAPTERS", raising=False)
    assert "<a " not in verdict._repr_html_()
    monkeypatch.setenv("BOOK_CHAPTERS", ".")
    assert '<a href="./backprop.html#sec-backprop-layer">' in verdict._repr_html_()


def test_numpy_is_all_that_is_needed():
    code = (
        "import sys, byhand.exercises as e\n"
        "assert e.check('linear-backward', e.load('linear-backward').right)\n"
        "[e.load(n) for n in e.list_exercises()]\n"
        "assert not {'matplotlib', 'torch', 'sklearn', 'IPython', 'scipy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_example_in_contributing_works():
    """What a newcomer is told to write is an exercise, and names its mistake."""
    from byhand.exercises.telling import judge

    text = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "Exercise(" in block)
    names = {}
    exec(code, names)
    exercise = names["exercise"]
    assert judge(exercise, exercise.right, 0, 5)
    for mistake in exercise.mistakes:
        assert judge(exercise, mistake.forms[0], 0, 5).mistakes == (mistake.title,)
