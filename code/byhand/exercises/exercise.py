"""What an exercise is: a right function, the wrong ones that people write, and arrays that tell them apart."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# What a reader notices before knowing the cause; the index of mistakes is ordered by these.
SYMPTOMS = (
    "loss goes up",
    "loss is NaN or infinite",
    "loss falls, but slowly",
    "loss stops at chance",
    "loss is fine, predictions are not",
    "works on one data set, not on another",
    "works for batch 1 only",
    "works for square layers only",
    "works until the numbers are large",
    "works on the first step only",
    "gradient check fails everywhere",
    "gradient check fails in one place",
    "gradient check passes all the same",
    "test score too good to be true",
    "results differ between training and test",
    "an error about shapes",
    "shapes silently too large",
)


@dataclass(frozen=True)
class Mistake:
    """A wrong way to do an exercise, kept as the function that does it.

    Attributes
    ----------
    title : str
        Its name, as the reader sees it: a short noun phrase or sentence, such as "db is a mean".
    forms : tuple of callable
        Wrong functions that all make this mistake, in the ways people write it.
    why : str
        One sentence: how it comes about.
    evidence : str or callable
        What in the numbers gives it away: a sentence, or a function of the probe's arguments that returns one.
    look_at : str
        Where to look, without giving the answer.
    symptoms : tuple of str
        What a reader notices in training; entries of `SYMPTOMS`.
    cure : str
        The cure, for the index of mistakes. It is not shown by the checker.
    """

    title: str
    forms: tuple[Callable, ...]
    why: str
    evidence: str | Callable[..., str]
    look_at: str
    symptoms: tuple[str, ...]
    cure: str

    def evidence_on(self, probe):
        """The evidence as text, for the arguments of one probe."""
        return self.evidence(*probe) if callable(self.evidence) else self.evidence


def _no_arguments(rng):
    """The probe of an exercise whose answer is a value."""
    yield ()


@dataclass
class Exercise:
    """An exercise, filled by the decorators `solution`, `probes`, `mistake` and, where needed, `run`.

    Parameters
    ----------
    title : str
        What is to be written, in a few words.
    task : str
        One or two sentences: arguments with their shapes, and what to return.
    section : str
        Label of the section that teaches it, such as "sec:backprop:layer"; empty when none does yet.
    outputs : tuple of str
        Names of what the answer returns, in order.
    hints : tuple of str
        From a nudge to all but the answer.
    rtol : float
        Allowed difference from the right result, relative to its largest entry. Raise it for answers that
        are right only approximately, such as finite differences and statistics of random draws.
    cache_allowed : bool
        Whether the answer may also return (result, cache), as the forward functions of the book do.
    in_place_allowed : bool
        Whether the answer may change its arguments, as an optimiser does with parameters.
    """

    title: str
    task: str
    outputs: tuple[str, ...]
    hints: tuple[str, ...]
    section: str = ""
    rtol: float = 1e-7
    cache_allowed: bool = False
    in_place_allowed: bool = False
    name: str = field(default="", init=False)  # from the name of its file
    right: Callable | None = field(default=None, init=False)
    mistakes: list[Mistake] = field(default_factory=list, init=False)
    make_probes: Callable[..., Iterator[tuple]] = field(default_factory=lambda: _no_arguments, init=False)
    run_answer: Callable | None = field(default=None, init=False)

    def solution(self, function):
        """Decorate the right function (or class)."""
        self.right = function
        return function

    def probes(self, function):
        """Decorate a function of a random generator that yields the argument tuples to try.

        Without it the answer is a value, or a function of no arguments.
        """
        self.make_probes = function
        return function

    def run(self, function):
        """Decorate `run(answer, *probe)`, for answers that are more than one call: classes, iterators."""
        self.run_answer = function
        return function

    def mistake(self, title, *, why, evidence, look_at, symptoms, cure):
        """Decorate a wrong function. The same title again adds another form of the same mistake."""

        def decorate(function):
            for i, known in enumerate(self.mistakes):
                if known.title == title:
                    raise ValueError(f"mistake: {title!r} is there already (entry {i}). Fix: use `also({title!r})`.")
            unknown = set(symptoms) - set(SYMPTOMS)
            if unknown or not symptoms:
                raise ValueError(f"mistake {title!r}: symptoms {sorted(unknown)}, expected some of {SYMPTOMS}.")
            self.mistakes.append(Mistake(title, (function,), why, evidence, look_at, tuple(symptoms), cure))
            return function

        return decorate

    def also(self, title):
        """Decorate another form of a mistake that is already there: other code, same fault."""

        def decorate(function):
            for i, known in enumerate(self.mistakes):
                if known.title == title:
                    fields = {name: getattr(known, name) for name in known.__dataclass_fields__}
                    self.mistakes[i] = Mistake(**fields | {"forms": (*known.forms, function)})
                    return function
            raise ValueError(f"also: no mistake is called {title!r}. Fix: define it with `mistake` first.")

        return decorate

    @property
    def takes_a_function(self):
        """Whether the answer is a function or class, rather than a value."""
        return callable(self.right) and bool(self.arguments or self.run_answer)

    @property
    def arguments(self):
        """Names of the arguments of the right function."""
        return tuple(inspect.signature(self.right).parameters) if callable(self.right) else ()
