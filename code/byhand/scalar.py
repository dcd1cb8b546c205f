"""Reverse-mode automatic differentiation on single numbers: record while computing, then walk back.

Each result remembers the numbers it was made of and the derivative with respect to each of them. One walk
from the result to its origins then gives every derivative, whatever the formula was.
"""

import functools
import math

from byhand._checks import number

__all__ = ["Value", "as_value", "backward", "topological_order"]


def _recordable(init):
    """Decorate `Value.__init__`: refuse what is not a finite number before it spreads through a graph."""

    @functools.wraps(init)
    def checked(self, data, parents=(), operation=""):
        if not operation:
            if type(data).__module__.partition(".")[0] == "torch" or hasattr(data, "shape") and data.shape != ():
                raise TypeError(
                    f"Value: data is {type(data).__name__} of shape {tuple(data.shape)}, expected a finite number. "
                    f"Fix: one Value an entry, [Value(float(d)) for d in data], or byhand's layers for arrays."
                )
            data = number(data, "Value", "data")
        elif isinstance(data, complex) or not all(map(math.isfinite, (data, *(slope for _, slope in parents)))):
            raise ValueError(
                f"Value: {operation} of {_listed(parents)} gives {data} or a slope that is not finite, "
                f"expected finite numbers. Fix: keep the arguments away from this place."
            )
        init(self, data, parents, operation)

    return checked


def _within(domain, fix):
    """Decorate an operation that is not defined, or too large for a float, outside a domain."""

    def decorate(method):
        @functools.wraps(method)
        def checked(self, *others):
            try:
                return method(self, *others)
            except (ArithmeticError, ValueError) as error:
                if str(error).startswith("Value"):
                    raise  # one of our own, which says it already
                reason = error
            took = ", ".join(f"{getattr(value, 'data', value):g}" for value in (self, *others))
            raise ValueError(
                f"Value.{method.__name__}: arguments are {took} ({reason}), expected {domain}. Fix: {fix}."
            ) from None

        return checked

    return decorate


def _constant(method):
    """Decorate `__pow__`: the exponent is a number, not part of the graph."""

    @functools.wraps(method)
    def checked(self, n):
        if isinstance(n, Value):
            raise TypeError(
                f"Value.__pow__: n is {n!r}, expected a number. "
                f"Fix: (n * base.log()).exp() for an exponent in the graph."
            )
        return method(self, number(n, "Value.__pow__", "n"))

    return checked


def _of_a_value(function):
    """Decorate a walk: it starts at a Value."""

    @functools.wraps(function)
    def checked(output):
        if not isinstance(output, Value):
            shown = f"{type(output).__name__} {output!r:.60}"
            raise TypeError(
                f"{function.__name__}: output is {shown}, expected a Value. "
                f"Fix: compute it from Values, without .data, float() or NumPy's functions on the way."
            )
        return function(output)

    return checked


def _listed(parents):
    return " and ".join(f"{parent.data:g}" for parent, _ in parents)


class Value:
    """A number that remembers how it was computed.

    Parameters
    ----------
    data : float
        The number, finite.
    parents : tuple of (Value, float)
        What it was computed from, each with the local derivative; operations fill this in.
    operation : str
        What made it, for drawings and messages; empty for a number that was given.

    Attributes
    ----------
    data, parents, operation
        As above. There is no attribute for a gradient: `backward` returns gradients.

    Raises
    ------
    TypeError
        If `data` is not a number.
    ValueError
        If `data`, or a local derivative, is not finite.

    Notes
    -----
    Two Values are equal only if they are the same one, so that a Value can be the key of a dict.

    References
    ----------
    Griewank and Walther, Evaluating Derivatives, 2nd edition, SIAM, 2008, chapter 3.
    """

    @_recordable
    def __init__(self, data, parents=(), operation=""):
        self.data = data
        self.parents = parents
        self.operation = operation

    def __repr__(self):
        made = f", {self.operation!r}" if self.operation else ""
        return f"Value({self.data:.6g}{made})"

    def __add__(self, other):
        other = as_value(other)
        slopes = (self, 1.0), (other, 1.0)
        return Value(self.data + other.data, slopes, "+")

    def __mul__(self, other):
        other = as_value(other)
        slopes = (self, other.data), (other, self.data)
        return Value(self.data * other.data, slopes, "*")

    __radd__ = __add__
    __rmul__ = __mul__

    __array_ufunc__ = None  # NumPy's numbers leave a mixed expression to this class

    def __neg__(self):
        return Value(-self.data, ((self, -1.0),), "neg")

    def __sub__(self, other):
        other = as_value(other)
        slopes = (self, 1.0), (other, -1.0)
        return Value(self.data - other.data, slopes, "-")

    def __rsub__(self, other):
        return as_value(other) - self

    @_within("a divisor other than 0", "look where the divisor was made, or add a small positive number to it")
    def __truediv__(self, other):
        other = as_value(other)
        q = self.data / other.data
        slopes = (self, 1 / other.data), (other, -q / other.data)
        return Value(q, slopes, "/")

    def __rtruediv__(self, other):
        return as_value(other) / self

    @_constant
    @_within("a base at which the power and its derivative are finite", "keep the base away from 0, and above it")
    def __pow__(self, n):
        slope = n * self.data ** (n - 1) if n else 0.0
        return Value(self.data**n, ((self, slope),), f"**{n:g}")

    @_within("at most 709", "subtract the largest exponent first, as a stable softmax does")
    def exp(self):
        """The exponential; its own derivative."""
        e = math.exp(self.data)
        return Value(e, ((self, e),), "exp")

    @_within("a number above 0", "look where it was made; for the logarithm of a sigmoid see the chapter on losses")
    def log(self):
        """The natural logarithm, with derivative 1 / x."""
        return Value(math.log(self.data), ((self, 1 / self.data),), "log")

    def tanh(self):
        """The hyperbolic tangent t, with derivative 1 - t^2."""
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t * t),), "tanh")

    def sigmoid(self):
        """1 / (1 + e^-x), with derivative s (1 - s), written so that nothing overflows."""
        e = math.exp(-abs(self.data))
        s = (1.0 if self.data >= 0 else e) / (1 + e)
        return Value(s, ((self, e / (1 + e) ** 2),), "sigmoid")

    def relu(self):
        """The larger of x and 0, with derivative 1 above 0 and 0 elsewhere, at 0 too."""
        on = self.data > 0
        return Value(self.data if on else 0.0, ((self, float(on)),), "relu")


def as_value(thing):
    """Return a Value as it is, and a number as a new Value.

    Parameters
    ----------
    thing : Value or float

    Returns
    -------
    Value

    Raises
    ------
    TypeError, ValueError
        If `thing` is neither a Value nor a finite number.
    """
    return thing if isinstance(thing, Value) else Value(thing)


@_of_a_value
def topological_order(output):
    """List all Values that `output` was computed from, and itself: parents before what is made of them.

    Parameters
    ----------
    output : Value

    Returns
    -------
    list of Value
        Each of them once, `output` last.

    Raises
    ------
    TypeError
        If `output` is not a Value.

    Notes
    -----
    Depth first: a Value is listed when all its parents are. The stack is a list of our own, because Python's
    would be too short for a chain of a few thousand operations.

    References
    ----------
    Tarjan, "Edge-disjoint spanning trees and depth-first search", Acta Informatica 6, 171-185, 1976.
    """
    order, entered, stack = [], set(), [(output, False)]
    while stack:
        node, parents_listed = stack.pop()
        if parents_listed:
            order.append(node)
        elif node not in entered:
            entered.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    return order


@_of_a_value
def backward(output):
    """Derivatives of a Value with respect to everything it was computed from.

    Parameters
    ----------
    output : Value

    Returns
    -------
    gradients : dict
        Value -> derivative of `output` with respect to it. A Value that `output` does not depend on has no
        entry; ``gradients.get(w, 0.0)`` reads those as zero. Nothing is stored in the Values, so that
        there is nothing to reset before the next call.

    Raises
    ------
    TypeError
        If `output` is not a Value.

    References
    ----------
    Linnainmaa, "Taylor expansion of the accumulated rounding error", BIT 16, 146-160, 1976.
    """
    gradients = {output: 1.0}
    for node in reversed(topological_order(output)):
        for parent, slope in node.parents:
            passed = gradients[node] * slope
            gradients[parent] = gradients.get(parent, 0.0) + passed
    return gradients
