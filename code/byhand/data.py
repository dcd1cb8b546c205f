"""The data sets of the book: small, seeded, and each in one shape.

Every function returns a `Dataset`: features x of shape (N, D) in float64, and a target y that is a
vector of integer labels (N,) for classes, or numbers of shape (N, C) for regression. The generators
and the two real sets are scikit-learn's, which is imported by the functions that need it.
"""

import importlib
from dataclasses import dataclass, replace

import numpy as np

from byhand._checks import generator, number, whole_number

__all__ = [
    "Dataset",
    "circles",
    "classification",
    "digits",
    "iris",
    "linear_regression",
    "moons",
    "noisy_xor",
    "regression",
    "spiral",
    "xor",
]


@dataclass(frozen=True, repr=False)
class Dataset:
    """Samples with their targets and what is needed to read them.

    Attributes
    ----------
    x : float64 array, shape (N, D)
        A row a sample.
    y : integer array, shape (N,), or float64 array, shape (N, C)
        Class labels from 0, or the numbers of a regression.
    feature_names : tuple of str, length D
    class_names : tuple of str
        A name a label; empty for a regression.
    target_names : tuple of str
        A name a column of y; ("class",) for labels.
    description : str
        One sentence: what a row is, with units.
    source : str
        Where the data or the generator comes from.

    Raises
    ------
    ValueError
        If x is not (N, D), the lengths of x and y differ, or the names do not fit.
    """

    x: np.ndarray
    y: np.ndarray
    feature_names: tuple
    class_names: tuple
    target_names: tuple
    description: str
    source: str

    def __post_init__(self):
        if self.x.ndim != 2:
            raise ValueError(f"Dataset: x has shape {self.x.shape}, expected (N, D), a row a sample.")
        if len(self.x) != len(self.y):
            raise ValueError(f"Dataset: x has {len(self.x)} samples and y {len(self.y)}, expected the same number.")
        if len(self.feature_names) != self.x.shape[1]:
            raise ValueError(
                f"Dataset: feature_names has {len(self.feature_names)} names, expected {self.x.shape[1]}, one a column."
            )
        if self.class_names and self.y.size and self.y.max() >= len(self.class_names):
            raise ValueError(
                f"Dataset: y holds label {self.y.max()}, expected 0 to {len(self.class_names) - 1}, "
                f"as class_names has {len(self.class_names)} names."
            )

    def __len__(self):
        return len(self.x)

    def __iter__(self):
        """Give x and y, so that `x, y = moons(rng=0)` works."""
        return iter((self.x, self.y))

    def split(self, test_size=0.3, *, rng, stratify=None):
        """Return (train, test), two data sets without a sample in common.

        Parameters
        ----------
        test_size : float in (0, 1), or int
            The test set's share of the samples, or their number.
        rng : int or numpy.random.Generator
        stratify : bool, optional
            Whether both parts get the same mix of classes; by default wherever there are classes.

        Raises
        ------
        TypeError, ValueError
            If a part would be empty, or stratify is asked of a regression.
        ImportError
            If scikit-learn, whose `train_test_split` this is, is not installed.
        """
        if stratify and not self.class_names:
            raise ValueError("Dataset.split: stratify is True, but there are no classes. Fix: leave it out.")
        if isinstance(test_size, (int, np.integer)) and not isinstance(test_size, bool):
            test_size = whole_number(test_size, "Dataset.split", "test_size")
            if test_size >= len(self):
                raise ValueError(
                    f"Dataset.split: test_size is {test_size}, expected fewer than the {len(self)} samples."
                )
        else:
            test_size = number(test_size, "Dataset.split", "test_size", above=0.0, below=1.0)
        labels = self.y if (self.class_names if stratify is None else stratify) else None
        parts = _sklearn("model_selection").train_test_split(
            np.arange(len(self)), test_size=test_size, random_state=_seed(rng, "Dataset.split"), stratify=labels
        )
        return tuple(replace(self, x=self.x[rows], y=self.y[rows]) for rows in parts)

    def __repr__(self):
        target = f"{len(self.class_names)} classes" if self.class_names else f"{self.y.shape[1]} targets"
        return f"Dataset({len(self)} samples, {self.x.shape[1]} features, {target}: {self.description})"


def _sklearn(module):
    try:
        return importlib.import_module(f"sklearn.{module}")
    except ImportError as error:
        raise ImportError(
            f"byhand.data: this data set needs scikit-learn, which could not be imported ({error}). "
            f"Fix: pip install scikit-learn."
        ) from error


def _seed(rng, where):
    """What scikit-learn takes: a seed as it is, and a number drawn from a Generator."""
    drawn = int(generator(rng, where).integers(2**32))
    is_seed = isinstance(rng, (int, np.integer)) and rng < 2**32  # its own generator was drawn from, not the caller's
    return int(rng) if is_seed else drawn


def _dataset(x, y, description, source, *, classes=(), features=None, target="class"):
    """Labels where there are names of classes, numbers otherwise; unnamed columns are x1, x2, ... and y1, y2, ..."""
    y = np.asarray(y, np.int64 if len(classes) else np.float64)
    return Dataset(
        x=np.asarray(x, np.float64),
        y=y,
        feature_names=tuple(features or (f"x{i + 1}" for i in range(x.shape[1]))),
        class_names=tuple(str(name) for name in classes),
        target_names=(target,) if len(classes) else tuple(f"y{i + 1}" for i in range(y.shape[1])),
        description=description,
        source=source,
    )


_XOR_SOURCE = "Minsky and Papert (1969), Perceptrons: the case that no single linear unit can solve."
_SKLEARN = "Pedregosa et al. (2011), Scikit-learn: machine learning in Python; "


def xor():
    """The four rows of "one or the other, but not both".

    Returns
    -------
    data : Dataset
        x of shape (4, 2) with entries 0 and 1, y of shape (4,). For one output unit the losses want a
        column: `y.reshape(-1, 1)`.

    References
    ----------
    Minsky and Papert (1969), Perceptrons.
    """
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return _dataset(x, [0, 1, 1, 0], "two bits; are they different?", _XOR_SOURCE, classes=("same", "different"))


def noisy_xor(n=200, noise=0.1, *, rng):
    """Points scattered round the four corners of the unit square, labelled as XOR of the corner.

    Parameters
    ----------
    n : int
        Samples, as evenly spread over the corners as possible, in random order.
    noise : float
        Standard deviation of the scatter, in units of the square's side.
    rng : int or numpy.random.Generator

    Returns
    -------
    data : Dataset
        x of shape (n, 2), y of shape (n,).

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number of at least 1, noise is negative, or rng is neither seed nor Generator.
    """
    n, noise = _size(n, noise, "noisy_xor")
    rng = generator(rng, "noisy_xor")
    corners = xor()
    which = rng.permutation(np.arange(n) % 4)
    x = corners.x[which] + noise * rng.standard_normal((n, 2))
    description = "two noisy bits; are they different?"
    return _dataset(x, corners.y[which], description, _XOR_SOURCE, classes=corners.class_names)


def moons(n=300, noise=0.1, *, rng):
    """Two interlocking half circles.

    Parameters
    ----------
    n : int
        Samples, at least 2.
    noise : float
        Standard deviation of the scatter, in radii.
    rng : int or numpy.random.Generator
        A seed gives the points of scikit-learn's `make_moons` with that `random_state`.

    Returns
    -------
    data : Dataset
        x of shape (n, 2), y of shape (n,) with labels 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If n is too small, noise is negative, or rng is neither seed nor Generator.
    ImportError
        If scikit-learn is not installed.
    """
    n, noise = _size(n, noise, "moons", least=2)
    x, y = _sklearn("datasets").make_moons(n, noise=noise, random_state=_seed(rng, "moons"))
    return _dataset(x, y, "points on two half circles", _SKLEARN + "make_moons.", classes=("upper", "lower"))


def circles(n=300, noise=0.1, factor=0.5, *, rng):
    """A small circle inside a large one.

    Parameters
    ----------
    n, noise, rng
        As in `moons`; scikit-learn's `make_circles`.
    factor : float
        Radius of the small circle, in radii of the large one, at least 0 and below 1.

    Returns
    -------
    data : Dataset
        x of shape (n, 2), y of shape (n,): 0 outside, 1 inside.

    Raises
    ------
    TypeError, ValueError
        As `moons`; also if factor lies outside [0, 1).
    ImportError
        If scikit-learn is not installed.
    """
    n, noise = _size(n, noise, "circles", least=2)
    factor = number(factor, "circles", "factor", least=0.0, below=1.0)
    x, y = _sklearn("datasets").make_circles(n, noise=noise, factor=factor, random_state=_seed(rng, "circles"))
    return _dataset(x, y, "points on two circles", _SKLEARN + "make_circles.", classes=("outer", "inner"))


def spiral(n=300, noise=0.2, classes=3, turns=0.65, *, rng):
    """Arms of a spiral from the origin to radius 1, one a class.

    Parameters
    ----------
    n : int
        Samples, at least one a class, as evenly spread as possible.
    noise : float
        Standard deviation of the angle, in radians.
    classes : int
        Arms, at least 2, each turned by 1 / classes of a full turn against the last.
    turns : float
        How far an arm winds round the origin, in full turns.
    rng : int or numpy.random.Generator

    Returns
    -------
    data : Dataset
        x of shape (n, 2), y of shape (n,) with labels 0..classes-1.

    Raises
    ------
    TypeError, ValueError
        If n or classes is too small, noise is negative, turns is not positive, or rng is neither seed
        nor Generator.

    Notes
    -----
    A point at distance r from the origin has the angle 2 pi (turns r + k / classes) in arm k: an
    Archimedean spiral. Distances are evenly spaced in each arm.

    References
    ----------
    Lang and Witbrock (1988), Learning to tell two spirals apart.
    """
    classes = whole_number(classes, "spiral", "classes", least=2)
    n, noise = _size(n, noise, "spiral", least=classes)
    turns = number(turns, "spiral", "turns", above=0.0)
    rng = generator(rng, "spiral")
    y = np.arange(n) % classes
    step = np.arange(n) // classes
    radius = step / max(1, step.max())
    angle = 2.0 * np.pi * (turns * radius + y / classes) + noise * rng.standard_normal(n)
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    order = rng.permutation(n)
    names = [f"arm {k}" for k in range(classes)]
    source = "Lang and Witbrock (1988), Learning to tell two spirals apart."
    return _dataset(x[order], y[order], "points on the arms of a spiral", source, classes=names)


def iris():
    """150 iris flowers of three species, four lengths each, in cm.

    Returns
    -------
    data : Dataset
        x of shape (150, 4), y of shape (150,): 0 setosa, 1 versicolor, 2 virginica.

    Raises
    ------
    ImportError
        If scikit-learn, which carries the data, is not installed.

    References
    ----------
    Fisher (1936), The use of multiple measurements in taxonomic problems.
    """
    raw = _sklearn("datasets").load_iris()
    return _dataset(
        raw.data,
        raw.target,
        "a flower's sepals and petals, measured in cm",
        "Fisher (1936), The use of multiple measurements in taxonomic problems; data collected by Anderson.",
        classes=raw.target_names,
        features=raw.feature_names,
        target="species",
    )


def digits():
    """1797 handwritten digits as grey images of 8 by 8 pixels.

    Returns
    -------
    data : Dataset
        x of shape (1797, 64), row by row of the image, from 0 (paper) to 16 (ink);
        y of shape (1797,), the digit.

    Raises
    ------
    ImportError
        If scikit-learn, which carries the data, is not installed.

    References
    ----------
    Alpaydin and Kaynak (1998), Optical recognition of handwritten digits, UCI Machine Learning
    Repository, doi:10.24432/C50P49; its test part.
    """
    raw = _sklearn("datasets").load_digits()
    return _dataset(
        raw.data,
        raw.target,
        "a handwritten digit of 8 by 8 pixels, each from 0 to 16",
        "Alpaydin and Kaynak (1998), Optical recognition of handwritten digits, doi:10.24432/C50P49.",
        classes=range(10),
        features=[f"pixel {row},{column}" for row in range(8) for column in range(8)],
        target="digit",
    )


def classification(n=1000, features=10, informative=8, redundant=2, classes=3, *, rng):
    """Clouds of points in many dimensions, some features being mixtures of others.

    Parameters
    ----------
    n, features, informative, redundant, classes : int
        Samples; features in all, of which `informative` tell the classes apart and `redundant` are
        mixtures of those; the rest is noise.
    rng : int or numpy.random.Generator
        A seed gives the points of scikit-learn's `make_classification` with that `random_state`.

    Returns
    -------
    data : Dataset
        x of shape (n, features), y of shape (n,).

    Raises
    ------
    TypeError, ValueError
        If a size is not a whole number, or informative and redundant exceed features.
    ImportError
        If scikit-learn is not installed.

    References
    ----------
    Guyon (2003), Design of experiments for the NIPS 2003 variable selection benchmark.
    """
    where = "classification"
    n, features = whole_number(n, where, "n"), whole_number(features, where, "features")
    informative = whole_number(informative, where, "informative")
    redundant = whole_number(redundant, where, "redundant", least=0)
    classes = whole_number(classes, where, "classes", least=2)
    _at_most_features(informative + redundant, features, "informative and redundant", where)
    # Each class has two clouds, each at a corner of its own in the informative dimensions.
    if 2 * classes > 2**informative:
        raise ValueError(
            f"{where}: informative is {informative}, expected at least {int(np.ceil(np.log2(2 * classes)))} "
            f"for the {2 * classes} clouds of {classes} classes."
        )
    x, y = _sklearn("datasets").make_classification(
        n,
        features,
        n_informative=informative,
        n_redundant=redundant,
        n_classes=classes,
        random_state=_seed(rng, where),
    )
    description, source = f"clouds of points in {features} dimensions", "make_classification, after Guyon (2003)."
    return _dataset(x, y, description, _SKLEARN + source, classes=[f"class {k}" for k in range(classes)])


def regression(n=1000, features=10, informative=8, noise=0.1, *, rng):
    """A number that is a weighted sum of some features, plus noise.

    Parameters
    ----------
    n, features, informative : int
        Samples; features in all, of which `informative` have a weight.
    noise : float
        Standard deviation of what is added to the target.
    rng : int or numpy.random.Generator
        A seed gives the points of scikit-learn's `make_regression` with that `random_state`.

    Returns
    -------
    data : Dataset
        x of shape (n, features), y of shape (n, 1). The target's spread is some hundred: standardise
        it before training.

    Raises
    ------
    TypeError, ValueError
        If a size is not a whole number, noise is negative, or informative exceeds features.
    ImportError
        If scikit-learn is not installed.
    """
    where = "regression"
    n, noise = _size(n, noise, where)
    features, informative = whole_number(features, where, "features"), whole_number(informative, where, "informative")
    _at_most_features(informative, features, "informative", where)
    x, y = _sklearn("datasets").make_regression(
        n, features, n_informative=informative, noise=noise, random_state=_seed(rng, where)
    )
    description = f"a weighted sum of {informative} of {features} features, with noise"
    return _dataset(x, y.reshape(-1, 1), description, _SKLEARN + "make_regression.")


def linear_regression(n=20, features=5, targets=3, noise=0.0, *, rng):
    """Targets that a single linear layer fits exactly: y = x W^T + b, plus noise if asked for.

    Parameters
    ----------
    n, features, targets : int
        Samples N, features D and targets C.
    noise : float
        Standard deviation of what is added to y.
    rng : int or numpy.random.Generator
        Draws x, W, b (all standard normal) and the noise, in this order.

    Returns
    -------
    data : Dataset
        x of shape (n, features), y of shape (n, targets).

    Raises
    ------
    TypeError, ValueError
        If a size is not a whole number of at least 1, noise is negative, or rng is neither seed nor
        Generator.
    """
    where = "linear_regression"
    n, noise = _size(n, noise, where)
    features, targets = whole_number(features, where, "features"), whole_number(targets, where, "targets")
    rng = generator(rng, where)
    x = rng.standard_normal((n, features))
    W, b = rng.standard_normal((targets, features)), rng.standard_normal(targets)
    y = x @ W.T + b + noise * rng.standard_normal((n, targets))
    return _dataset(x, y, f"{targets} weighted sums of {features} features", "Drawn by byhand.data.linear_regression.")


def _size(n, noise, where, least=1):
    return whole_number(n, where, "n", least=least), number(noise, where, "noise", least=0.0)


def _at_most_features(count, features, names, where):
    if count > features:
        raise ValueError(f"{where}: {names} add up to {count}, expected at most features = {features}.")
