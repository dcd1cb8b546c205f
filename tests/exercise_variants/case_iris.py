"""Splits, folds and the score of knowing nothing."""

from collections import Counter

import numpy as np


def choice_without_replacement(y, per_class, rng):
    test = np.hstack([rng.choice(np.where(y == k)[0], per_class, replace=False) for k in range(y.max() + 1)])
    chosen = np.isin(np.arange(len(y)), test)
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def one_order_walked_through(y, per_class, rng):
    train, test, taken = [], [], Counter()
    for row in rng.permutation(len(y)):
        part = test if taken[y[row]] < per_class else train
        taken[y[row]] += 1
        part.append(int(row))
    return train, test


def sets_of_rows(train_and_score, n, k, rng):
    order = list(range(n))
    rng.shuffle(order)
    scores = []
    for i in range(k):
        test = order[i::k]
        scores.append(train_and_score(sorted(set(order) - set(test)), test))
    return scores


def masks(train_and_score, n, k, rng):
    fold = rng.permutation(np.arange(n) % k)
    return np.array([train_and_score(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in range(k)])


def counted(y_train, y_test):
    name = Counter(y_train.tolist()).most_common(1)[0][0]
    return sum(label == name for label in y_test) / len(y_test)


def with_unique(y_train, y_test):
    labels, counts = np.unique(y_train, return_counts=True)
    return 1 - np.count_nonzero(y_test - labels[counts.argmax()]) / y_test.size


def by_row(train, test):
    mean = sum(train) / len(train)
    spread = (sum((row - mean) ** 2 for row in train) / len(train)) ** 0.5
    spread[spread < 1e-12] = 1
    return (train - mean) / spread, (test - mean) / spread


def by_column(train, test):
    columns = [(a - a.mean(), b - a.mean(), a.std() or 1.0) for a, b in zip(train.T, test.T, strict=True)]
    return np.stack([a / s for a, _, s in columns], axis=1), np.stack([b / s for _, b, s in columns], axis=1)


VARIANTS = {
    "standardize": [by_row, by_column],
    "case-iris-stratified": [choice_without_replacement, one_order_walked_through],
    "case-iris-k-fold": [sets_of_rows, masks],
    "case-iris-baseline": [counted, with_unique],
}
