"""Slopes by the chain rule."""

import math

import numpy as np


def double_angle(x):
    return 2 * x * math.cos(x * x), math.sin(2 * x)


def as_list(x):
    return [np.cos(x**2) * 2 * x, 2 * np.sin(x) * np.cos(x)]


def softplus_form(x):
    return np.logaddexp(0, -3 * x), -3 / (1 + np.exp(3 * x))


def walk(x):
    u = -3 * x
    v = 1 + math.exp(u)
    dv = 1 / v
    du = dv * (v - 1)
    return math.log(v), -3 * du


def accumulated(x):
    u, v = x**2, math.exp(-x)
    du = dv = dx = 0.0
    du += 1
    du += v
    dv += u
    dx += du * 2 * x
    dx -= dv * v
    return u * v + u, dx


def closed_form(x):
    return x**2 * (1 + np.exp(-x)), 2 * x + (2 * x - x**2) * np.exp(-x)


def five_points(f, x, h):
    return (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h)


def corrected(f, x, h):
    short, long = (f(x + h) - f(x - h)) / (2 * h), (f(x + 2 * h) - f(x - 2 * h)) / (4 * h)
    return short + (short - long) / 3


VARIANTS = {
    "chain-rule-derive": [double_angle, as_list],
    "chain-rule-three": [softplus_form, walk],
    "chain-rule-twice": [accumulated, closed_form],
    "chain-rule-sharper": [five_points, corrected],
}
