"""Optimisers: from gradients to a step, changing the parameters in place.

`.step(params, grads)` takes two dicts with the same keys. What an optimiser remembers between steps
(velocities, running means) it keeps under the same keys.
"""

import numpy as np

from byhand._checks import as_float_array, checks_are_on, dictionary, flag, number

__all__ = ["Adam", "AdamW", "RMSprop", "SGD", "clip_gradients"]


class _Optimizer:
    def __init__(self, lr, weight_decay):
        self.lr = lr
        self.weight_decay = number(weight_decay, type(self).__name__, "weight_decay", least=0.0)
        self._state = {}
        self.steps = 0

    @property
    def lr(self):
        """Learning rate: the size of a step. Schedules set it before each step."""
        return self._lr

    @lr.setter
    def lr(self, value):
        self._lr = number(value, type(self).__name__, "lr", above=0.0)

    def step(self, params, grads):
        """Change every array of params in place.

        Parameters
        ----------
        params, grads : dict of arrays
            The same keys; each gradient has its parameter's shape.

        Raises
        ------
        TypeError, ValueError
            If keys or shapes differ, a gradient is not finite, a parameter is read-only or not a
            float array, or the keys are not those of the steps before. Nothing has changed then.
        """
        if checks_are_on():
            self._check(params, grads)
        self.steps += 1
        for key, w in params.items():
            state = self._state.setdefault(key, {})
            self._update(w, grads[key], state)

    def _check(self, params, grads):
        where = f"{type(self).__name__}.step"
        dictionary(params, where, "params")
        dictionary(grads, where, "grads")
        if params.keys() != grads.keys():
            missing, extra = sorted(params.keys() - grads.keys()), sorted(grads.keys() - params.keys())
            raise ValueError(
                f"{where}: grads has keys {sorted(grads)}, expected those of params "
                f"(missing: {missing}, too many: {extra})."
            )
        self._check_params(params, where)
        for key, w in params.items():
            g = as_float_array(grads[key], where, f"grads[{key!r}]")
            if g.shape != w.shape:
                raise ValueError(f"{where}: grads[{key!r}] has shape {g.shape}, expected {w.shape}, its parameter's.")
            if not np.isfinite(g).all():
                raise ValueError(
                    f"{where}: grads[{key!r}] holds infinity, expected finite. Fix: lower lr, or clip_gradients."
                )

    def _check_params(self, params, where):
        """Raise unless every parameter can be changed in place and is the one of the steps before."""
        cure = "Fix: make a new optimiser for another network."
        if self._state and params.keys() != self._state.keys():
            raise ValueError(
                f"{where}: params has keys {sorted(params)}, expected {sorted(self._state)} as in the steps before. "
                + cure
            )
        for key, w in params.items():
            if not isinstance(w, np.ndarray) or w.dtype.kind != "f" or not w.flags.writeable:
                raise TypeError(
                    f"{where}: params[{key!r}] is {getattr(w, 'dtype', type(w).__name__)}"
                    f"{', read-only' if isinstance(w, np.ndarray) and not w.flags.writeable else ''}, "
                    f"expected a float array that can be changed in place. Fix: np.array(..., dtype=float)."
                )
            for remembered in self._state.get(key, {}).values():
                if remembered.shape != w.shape:
                    raise ValueError(
                        f"{where}: params[{key!r}] has shape {w.shape}, expected {remembered.shape} as in the "
                        f"steps before. {cure}"
                    )

    def _join_state(self, keys):
        """Keep what is remembered under one key, "", for a step on all parameters as one vector."""
        if self._state and "" not in self._state:
            kinds = next(iter(self._state.values()))
            joined = {kind: np.concatenate([self._state[key][kind].ravel() for key in keys]) for kind in kinds}
            self._state = {"": joined}

    def _split_state(self, shapes):
        """Undo `_join_state`: what is remembered goes back under the parameters' own keys."""
        joined = self._state.get("", {})
        self._state, start = {}, 0
        for key, shape in shapes.items():
            stop = start + int(np.prod(shape))
            self._state[key] = {kind: v[start:stop].reshape(shape).copy() for kind, v in joined.items()}
            start = stop

    def __repr__(self):
        return f"{type(self).__name__}(lr={self.lr:g})"


class SGD(_Optimizer):
    """Gradient descent, with momentum if wanted: v = momentum v + g, w = w - lr v.

    Parameters
    ----------
    lr : float
        Learning rate, above 0.
    momentum : float
        Share of the last velocity that is kept, at least 0 and below 1.
    nesterov : bool
        Step along g + momentum v instead of v.
    weight_decay : float
        Adds weight_decay * w to the gradient (L2 regularisation).

    Raises
    ------
    TypeError, ValueError
        If a number lies outside its range, or nesterov is asked for without momentum.

    References
    ----------
    Sutskever, Martens, Dahl and Hinton (2013), On the importance of initialization and momentum in
    deep learning; the form is PyTorch's.
    """

    def __init__(self, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.momentum = number(momentum, "SGD", "momentum", least=0.0, below=1.0)
        self.nesterov = flag(nesterov, "SGD", "nesterov")
        if nesterov and not self.momentum:
            raise ValueError("SGD: nesterov is True with momentum 0, expected momentum above 0. Fix: momentum=0.9.")

    def _update(self, w, g, state):
        if self.weight_decay:
            g = g + self.weight_decay * w
        if self.momentum:
            if "v" not in state:
                state["v"] = np.zeros_like(w)
            state["v"] *= self.momentum
            state["v"] += g
            g = g + self.momentum * state["v"] if self.nesterov else state["v"]
        w -= self.lr * g


class RMSprop(_Optimizer):
    """Divide each gradient by the root of a running mean of its square.

    s = alpha s + (1 - alpha) g^2, w = w - lr g / (sqrt(s) + eps).

    Parameters
    ----------
    lr : float
    alpha : float
        Share of the last running mean that is kept, at least 0 and below 1.
    eps : float
        Keeps the division finite.
    weight_decay : float
        Adds weight_decay * w to the gradient.

    Raises
    ------
    TypeError, ValueError
        If a number lies outside its range.

    References
    ----------
    Tieleman and Hinton (2012), lecture 6.5 of Neural Networks for Machine Learning; PyTorch's form.
    """

    def __init__(self, lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.alpha = number(alpha, "RMSprop", "alpha", least=0.0, below=1.0)
        self.eps = number(eps, "RMSprop", "eps", above=0.0)

    def _update(self, w, g, state):
        if self.weight_decay:
            g = g + self.weight_decay * w
        if "s" not in state:
            state["s"] = np.zeros_like(w)
        s = state["s"]
        s *= self.alpha
        s += (1.0 - self.alpha) * (g * g)
        w -= self.lr * g / (np.sqrt(s) + self.eps)


class Adam(_Optimizer):
    """Momentum and RMSprop together, both freed of the bias of their start at zero.

    m = b1 m + (1 - b1) g, s = b2 s + (1 - b2) g^2,
    w = w - lr (m / (1 - b1^t)) / (sqrt(s / (1 - b2^t)) + eps), with t = 1, 2, ... counting steps.

    Parameters
    ----------
    lr : float
    betas : (float, float)
        b1 and b2, each at least 0 and below 1.
    eps : float
        Keeps the division finite.
    weight_decay : float
        Adds weight_decay * w to the gradient; see `AdamW` for the form that is usually meant.

    Raises
    ------
    TypeError, ValueError
        If a number lies outside its range.

    References
    ----------
    Kingma and Ba (2015), Adam: a method for stochastic optimization, algorithm 1.
    """

    def __init__(self, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        name = type(self).__name__
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"{name}: betas is {betas!r}, expected two numbers. Fix: betas=(0.9, 0.999).")
        self.betas = tuple(number(b, name, f"betas[{i}]", least=0.0, below=1.0) for i, b in enumerate(betas))
        self.eps = number(eps, name, "eps", above=0.0)

    def _update(self, w, g, state):
        if self.weight_decay:
            g = g + self.weight_decay * w
        if not state:
            state["m"], state["s"] = np.zeros_like(w), np.zeros_like(w)
        (b1, b2), m, s = self.betas, state["m"], state["s"]
        m *= b1
        m += (1.0 - b1) * g
        s *= b2
        s += (1.0 - b2) * (g * g)
        # With c = sqrt(1 - b2^t), sqrt(s / c^2) + eps = (sqrt(s) + eps c) / c: one number corrects both.
        c = (1.0 - b2**self.steps) ** 0.5
        step = np.sqrt(s)
        step += self.eps * c
        np.divide(m, step, out=step)
        step *= self.lr * c / (1.0 - b1**self.steps)
        w -= step


class AdamW(Adam):
    """Adam whose weight decay shrinks the weights directly: w = w - lr weight_decay w, then Adam's step.

    Parameters and errors as in `Adam`; weight_decay is 0.01 by default.

    References
    ----------
    Loshchilov and Hutter (2019), Decoupled weight decay regularization, algorithm 2.
    """

    def __init__(self, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(lr, betas, eps)
        self.decay = number(weight_decay, "AdamW", "weight_decay", least=0.0)

    def _update(self, w, g, state):
        w *= 1.0 - self.lr * self.decay
        super()._update(w, g, state)


def clip_gradients(grads, max_norm):
    """Scale all gradients by one factor so that their joint norm is at most max_norm.

    Parameters
    ----------
    grads : dict of arrays
    max_norm : float
        Above 0.

    Returns
    -------
    clipped : dict of arrays
        New arrays with the keys of grads; the direction is unchanged.

    Raises
    ------
    TypeError, ValueError
        If max_norm is not above 0, or a gradient is not finite.

    References
    ----------
    Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks.
    """
    max_norm = number(max_norm, "clip_gradients", "max_norm", above=0.0)
    dictionary(grads, "clip_gradients", "grads")
    arrays = {key: as_float_array(g, "clip_gradients", f"grads[{key!r}]") for key, g in grads.items()}
    top = max((float(np.abs(g).max()) for g in arrays.values() if g.size), default=0.0)
    if not np.isfinite(top):
        raise ValueError("clip_gradients: grads holds infinity, expected finite numbers. Fix: lower the learning rate.")
    # Divided by the largest entry first, the squares neither overflow nor vanish.
    norm = top * sum(float(((g / top) ** 2).sum()) for g in arrays.values()) ** 0.5 if top else 0.0
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return {key: g * g.dtype.type(factor) for key, g in arrays.items()}
