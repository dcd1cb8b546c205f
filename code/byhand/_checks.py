"""Bad input is refused at the door, with a message that says how to mend it.

A function states the shapes of its arrays once, in a decorator, in the words of its docstring:

    @shapes(x="N n_in", W="n_out n_in", b="n_out")
    def linear_forward(x, W, b): ...

The decorator turns lists and integers into float arrays, checks that every letter stands for one
length throughout, and calls the plain function. `trusted()` switches the checks off for a stretch of
code whose arrays have been checked already, such as the training loop.
"""

import difflib
import functools
import inspect
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

_trusted = ContextVar("trusted", default=False)


@contextmanager
def trusted():
    """Switch the checks of `shapes` off inside a `with` block, in this thread only."""
    token = _trusted.set(True)
    try:
        yield
    finally:
        _trusted.reset(token)


def checks_are_on():
    """Whether arguments are to be checked: not inside `trusted()`."""
    return not _trusted.get()


def as_float_array(value, where, name, *, real=True):
    """Return `value` as a float array, or say why it cannot be one.

    float32 and float64 keep their type; booleans, integers and other floats become float64.
    NaN is refused. Infinities pass: several functions of the book have a limit there.
    Without `real`, complex numbers pass as well, for derivatives by a complex step.
    """
    if type(value) is np.ndarray and value.dtype in (np.float64, np.float32):
        array = value
    else:
        array = numeric_array(value, where, name)
        if array.dtype.kind == "c":
            if real:
                raise TypeError(
                    f"{where}: {name} is complex, expected real numbers. "
                    f"Fix: pass {name}.real and {name}.imag separately."
                )
            array = array.astype(np.complex128, copy=False)
        elif array.dtype not in (np.float32, np.float64):
            array = array.astype(np.float64)
    # The maximum of numbers among which one is NaN is NaN.
    if array.size and np.isnan(array.max()):
        index = tuple(int(i) for i in np.argwhere(np.isnan(array))[0])
        raise ValueError(
            f"{where}: {name} contains NaN (first at index {index}), expected numbers. "
            f"Fix: look where it was made: a 0/0, the log of a negative number, or a training run that diverged; "
            f"missing values in data must be removed or filled in first."
        )
    return array


def numeric_array(value, where, name):
    """Return `value` as an array of numbers of whatever type, or say why it cannot be one."""
    if type(value).__module__.partition(".")[0] == "torch":
        raise TypeError(
            f"{where}: {name} is a torch tensor, expected a NumPy array. Fix: pass {name}.detach().cpu().numpy()."
        )
    if value is None:
        raise TypeError(f"{where}: {name} is None, expected an array of numbers.")
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{where}: {name} is a masked array, expected a plain one: the mask would be lost. "
            f"Fix: {name}.filled(...), or leave the masked samples out."
        )
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{where}: {name} is not a rectangular array ({error}). Fix: give every row the same length."
        ) from None
    if array.dtype.kind not in "biufc":
        raise TypeError(
            f"{where}: {name} has dtype {array.dtype}, expected numbers. "
            f"Fix: encode text or mixed columns as numbers first, as np.unique(..., return_inverse=True) does."
        )
    return array


def finite_array(value, where, name):
    """Like `as_float_array`, but infinities are refused as well."""
    array = as_float_array(value, where, name)
    if not np.isfinite(array).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{where}: {name} contains {array[index]} at index {index}, expected finite numbers. "
            f"Fix: look where it was made, for instance a division by zero or a training run that diverged."
        )
    return array


def shapes(**rules):
    """Decorate a function of arrays with the shapes of its arguments.

    Each rule is a text: letters separated by spaces for the lengths of the axes (one letter, one length),
    "..." for any shape (the same wherever it appears in one call), "scalar" for a number of no axes.
    A tuple of rules describes a tuple, as caches are; None leaves an entry alone.
    """

    def decorate(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checked(*args, **kwargs):
            if _trusted.get():
                return function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            known = {}  # letter or "..." -> what it stands for and the argument that said so
            for name, rule in rules.items():
                if name in bound.arguments:
                    value = bound.arguments[name]
                    bound.arguments[name] = _apply(rule, value, function.__name__, name, known)
            return function(*bound.args, **bound.kwargs)

        return checked

    return decorate


def _apply(rule, value, where, name, known):
    if rule is None:
        return value
    if isinstance(rule, tuple):
        if not isinstance(value, tuple) or len(value) != len(rule):
            raise TypeError(
                f"{where}: {name} is {_describe(value)}, expected the cache that the forward function returned. "
                f"Fix: keep it, as in `output, cache = ..._forward(...)`."
            )
        parts = zip(rule, value, strict=True)
        return tuple(_apply(r, v, where, f"{name}[{i}]", known) for i, (r, v) in enumerate(parts))
    if name.startswith("cache") and not isinstance(value, (np.ndarray, np.generic)):
        raise TypeError(
            f"{where}: {name} is {_describe(value)}, expected the cache that the forward function returned. "
            f"Fix: keep it, as in `output, cache = ..._forward(...)`."
        )
    array = as_float_array(value, where, name, real=False)
    if rule == "...":
        expected, source = known.setdefault("...", (array.shape, name))
        if array.shape != expected:
            raise ValueError(
                f"{where}: {name} has shape {array.shape}, expected {expected}, the shape of {source}."
                + reshape_hint(name, array.shape, expected)
            )
        return array
    letters = () if rule == "scalar" else tuple(rule.split())
    if array.ndim != len(letters):
        raise ValueError(
            f"{where}: {name} has shape {array.shape}, expected {_spell(letters)}." + axes_hint(name, array, letters)
        )
    for axis, letter in enumerate(letters):
        length, source, shape = known.setdefault(letter, (array.shape[axis], name, array.shape))
        if array.shape[axis] != length:
            raise ValueError(
                f"{where}: {name} has shape {array.shape}, expected {_spell(letters)} with {letter} = {length}, "
                f"as {source} of shape {shape} says." + _transpose_hint(name, array, letters, known)
            )
    return array


def _spell(letters):
    return "a single number" if not letters else f"({', '.join(letters)}{',' if len(letters) == 1 else ''})"


def axes_hint(name, array, letters):
    if array.ndim == 1 and len(letters) == 2 and letters[0] == "N":
        return f" Fix: rows are samples: {name}.reshape(1, -1) for one sample, {name}.reshape(-1, 1) for one feature."
    if array.ndim == 2 and len(letters) == 1 and 1 in array.shape:
        return f" Fix: {name}.ravel()."
    if array.ndim > 2 and len(letters) == 2:
        return f" Fix: one row a sample: {name}.reshape(len({name}), -1)."
    return ""


def _transpose_hint(name, array, letters, known):
    others = {letter: length for letter, (length, source, _) in known.items() if source != name}
    lengths = tuple(others.get(letter) for letter in letters)
    swapped = array.shape[::-1]
    if array.ndim == 2 and all(want in (None, have) for want, have in zip(lengths, swapped, strict=True)):
        return f" Fix: it looks transposed: pass {name}.T."
    return ""


def reshape_hint(name, got, expected):
    """The cure for (N,) against (N, 1), the slip that broadcasting hides."""
    if len(got) == 1 and expected == (got[0], 1):
        return f" Fix: {name}.reshape(-1, 1)."
    if len(expected) == 1 and got == (expected[0], 1):
        return f" Fix: {name}.ravel()."
    if got[::-1] == expected:
        return f" Fix: it looks transposed: pass {name}.T."
    return ""


def _describe(value):
    return (
        f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else f"{type(value).__name__} {value!r:.60}"
    )


def number(value, where, name, *, above=None, least=None, below=None, most=None):
    """Return `value` as a float within the given limits, or raise."""
    limits = [
        *([f"above {above}"] if above is not None else []),
        *([f"at least {least}"] if least is not None else []),
        *([f"below {below}"] if below is not None else []),
        *([f"at most {most}"] if most is not None else []),
    ]
    expected = "a finite number" + (" " + " and ".join(limits) if limits else "")
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{where}: {name} is {_describe(value)}, expected {expected}.")
    try:
        value = float(value)
    except OverflowError:
        value = float("inf")
    inside = (
        np.isfinite(value)
        and (above is None or value > above)
        and (least is None or value >= least)
        and (below is None or value < below)
        and (most is None or value <= most)
    )
    if not inside:
        hint = " Fix: try 0.1 for SGD, 0.001 for Adam." if name == "lr" else ""
        raise ValueError(f"{where}: {name} is {value:g}, expected {expected}.{hint}")
    return value


def whole_number(value, where, name, *, least=1):
    """Return `value` as an int of at least `least`, or raise."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        hint = f" Fix: int({name})." if isinstance(value, (float, np.floating)) else ""
        raise TypeError(f"{where}: {name} is {_describe(value)}, expected a whole number of at least {least}.{hint}")
    if value < least:
        raise ValueError(f"{where}: {name} is {value}, expected a whole number of at least {least}.")
    return int(value)


def flag(value, where, name):
    """Return `value` as a bool; any other type would be true or false by accident, "no" for instance true."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{where}: {name} is {_describe(value)}, expected True or False.")
    return bool(value)


def function(value, where, name, example):
    """Return `value` if it can be called, or raise."""
    if not callable(value):
        raise TypeError(f"{where}: {name} is {_describe(value)}, expected a function. Fix: {example}.")
    return value


def dictionary(value, where, name):
    """Return `value` if it is a dict, as parameters and gradients are, or raise."""
    if not isinstance(value, dict):
        raise TypeError(
            f"{where}: {name} is {_describe(value)}, expected a dict of arrays. Fix: {name}={{'W': W, 'b': b}}."
        )
    return value


def has_passes(thing, where, name):
    """Raise unless `thing` has a forward and a backward pass, as networks and losses do."""
    if isinstance(thing, type) or not (hasattr(thing, "forward") and hasattr(thing, "backward")):
        cure = f" Fix: {thing.__name__}()." if isinstance(thing, type) else ""
        raise TypeError(f"{where}: {name} is {_describe(thing)}, expected an object with forward and backward.{cure}")


def generator(rng, where):
    """Return a numpy Generator for a Generator or a seed; never touch NumPy's global state."""
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return np.random.default_rng(rng)
    raise TypeError(
        f"{where}: rng is {_describe(rng)}, expected a seed (a whole number of at least 0) or a "
        f"numpy.random.Generator. Fix: rng=0, or rng=np.random.default_rng(0)."
    )


def choose(value, where, name, options):
    """Return `options[value]`, or name the nearest known word."""
    if isinstance(value, str) and value in options:
        return options[value]
    known = ", ".join(repr(option) for option in options)
    near = difflib.get_close_matches(str(value).lower(), options, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"{where}: {name} is {value!r}, expected one of {known}.{hint}")


def labels_array(value, where, name, n_samples, n_classes):
    """Return integer class labels of shape (N,), each in 0..n_classes-1, or raise."""
    array = numeric_array(value, where, name)
    if array.shape == (n_samples, 1):
        raise ValueError(f"{where}: {name} has shape {array.shape}, expected ({n_samples},). Fix: {name}.ravel().")
    if array.shape != (n_samples,):
        raise ValueError(
            f"{where}: {name} has shape {array.shape}, expected ({n_samples},), one label a sample. "
            f"Fix: check that inputs and labels were split and shuffled together."
        )
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"{where}: {name} has dtype {array.dtype}, expected integer class labels. Fix: {name}.astype(int)."
        )
    if array.size and (array.min() < 0 or array.max() >= n_classes):
        low, high = int(array.min()), int(array.max())
        hint = (
            f" Fix: labels start at 0: pass {name} - 1."
            if (low, high) == (1, n_classes) or (low >= 1 and high == n_classes)
            else ""
        )
        raise ValueError(
            f"{where}: {name} holds labels from {low} to {high}, expected 0 to {n_classes - 1} "
            f"for {n_classes} classes.{hint}"
        )
    return array


def same_length(where, **arrays):
    """Raise unless all arrays have the same number of rows."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        text = " and ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(
            f"{where}: {text} samples, expected the same number. Fix: check that they come from the same split."
        )


def prepared(prepare):
    """Decorate a function whose arguments need more than `shapes`: `prepare(*args)` returns them mended."""

    def decorate(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checked(*args, **kwargs):
            if _trusted.get():
                return function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            return function(*prepare(*bound.args))

        return checked

    return decorate
