"""The training loop: batches, forward, loss, backward, step, and a record of what happened."""

import math
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import numpy as np

from byhand._checks import (
    checks_are_on,
    finite_array,
    flag,
    function,
    generator,
    has_passes,
    number,
    numeric_array,
    same_length,
    trusted,
    whole_number,
)
from byhand.losses import _Loss
from byhand.network import passes, places
from byhand.optimizers import _Optimizer

__all__ = ["History", "TrainingDiverged", "fit", "minibatches"]


class TrainingDiverged(FloatingPointError):
    """The loss or a gradient stopped being finite.

    Attributes
    ----------
    epoch : int
        Counted from 1.
    history : History
        The epochs before it.
    """

    def __init__(self, message, epoch, history):
        super().__init__(message)
        self.epoch, self.history = epoch, history


@dataclass
class History:
    """What `fit` recorded, a number an epoch in each list.

    Attributes
    ----------
    loss, accuracy : list of float
        Means over the samples of the epoch, each measured before the step on its batch, with
        training behaviour on. accuracy stays empty for losses without classes.
    validation_loss, validation_accuracy : list of float
        At the end of the epoch; empty without validation data.
    gradient_norm, weight_norm : list of float
        Euclidean norm of all gradients of the epoch's last batch, and of all parameters after it.
    learning_rate : list of float
        Of the epoch's last step.
    seconds : list of float
        Wall time since the start of `fit`.
    best_epoch : int or None
        Counted from 1; with early stopping, the epoch whose parameters were kept.
    """

    loss: list = field(default_factory=list)
    accuracy: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    validation_accuracy: list = field(default_factory=list)
    gradient_norm: list = field(default_factory=list)
    weight_norm: list = field(default_factory=list)
    learning_rate: list = field(default_factory=list)
    seconds: list = field(default_factory=list, repr=False)
    best_epoch: int | None = None

    def __len__(self):
        return len(self.loss)

    def __repr__(self):
        if not self.loss:
            return "History(0 epochs)"
        return f"History({len(self)} epochs, loss {self.loss[0]:.6g} -> {self.loss[-1]:.6g})"


def minibatches(x, y, batch_size, *, rng):
    """Deal all samples out once, in random order.

    Parameters
    ----------
    x, y : array, shape (N, ...)
        Rows are samples. Both are permuted by one permutation, so pairs stay pairs.
    batch_size : int
        At least 1. The last batch is shorter when N is not a multiple.
    rng : int or numpy.random.Generator

    Returns
    -------
    batches : iterator of (x_batch, y_batch)

    Raises
    ------
    TypeError, ValueError
        If lengths differ, there is no sample, or batch_size is not a whole number of at least 1.
    """
    if checks_are_on():
        x, y = numeric_array(x, "minibatches", "x"), numeric_array(y, "minibatches", "y")
        batch_size = whole_number(batch_size, "minibatches", "batch_size")
        if x.ndim == 0 or y.ndim == 0 or not len(x):
            raise ValueError(f"minibatches: x has shape {x.shape} and y {y.shape}, expected at least one sample each.")
        same_length("minibatches", x=x, y=y)
    order = generator(rng, "minibatches").permutation(len(x))
    return _deal(x, y, order, batch_size)


def _deal(x, y, order, batch_size):
    starts = range(0, len(x), batch_size)
    if x.nbytes < 1e6:  # small data is put in order once, and the batches are slices
        x, y = x.take(order, axis=0), y.take(order, axis=0)
        for start in starts:
            yield x[start : start + batch_size], y[start : start + batch_size]
    else:  # of large data, a batch at a time stays in the processor's cache
        for start in starts:
            rows = order[start : start + batch_size]
            yield x.take(rows, axis=0), y.take(rows, axis=0)


def fit(
    network,
    loss,
    optimizer,
    x,
    y,
    *,
    epochs,
    batch_size=None,
    validation=None,
    schedule=None,
    early_stopping=None,
    stop_when=None,
    rng,
    progress=True,
):
    """Train a network in place.

    Parameters
    ----------
    network : Sequential
    loss : MSELoss, BCEWithLogitsLoss, CrossEntropyLoss or an object like them
    optimizer : SGD, RMSprop, Adam, AdamW or an object with `step(params, grads)`
    x : array, shape (N, n_in)
    y : array, N rows, as the loss expects
    epochs : int
        Passes over the data.
    batch_size : int, optional
        Samples a step, shuffled anew each epoch; None for all of them in every step.
    validation : (x, y), optional
        Data to measure loss and accuracy on after each epoch.
    schedule : callable, optional
        Step (0, 1, 2, ...) to learning rate; see `byhand.schedules`.
    early_stopping : int, optional
        Stop after so many epochs without a lower validation loss, and keep the best parameters.
    stop_when : callable, optional
        Called with the history after each epoch; training ends when it returns true.
    rng : int or numpy.random.Generator
        Shuffles the batches.
    progress : bool
        Show a bar, if tqdm is installed.

    Returns
    -------
    history : History

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit. One checked pass comes first, so nothing has changed then.
    TrainingDiverged
        At the first loss or gradient that is not finite, with the epoch and the learning rate.
    """
    epochs = whole_number(epochs, "fit", "epochs")
    rng = generator(rng, "fit")
    flag(progress, "fit", "progress")
    x, y = _rehearse(network, loss, x, y, batch_size, "")
    if validation is not None:
        if not isinstance(validation, (tuple, list)) or len(validation) != 2:
            raise TypeError(f"fit: validation is {type(validation).__name__}, expected a pair (x, y).")
        validation = _rehearse(network, loss, *validation, None, "validation ")
    if early_stopping is not None:
        early_stopping = whole_number(early_stopping, "fit", "early_stopping")
        if validation is None:
            raise ValueError("fit: early_stopping needs validation data. Fix: validation=(x_val, y_val).")
    if schedule is not None and not callable(schedule):
        raise TypeError(
            f"fit: schedule is {schedule!r}, expected a function of the step. Fix: schedule=byhand.constant(0.1)."
        )
    if stop_when is not None:
        function(stop_when, "fit", "stop_when", "stop_when=lambda history: history.loss[-1] < 0.01")
    if not hasattr(optimizer, "step"):
        raise TypeError(f"fit: optimizer is {optimizer!r}, expected one with a method step. Fix: byhand.SGD(lr=0.1).")
    if isinstance(optimizer, _Optimizer):
        optimizer._check_params(network.params, "fit")
    correct = getattr(loss, "correct", None)
    history, step, start, best = History(), 0, time.perf_counter(), None

    # A number too large for its type is not an error here but the sign of a divergence, reported below.
    with (
        _as_one_vector(network, optimizer) as (weights, gradient, named, update),
        trusted(),
        np.errstate(over="ignore", invalid="ignore"),
        _bar(epochs, progress) as epoch_done,
    ):
        forward, backward = passes(network, named, need_dx=False)
        loss_forward, loss_backward = _loss_passes(loss, x.dtype)
        for epoch in range(1, epochs + 1):
            total_loss, total_correct = 0.0, 0
            batches = minibatches(x, y, batch_size, rng=rng) if batch_size else [(x, y)]
            for x_batch, y_batch in batches:
                if schedule is not None:
                    optimizer._lr = number(schedule(step), "fit", "schedule(step)", least=0.0)
                output, caches = forward(x_batch)
                value, loss_cache = loss_forward(output, y_batch)
                if not math.isfinite(value):
                    raise _diverged(f"the loss is {value}", epoch, optimizer, history)
                backward(loss_backward(1.0, loss_cache), caches)  # fills `gradient`
                update()
                step += 1
                total_loss += value * len(x_batch)
                if correct:
                    total_correct += correct(output, y_batch)
            gradient_norm = _norm(gradient)
            if not math.isfinite(gradient_norm):
                raise _diverged(f"the norm of the gradient is {gradient_norm}", epoch, optimizer, history)
            history.loss.append(float(total_loss / len(x)))
            if correct:
                history.accuracy.append(total_correct / len(x))
            history.gradient_norm.append(gradient_norm)
            history.weight_norm.append(_norm(weights))
            history.learning_rate.append(getattr(optimizer, "lr", float("nan")))
            if validation is not None:
                output = network.forward(validation[0])[0]
                history.validation_loss.append(float(loss.forward(output, validation[1])[0]))
                if correct:
                    history.validation_accuracy.append(correct(output, validation[1]) / len(output))
            history.seconds.append(time.perf_counter() - start)
            epoch_done()
            if early_stopping is not None:
                if best is None or history.validation_loss[-1] < best[0]:
                    best = history.validation_loss[-1], epoch, weights.copy()
                elif epoch - best[1] >= early_stopping:
                    break
            if stop_when is not None and stop_when(history):
                break
        if best is not None:
            history.best_epoch = best[1]
            weights[...] = best[2]
    return history


def _rehearse(network, loss, x, y, batch_size, which):
    """Check the data with one pass that changes nothing; return it as the loop wants it."""
    has_passes(network, "fit", "network")
    has_passes(loss, "fit", "loss")
    x = finite_array(x, "fit", f"{which}x")
    if batch_size is not None:
        batch_size = whole_number(batch_size, "fit", "batch_size")
    y = numeric_array(y, "fit", f"{which}y")
    if x.ndim == 0 or y.ndim == 0 or not len(x):
        raise ValueError(f"fit: {which}x has shape {x.shape} and y {y.shape}, expected at least one sample each.")
    same_length("fit", **{f"{which}x".replace(" ", "_"): x, f"{which}y".replace(" ", "_"): y})
    dtype = np.result_type(*(w.dtype for w in network.params.values())) if network.params else x.dtype
    x = np.ascontiguousarray(x, dtype)
    output = network.forward(x[: batch_size or 1])[0]
    # Zeros in the place of the outputs are enough to have all targets checked by the loss itself.
    _, cache = loss.forward(np.zeros((len(x), *output.shape[1:]), output.dtype), y)
    return x, y.astype(cache[1].dtype) if isinstance(loss, _Loss) else y


@contextmanager
def _as_one_vector(network, optimizer):
    """Hold all parameters in one vector while training, and all gradients in another.

    The layers compute with views of the vectors, so that a step and a norm are a few operations in
    all. Afterwards the layers get their own arrays back, with the new values in them.

    Yields (weights, gradient, named, update): the vectors, the gradients by name as views, and a
    function that takes one step.
    """
    named_weights, homes = network.params, list(places(network))
    own = [layer.params[name] for layer, name in homes]
    weights = np.concatenate([array.ravel() for array in own]) if own else np.zeros(0)
    gradient = np.zeros_like(weights)
    ends = np.cumsum([array.size for array in own], dtype=int)
    spans = [slice(end - array.size, end) for array, end in zip(own, ends, strict=True)]
    named = {key: gradient[span].reshape(w.shape) for (key, w), span in zip(named_weights.items(), spans, strict=True)}
    views = [weights[span].reshape(array.shape) for array, span in zip(own, spans, strict=True)]
    joined = getattr(optimizer.step, "__func__", None) is _Optimizer.step and _exchange(homes, views)
    if joined:
        optimizer._join_state(list(named))
        arguments = {"": weights}, {"": gradient}

        def update():
            optimizer.step(*arguments)
    else:
        # An optimiser with a step of its own sees parameters and gradients by name, as ever; the gradients
        # are copies, because what it remembers must not change with the next batch.
        _exchange(homes, own)

        def update():
            optimizer.step(named_weights, {key: g.copy() for key, g in named.items()})
            for array, span in zip(own, spans, strict=True):
                weights[span] = array.ravel()

    try:
        yield weights, gradient, named, update
    finally:
        for array, span in zip(own, spans, strict=True):
            array[...] = weights[span].reshape(array.shape)
        if joined:
            _exchange(homes, own)
            optimizer._split_state({key: array.shape for key, array in named.items()})


def _exchange(homes, arrays):
    """Put an array into each place; false where a layer of another kind does not keep what it is given."""
    for (layer, name), array in zip(homes, arrays, strict=True):
        layer.params[name] = array
    return all(layer.params[name] is array for (layer, name), array in zip(homes, arrays, strict=True))


def _loss_passes(loss, dtype):
    """Forward and backward of the loss, without checks where it is one of the package's."""
    if isinstance(loss, _Loss):
        return loss._passes()
    return loss.forward, lambda dloss, cache: np.asarray(loss.backward(dloss, cache), dtype)


def _norm(vector):
    return math.sqrt(vector.dot(vector))  # a third of the cost of np.linalg.norm for short vectors


def _diverged(what, epoch, optimizer, history):
    return TrainingDiverged(
        f"fit: training diverged in epoch {epoch}: {what} at learning rate {getattr(optimizer, 'lr', float('nan')):g}. "
        f"Fix: a lower learning rate (try a tenth), standardised inputs and targets, or clipped gradients.",
        epoch,
        history,
    )


@contextmanager
def _bar(epochs, wanted):
    """Yield a function to call after each epoch; it moves a bar, if one is wanted and tqdm is installed."""
    tqdm = None
    if wanted:
        with suppress(ImportError):  # the bar is a comfort: the numbers do not depend on it
            from tqdm.auto import tqdm
    if tqdm is None:
        yield lambda: None
    else:
        with tqdm(total=epochs, unit="epoch") as bar:
            yield bar.update
