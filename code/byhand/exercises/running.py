"""Run a reader's answer so that nothing it does can hurt: exceptions, endless loops, floods of output,
changed arguments and changed NumPy functions are caught, undone and reported."""

import contextlib
import copy
import io
import linecache
import threading
import traceback
import types
from dataclasses import dataclass, field

import numpy as np

TIME_LIMIT = 5.0  # seconds for all probes of one answer together
_NUMPY = dict(vars(np))  # as it was when this module was loaded


class OutOfTime(BaseException):
    """Raised inside an answer that runs too long. Not an Exception: `except Exception` must not stop it."""


@dataclass
class Outcome:
    """What one call gave: a value, or an exception."""

    value: object = None
    error: BaseException | None = None

    @property
    def failed(self):
        return self.error is not None


@dataclass
class Run:
    """What an answer did on all probes."""

    outcomes: list[Outcome] = field(default_factory=list)
    printed: str = ""
    changed: list[str] = field(default_factory=list)  # arguments changed in place
    replaced: list[str] = field(default_factory=list)  # NumPy functions it replaced
    timed_out: bool = False


class _ShortText(io.StringIO):
    """Keeps the first characters that are written, and drops the flood after them."""

    def write(self, text):
        room = 2000 - self.tell()
        if room > 0:
            super().write(str(text)[:room])
        return len(text)


def _replaced():
    return [name for name, value in _NUMPY.items() if vars(np).get(name) is not value]


@contextlib.contextmanager
def own_numpy():
    """Use NumPy's own functions, even where the reader's session has others in their place."""
    theirs = {name: vars(np).get(name) for name in _replaced()}
    for name in theirs:
        setattr(np, name, _NUMPY[name])
    try:
        yield
    finally:
        for name, value in theirs.items():
            setattr(np, name, value)


def restore_numpy():
    """Put NumPy's own functions back and return the names of those that had been replaced."""
    names = _replaced()
    for name in names:
        setattr(np, name, _NUMPY[name])
    return names


def call(function, probe, run=None):
    """One call on copies of the probe's arguments, with NumPy's warnings off: an answer may overflow."""
    arguments = copy.deepcopy(probe)
    with np.errstate(all="ignore"):
        try:
            if run is not None:
                return Outcome(run(function, *arguments)), arguments
            return Outcome(function(*arguments) if callable(function) else function), arguments
        except OutOfTime:
            raise
        except (Exception, SystemExit) as error:
            return Outcome(error=error), arguments


def run_answer(exercise, answer, probes, time_limit=TIME_LIMIT):
    """Run an answer on all probes, in a thread of its own that is stopped at the time limit."""
    run = Run()

    def work():
        try:
            for probe in probes:
                outcome, arguments = call(answer, probe, exercise.run_answer)
                run.outcomes.append(outcome)
                run.changed.extend(name for name in _changed(exercise, probe, arguments) if name not in run.changed)
        except OutOfTime:
            run.timed_out = True

    printed = _ShortText()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        thread = threading.Thread(target=work, daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no threads, as in a browser: run without a time limit
            work()
        else:
            thread.join(time_limit)
            if thread.is_alive():
                run.timed_out = True
                _interrupt(thread)
    run.replaced = restore_numpy()
    run.printed = printed.getvalue()
    return run


def _interrupt(thread):
    """Raise OutOfTime in the thread. A loop that catches even that is left to itself; it cannot block us."""
    import ctypes

    for _ in range(3):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(OutOfTime))
        thread.join(0.2)
        if not thread.is_alive():
            return


def _changed(exercise, probe, arguments):
    """Names of the arguments that the call changed in place."""
    names = exercise.arguments if exercise.run_answer is None else ()
    for name, before, after in zip(names, probe, arguments, strict=False):
        if not _same(before, after):
            yield name


def _same(before, after):
    if isinstance(before, np.ndarray):
        return before.shape == after.shape and np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
    if isinstance(before, (tuple, list)):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    if isinstance(before, (int, float, str, bool, types.NoneType)):
        return before == after
    return True  # generators and functions have nothing to compare


def where_it_failed(error, answer):
    """The line of the reader's own code in which the exception arose, as "line 3: `...`", or an empty text."""
    code = getattr(answer, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if code and f.filename == code.co_filename] or [
        f for f in frames if "byhand" not in f.filename and "numpy" not in f.filename
    ]
    if not own:
        return ""
    frame = own[-1]
    line = (frame.line or linecache.getline(frame.filename, frame.lineno)).strip()
    return f"line {frame.lineno}" + (f": `{line}`" if line else "")
