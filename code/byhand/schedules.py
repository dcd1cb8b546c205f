"""Learning-rate schedules: each returns a function from the step (0, 1, 2, ...) to a learning rate."""

import math

from byhand._checks import checks_are_on, function, number, whole_number

__all__ = ["constant", "cosine", "exponential_decay", "step_decay", "warmup"]


def _schedule(where, rate):
    """rate(step), refused for what is not the number of a step."""

    def schedule(step):
        if checks_are_on():
            step = whole_number(step, where, "step", least=0)
        return rate(step)

    return schedule


def constant(lr):
    """The same learning rate at every step.

    Parameters
    ----------
    lr : float
        Above 0.

    Raises
    ------
    TypeError, ValueError
        If lr is not a finite number above 0; so in every schedule.
    """
    lr = number(lr, "constant", "lr", above=0.0)
    return _schedule("constant", lambda step: lr)


def step_decay(lr, factor, every):
    """lr * factor ** (step // every): a drop every so many steps.

    Parameters
    ----------
    lr, factor : float
        Both above 0; factor at most 1.
    every : int
        Steps between drops.
    """
    lr = number(lr, "step_decay", "lr", above=0.0)
    factor = number(factor, "step_decay", "factor", above=0.0, most=1.0)
    every = whole_number(every, "step_decay", "every")
    return _schedule("step_decay", lambda step: lr * factor ** (step // every))


def exponential_decay(lr, factor):
    """lr * factor ** step.

    Parameters
    ----------
    lr, factor : float
        Both above 0; factor at most 1.
    """
    lr = number(lr, "exponential_decay", "lr", above=0.0)
    factor = number(factor, "exponential_decay", "factor", above=0.0, most=1.0)
    return _schedule("exponential_decay", lambda step: lr * factor**step)


def cosine(lr, steps, floor=0.0):
    """From lr down to floor along half a cosine over so many steps, then floor.

    Parameters
    ----------
    lr : float
        Above 0.
    steps : int
    floor : float
        At least 0, at most lr.

    References
    ----------
    Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts, equation 5.
    """
    lr = number(lr, "cosine", "lr", above=0.0)
    steps = whole_number(steps, "cosine", "steps")
    floor = number(floor, "cosine", "floor", least=0.0, most=lr)

    def rate(step):
        return floor + (lr - floor) * (1.0 + math.cos(math.pi * min(step / steps, 1.0))) / 2.0

    return _schedule("cosine", rate)


def warmup(steps, then):
    """Raise the learning rate in a straight line over so many steps to where `then` starts; then follow it.

    Parameters
    ----------
    steps : int
    then : callable
        Another schedule; its step 0 comes at the end of the warm-up.

    References
    ----------
    Goyal et al. (2017), Accurate, large minibatch SGD, section 2.2.
    """
    steps = whole_number(steps, "warmup", "steps")
    function(then, "warmup", "then", "warmup(100, constant(0.1))")

    def rate(step):
        lr = number(then(max(step - steps, 0)), "warmup", "then(step)", least=0.0)
        return lr * min((step + 1) / steps, 1.0)

    return _schedule("warmup", rate)
