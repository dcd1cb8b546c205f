"""Early stopping with patience."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Early stopping with patience",
    task="`best_epoch(losses, patience)`: losses are validation losses, one an epoch. Stop at the end of the first epoch that is patience "
    "epochs after the best so far, or when the losses run out; only a strictly lower loss is a new best. Return (best, last): the best "
    "epoch and the last one that was run, both counted from 1.",
    section="sec:regularization:early-stopping",
    outputs=("best", "last"),
    hints=(
        "Two things have to be remembered from epoch to epoch: the lowest loss so far, and when it was.",
        "A new lowest loss resets the waiting; any other loss, though lower than the last, does not.",
        "Stop when epoch - best >= patience.",
    ),
)


def stopping(wait=0, start=1, better=np.less, against_last=False, reset=True, give=lambda best, last: (best, last)):
    """Early stopping with one of its rules changed."""

    def answer(losses, patience):
        lowest, best, bad = np.inf, start, 0
        for epoch, value in enumerate(losses, start=start):
            if better(value, lowest):
                lowest, best = value, epoch
                bad = 0 if reset else bad
            else:
                bad += 1
                if bad >= patience + wait:
                    break
            if against_last:
                lowest = value
        return give(best, epoch)

    return answer


@exercise.solution
def best_epoch(losses, patience):
    lowest, best = np.inf, 0
    for epoch, value in enumerate(losses, start=1):
        if value < lowest:
            lowest, best = value, epoch
        elif epoch - best >= patience:
            break
    return best, epoch


@exercise.probes
def probes(rng):
    shift = rng.uniform(0.5, 1.5)
    dips = np.array([5, 4, 3, 3.6, 3.3, 2, 2.5, 2.2, 2.4, 2.1, 2.9, 1, 0.5])
    for losses, patience in (
        (dips, 3),  # waits through one dip, resets, and stops before the lowest of all
        (dips, 4),
        (np.array([5, 4, 3, 3, 3, 3.5, 3.7, 2]), 4),  # a tie is no new best
        (np.array([3, 2, 2.5, 2.2, 1.5, 1.6, 1.2, 1.4, 1.3, 1.25, 1.1]), 3),  # lower than the last, not than the best
        (np.array([9, 8, 7, 6, 5]), 3),  # the losses run out while they fall
    ):
        yield losses + shift, patience


exercise.mistake(
    "epochs counted from 0",
    why="Python's enumerate starts at 0.",
    evidence="both of your epochs are 1 too small",
    look_at="the number of the very first epoch",
    symptoms=("test score too good to be true", "results differ between training and test"),
    cure="enumerate(losses, start=1).",
)(stopping(start=0))
exercise.mistake(
    "one epoch too patient",
    why="> in the place of >=, or the waiting is counted after the question.",
    evidence=lambda losses, patience: (
        f"you wait {patience + 1} epochs without a new best before you stop, not {patience}"
    ),
    look_at="a patience of 1: the first epoch without a new best must be the last",
    symptoms=("loss falls, but slowly",),
    cure="epoch - best >= patience.",
)(stopping(wait=1))
exercise.mistake(
    "one epoch too impatient",
    why="The best epoch itself was counted as waiting.",
    evidence=lambda losses, patience: f"you wait only {patience - 1} epochs without a new best, not {patience}",
    look_at="how many epochs have passed in the epoch right after the best",
    symptoms=("loss falls, but slowly",),
    cure="epoch - best >= patience.",
)(stopping(wait=-1))
exercise.mistake(
    "last epoch kept",
    why="Training stops at the right time, and the weights of that time are kept.",
    evidence="your best epoch is the epoch at which you stop",
    look_at="which weights are worth keeping: those at the end of the waiting, or those before it",
    symptoms=("results differ between training and test",),
    cure="Remember the epoch of the lowest loss.",
)(stopping(give=lambda best, last: (last, last)))
exercise.mistake(
    "compared with the epoch before",
    why="Any fall counts as progress, though the loss may be far above its lowest.",
    evidence="your waiting starts anew whenever a loss is lower than the one before it",
    look_at="with which loss a new one is compared",
    symptoms=("results differ between training and test", "loss falls, but slowly"),
    cure="Compare with the lowest loss so far.",
)(stopping(against_last=True))
exercise.mistake(
    "a tie counts as better",
    why="<= in the place of <.",
    evidence="for losses with a tie your best epoch is the later one, and the waiting starts anew",
    look_at="two epochs with the same lowest loss",
    symptoms=("loss falls, but slowly",),
    cure="Strictly lower: <.",
)(stopping(better=np.less_equal))
exercise.mistake(
    "waiting not reset",
    why="Bad epochs are counted in all, not since the best.",
    evidence="you stop after so many bad epochs in all, also when new bests lie between them",
    look_at="what a new best does to your counter",
    symptoms=("loss falls, but slowly",),
    cure="Set the counter to 0 at each new best.",
)(stopping(reset=False))
exercise.mistake(
    "patience ignored",
    why="The lowest loss of all is looked for, which is known only to one who never stops.",
    evidence="you name the lowest of all losses, also where training had stopped before it",
    look_at="whether your function uses patience",
    symptoms=("test score too good to be true",),
    cure="Walk through the losses in order and stop.",
)(lambda losses, patience: (int(np.argmin(losses)) + 1, len(losses)))
exercise.mistake(
    "highest instead of lowest",
    why="The rule for an accuracy, used on a loss.",
    evidence="your best epoch is one with a high loss",
    look_at="whether good means large or small here",
    symptoms=("loss goes up",),
    cure="A loss is better when it is lower.",
)(lambda losses, patience: stopping()([-value for value in losses], patience))
