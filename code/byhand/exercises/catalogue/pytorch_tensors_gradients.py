"""A two-layer classifier's gradients, as PyTorch gives them when it is asked rightly."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A network in PyTorch",
    task="`torch_gradients(W1, b1, W2, b2, x, labels)`: the net is linear, tanh, linear; the loss is the mean cross-entropy of its logits. "
    "Return the gradients of W1, b1, W2, b2, as arrays or tensors.",
    section="sec:pytorch-tensors:autograd",
    outputs=("dW1", "db1", "dW2", "db2"),
    hints=(
        "torch.tensor(W1, requires_grad=True) keeps the array's type and makes a leaf.",
        "F.cross_entropy takes logits: the softmax is in it. Its labels must be 64-bit integers.",
        "loss.backward(), then the .grad of the four leaves; or torch.autograd.grad(loss, leaves).",
    ),
)


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def answer(*, twice=False, total=False, logs=False, bend=np.tanh, slope=lambda z, a: 1 - a**2, walks=1):
    """The gradients with some of the slips."""

    def torch_gradients(W1, b1, W2, b2, x, labels):
        z1 = x @ W1.T + b1
        a1 = bend(z1)
        logits = a1 @ W2.T + b2
        p = np.exp(log_softmax(logits))
        n, rows = len(x), np.arange(len(x))
        hot = np.zeros_like(p)
        hot[rows, labels] = 1
        dlogits = (p - hot) / n
        if twice:
            dp = (np.exp(log_softmax(p)) - hot) / n
            dlogits = p * (dp - (dp * p).sum(axis=1, keepdims=True))
        if logs:
            dlogits = -p * (hot - (hot * p).sum(axis=1, keepdims=True)) / n
        if total:
            dlogits = dlogits * n
        dz1 = dlogits @ W2 * slope(z1, a1)
        grads = dz1.T @ x, dz1.sum(axis=0), dlogits.T @ a1, dlogits.sum(axis=0)
        return tuple(walks * g for g in grads)

    return torch_gradients


exercise.solution(answer())


@exercise.probes
def probes(rng):
    for n, n_in, h, k in ((7, 4, 5, 3), (6, 3, 3, 3), (9, 5, 4, 6)):
        yield (
            rng.normal(size=(h, n_in)),
            rng.normal(size=h),
            2 * rng.normal(size=(k, h)),
            rng.normal(size=k),
            rng.normal(size=(n, n_in)),
            rng.integers(k, size=n).astype(np.int32),
        )


exercise.mistake(
    "probabilities given to the cross-entropy",
    why="The net ends in a softmax, and the loss applies its own to the result.",
    evidence="your gradients are those of softmax applied twice",
    look_at="what PyTorch's cross-entropy expects: probabilities or logits?",
    symptoms=("loss falls, but slowly", "loss stops at chance"),
    cure="Give F.cross_entropy the logits.",
)(answer(twice=True))
exercise.mistake(
    "probabilities given to the negative log-likelihood",
    why="F.nll_loss expects log-probabilities; given probabilities it takes no logarithm.",
    evidence="your gradients are those of minus the probability of the label",
    look_at="where the logarithm is taken",
    symptoms=("loss falls, but slowly",),
    cure="F.cross_entropy of the logits, or F.nll_loss of log_softmax.",
)(answer(logs=True))
exercise.mistake(
    "sum instead of mean",
    why="reduction='sum' was chosen, or the losses were added by hand.",
    evidence=lambda W1, b1, W2, b2, x, labels: (
        f"your gradients are {len(x)} times the right ones, the number of samples"
    ),
    look_at="what the loss does with the samples' losses",
    symptoms=("loss goes up",),
    cure="reduction='mean', the default.",
)(answer(total=True))
exercise.mistake(
    "walked back twice",
    why="backward was called twice on the same leaves, and gradients add up in .grad.",
    evidence="your gradients are twice the right ones",
    look_at="how often backward is called before you read .grad",
    symptoms=("works on the first step only",),
    cure="One walk, or empty .grad in between.",
)(answer(walks=2))
exercise.mistake(
    "hidden activation left out",
    why="Two linear layers in a row run as well.",
    evidence="your gradients are those of a net without tanh",
    look_at="what stands between the two linear layers",
    symptoms=("loss falls, but slowly",),
    cure="torch.tanh after the first layer.",
)(answer(bend=lambda z: z, slope=lambda z, a: 1.0))
exercise.mistake(
    "ReLU in place of tanh",
    why="The habitual activation was taken.",
    evidence="your gradients are those of a net with ReLU",
    look_at="the activation that the task names",
    symptoms=("gradient check fails everywhere",),
    cure="torch.tanh",
)(answer(bend=lambda z: np.maximum(z, 0), slope=lambda z, a: z > 0))
exercise.mistake(
    "record cut after the hidden layer",
    why="The hidden layer was detached, turned into NumPy, or computed under no_grad.",
    evidence="your gradients of W1 and b1 are zero, those of W2 and b2 are right",
    look_at="whether the hidden layer has a grad_fn",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Stay with recorded tensors from the weights to the loss.",
)(answer(slope=lambda z, a: 0.0))
