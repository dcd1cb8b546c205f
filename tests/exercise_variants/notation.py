"""The exercises of the page on notation."""

import numpy as np


def from_a_run(N, n_in, n_hidden, n_out):
    x, W1, W2, b2 = np.ones((N, n_in)), np.ones((n_hidden, n_in)), np.ones((n_out, n_hidden)), np.ones(n_out)
    z1 = x @ W1.T
    dz2 = z1 @ W2.T + b2
    dz1 = dz2 @ W2
    arrays = dict(x=x, W1=W1, z1=z1, a1=z1, W2=W2, b2=b2, dz1=dz1, dW1=dz1.T @ x, db2=dz2.sum(0), dx=dz1 @ W1)
    return {name: array.shape for name, array in reversed(arrays.items())}


def as_a_tuple(N, n_in, n_hidden, n_out):
    hidden, weights, bias = [N, n_hidden], [n_hidden, n_in], [n_out]
    return [N, n_in], weights, hidden, hidden, [n_out, n_hidden], bias, hidden, weights, bias, [N, n_in]


def with_einsum(A, B, C):
    return (
        np.einsum("nk,nd->kd", A, B),
        np.einsum("nk,nk->n", A, C),
        np.einsum("nk,mk->nm", A, C),
        np.einsum("nk->k", A),
    )


def with_detours(A, B, C):
    return {"S": (B.T @ A).T, "r": np.diag(A @ C.T), "G": (C @ A.T).T, "s": np.ones(len(A)) @ A}


def with_loops(A, B, C):
    N, K = A.shape
    S = [[sum(A[n, k] * B[n, d] for n in range(N)) for d in range(B.shape[1])] for k in range(K)]
    r = [sum(A[n, k] * C[n, k] for k in range(K)) for n in range(N)]
    G = [[sum(A[n, k] * C[m, k] for k in range(K)) for m in range(N)] for n in range(N)]
    return [S, r, G, [sum(A[n, k] for n in range(N)) for k in range(K)]]


def from_the_end(s, t):
    out = []
    for i in range(1, max(len(s), len(t)) + 1):
        m = s[-i] if i <= len(s) else 1
        n = t[-i] if i <= len(t) else 1
        if m != n and m != 1 and n != 1:
            raise ValueError(f"{s} and {t} do not broadcast")
        out.append(n if m == 1 else m)
    return out[::-1]


VARIANTS = {
    "notation-shapes": [from_a_run, as_a_tuple],
    "notation-sums": [with_einsum, with_detours, with_loops],
    "notation-broadcast": [from_the_end, np.broadcast_shapes, lambda s, t: (np.zeros(s) + np.zeros(t)).shape],
}
