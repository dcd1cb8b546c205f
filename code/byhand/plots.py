"""Every figure that more than one chapter draws, in one look.

Figures are drawn once, on a transparent ground, in the colours of `PALETTE`. The site makes the version for
dark mode by putting the colours of `DARK` in their places, so line art must use no other colour.
"""

import os

import numpy as np

from byhand._checks import as_float_array, choose, function, number, whole_number

try:
    import matplotlib.pyplot as plt
    from matplotlib.patches import Circle, FancyArrowPatch, PathPatch, Rectangle
    from matplotlib.path import Path
except ImportError as error:
    raise ImportError("byhand.plots needs matplotlib. Fix: pip install matplotlib") from error

__all__ = [
    "DARK",
    "PALETTE",
    "biological_neuron",
    "computational_graph",
    "confusion_matrix_plot",
    "decision_boundary",
    "error_against_step",
    "matrix_shapes",
    "network_diagram",
    "neuron_diagram",
    "training_curves",
    "use_style",
]

#: The colours of all drawings in light mode: name -> hex code. No drawing uses others.
PALETTE = {
    "ink": "#1d2a33",
    "muted": "#4d5a62",
    "rule": "#d9d5c9",
    "paper": "#fbfaf6",
    "teal": "#0b6367",
    "rust": "#9c4215",
    "blue": "#3f74c4",
    "gold": "#a8790a",
    "plum": "#73367d",
    "teal_wash": "#d3e6e3",
    "rust_wash": "#f6e0d2",
    "blue_wash": "#dbe5f5",
    "gold_wash": "#f1e6c6",
}

#: The colour that takes the place of each of them in dark mode: light hex code -> dark one.
DARK = {
    PALETTE[name]: colour
    for name, colour in {
        "ink": "#e8e6df",
        "muted": "#aab4b8",
        "rule": "#35434b",
        "paper": "#12191d",
        "teal": "#6cc5bf",
        "rust": "#f0a573",
        "blue": "#8fb7ea",
        "gold": "#e3c35c",
        "plum": "#b884bd",
        "teal_wash": "#17383a",
        "rust_wash": "#422a1b",
        "blue_wash": "#1d2f4a",
        "gold_wash": "#3a3113",
    }.items()
}

_CLASSES = ("teal", "rust", "blue", "gold")  # colours of classes 0, 1, 2, 3
_MARKERS = ("o", "^", "s", "D")  # and their shapes, so that colour is never the only sign
_VALUE, _GRADIENT = PALETTE["teal"], PALETTE["rust"]  # forward and backward, throughout the book


def _ground():
    """None for a page of the book, which may be light or dark; paper in a notebook, where nothing adapts the ink."""
    chapters = os.environ.get("BOOK_CHAPTERS", "")  # relative while the book is built: see byhand.book.section_link
    return "none" if chapters and "://" not in chapters else PALETTE["paper"]


def use_style():
    """Set matplotlib's look for the book: ink, hairlines, figures as reproducible SVG.

    The ground is transparent while the book is built, since its pages are light or dark, and paper elsewhere.
    """
    ink, muted, ground = PALETTE["ink"], PALETTE["muted"], _ground()
    plt.rcParams.update(
        {
            "figure.figsize": (6.4, 3.6),
            "figure.facecolor": ground,
            "figure.constrained_layout.use": True,
            "axes.facecolor": "none",
            "savefig.facecolor": ground,
            "savefig.transparent": ground == "none",
            "font.size": 11,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.labelsize": 11,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "legend.frameon": False,
            "mathtext.fontset": "cm",
            "text.color": ink,
            "axes.labelcolor": ink,
            "axes.titlecolor": ink,
            "axes.edgecolor": muted,
            "xtick.color": muted,
            "ytick.color": muted,
            "xtick.labelcolor": ink,
            "ytick.labelcolor": ink,
            "axes.linewidth": 0.8,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "grid.color": PALETTE["rule"],
            "grid.linewidth": 0.6,
            "lines.linewidth": 1.8,
            "lines.markersize": 5,
            "patch.edgecolor": ink,
            "hatch.color": ink,
            "axes.prop_cycle": plt.cycler(color=[PALETTE[name] for name in (*_CLASSES, "plum")]),
            # The same bytes in every build: fixed names, and glyphs as outlines, whatever fonts a reader has.
            "svg.hashsalt": "neural networks by hand",
            "svg.fonttype": "path",
        }
    )
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return  # outside a notebook there is no inline picture to choose a format for
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})


def _axes(ax, figsize=(6.4, 3.6)):
    return plt.subplots(figsize=figsize)[1] if ax is None else ax


def _text(value):
    """A number as a figure shows it: at most four digits, and never -0."""
    return value if isinstance(value, str) else f"{float(value) + 0.0:.4g}"


def _arrow(ax, start, end, *, color=None, shrink=0, curve=0.0, width=1.0, head=9):
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=head,
            shrinkA=shrink,
            shrinkB=shrink,
            connectionstyle=f"arc3,rad={curve}",
            color=color or PALETTE["muted"],
            linewidth=width,
            joinstyle="miter",
        )
    )


def computational_graph(nodes, edges, *, values=None, gradients=None, ax=None):
    """Draw a computation: values run along the arrows, gradients against them.

    Parameters
    ----------
    nodes : dict
        Name -> (column, row) or (column, row, label). Columns run to the right, rows upwards.
    edges : list of tuple
        (from, to) or (from, to, label); a label is usually the local derivative.
    values, gradients : dict, optional
        Name -> number or text, written above (teal) and below (rust) the node.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is no node, or an edge, a value or a gradient names a node that there is not.
    """
    values, gradients = values or {}, gradients or {}
    if not nodes:
        raise ValueError("computational_graph: nodes is empty, expected at least one. Fix: nodes={'x': (0, 0)}.")
    for kind, names in (
        ("edges", [n for edge in edges for n in edge[:2]]),
        ("values", values),
        ("gradients", gradients),
    ):
        for name in names:
            if name not in nodes:
                choose(name, "computational_graph", f"a node in {kind}", nodes)
    columns, rows = zip(*((place[0], place[1]) for place in nodes.values()), strict=True)
    width, height = max(columns) - min(columns) + 1.1, max(rows) - min(rows) + 1.5
    ax = _axes(ax, (min(6.6, 1.45 * width), max(1.5, 1.2 * height)))
    ax.set(xlim=(min(columns) - 0.55, max(columns) + 0.55), ylim=(min(rows) - 0.8, max(rows) + 0.75))
    ax.axis("off")
    for start, end, *label in edges:
        (x0, y0), (x1, y1) = nodes[start][:2], nodes[end][:2]
        _arrow(ax, (x0, y0), (x1, y1), shrink=16)
        if label:
            # beside the arrow: above a level or falling one, to the left of a rising one
            side = -0.09 if y1 > y0 else 0.0
            ax.text(
                (x0 + x1) / 2 + side,
                (y0 + y1) / 2 + 0.08,
                _text(label[0]),
                ha="right" if y1 > y0 else "left" if y1 < y0 else "center",
                va="bottom",
                color=PALETTE["muted"],
                size=10,
            )
    for name, (x, y, *label) in nodes.items():
        ax.plot(x, y, "o", ms=28, mfc=PALETTE["paper"], mec=PALETTE["ink"], mew=1.0, zorder=3)
        ax.text(x, y, label[0] if label else name, ha="center", va="center", zorder=4, size=11)
        if name in values:
            ax.annotate(_text(values[name]), (x, y), (0, 17), textcoords="offset points", ha="center", va="bottom",
                        color=_VALUE, weight="bold", size=10.5)  # fmt: skip
        if name in gradients:
            ax.annotate(_text(gradients[name]), (x, y), (0, -17), textcoords="offset points", ha="center", va="top",
                        color=_GRADIENT, weight="bold", size=10.5)  # fmt: skip
    return ax


def network_diagram(sizes, *, labels=None, weights=None, ax=None):
    """Draw a fully connected network, one column of units a layer.

    Parameters
    ----------
    sizes : sequence of int
        Number of units in each layer, the inputs first. Of more than 8 units the first and last are drawn.
    labels : sequence of str, optional
        A text below each layer.
    weights : sequence of array, optional
        One (n_out, n_in) array for each pair of layers: width shows size, teal is positive, rust and dashed negative.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    sizes = [whole_number(n, "network_diagram", f"sizes[{i}]") for i, n in enumerate(sizes)]
    if not sizes:
        raise ValueError("network_diagram: sizes is empty, expected at least one layer. Fix: sizes=[2, 3, 1].")
    for name, given, expected in (("labels", labels, len(sizes)), ("weights", weights, len(sizes) - 1)):
        if given is not None and len(given) != expected:
            raise ValueError(
                f"network_diagram: {name} has {len(given)} entries, expected {expected} for sizes {sizes}."
            )
    if weights is not None:
        weights = [as_float_array(w, "network_diagram", f"weights[{i}]") for i, w in enumerate(weights)]
        for i, w in enumerate(weights):
            if w.shape != (sizes[i + 1], sizes[i]):
                raise ValueError(
                    f"network_diagram: weights[{i}] has shape {w.shape}, expected {(sizes[i + 1], sizes[i])}."
                )
        top = max(np.abs(w).max() for w in weights) or 1.0
    ax = _axes(ax, (6.4, 0.55 * min(max(sizes), 8) + 1.2))
    drawn = [list(range(n)) if n <= 8 else [0, 1, 2, n - 3, n - 2, n - 1] for n in sizes]
    heights = []
    for n, units in zip(sizes, drawn, strict=True):
        rows = np.linspace((len(units) - 1) / 2, -(len(units) - 1) / 2, len(units))
        heights.append(rows + (0.5 * np.sign(rows) if n > 8 else 0))
    for k, (left, right) in enumerate(zip(heights, heights[1:], strict=False)):
        for i, y0 in enumerate(left):
            for j, y1 in enumerate(right):
                style = {"color": PALETTE["muted"], "lw": 0.7}
                if weights is not None:
                    w = weights[k][drawn[k + 1][j], drawn[k][i]]
                    style = {"color": PALETTE["teal" if w >= 0 else "rust"], "lw": 0.3 + 3 * abs(w) / top,
                             "ls": "-" if w >= 0 else "--"}  # fmt: skip
                ax.plot([k, k + 1], [y0, y1], zorder=1, **style)
    for k, (n, rows) in enumerate(zip(sizes, heights, strict=True)):
        fill = PALETTE["paper"] if k == 0 else PALETTE["teal_wash"]
        ax.plot([k] * len(rows), rows, "o", ms=19, mfc=fill, mec=PALETTE["ink"], mew=1.0, zorder=2)
        if n > 8:
            ax.plot([k] * 3, [-0.3, 0, 0.3], ".", color=PALETTE["muted"], ms=3)
    lowest = min(rows[-1] for rows in heights)
    if labels is not None:
        for k, label in enumerate(labels):
            ax.text(k, lowest - 0.6, label, ha="center", va="top", size=10)
    ax.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(lowest - (1.3 if labels else 0.6), -lowest + 0.6))
    ax.axis("off")
    return ax


def neuron_diagram(inputs=("$x_1$", "$x_2$", "$x_3$"), *, weights=None, bias="$b$", activation="$\\sigma$",
                   output="$a$", ax=None):  # fmt: skip
    """Draw an artificial neuron: weighted inputs, their sum with the bias, the activation.

    Parameters
    ----------
    inputs : sequence of str
        Labels of the inputs.
    weights : sequence of str, optional
        Labels on the arrows; $w_1$, $w_2$, ... by default.
    bias, activation, output : str
        Labels.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    if weights is None:
        weights = [f"$w_{i}$" for i in range(1, len(inputs) + 1)] if len(inputs) > 1 else ["$w$"]
    if len(weights) != len(inputs) or not inputs:
        raise ValueError(f"neuron_diagram: {len(weights)} weights for {len(inputs)} inputs, expected one for each.")
    ax = _axes(ax, (6.4, 2.6))
    rows = np.linspace((len(inputs) - 1) / 2, -(len(inputs) - 1) / 2, len(inputs)) * 0.9
    for y, name, weight in zip(rows, inputs, weights, strict=True):
        _arrow(ax, (0.13, y), (1.62, 0), shrink=12)
        ax.text(0, y, name, ha="center", va="center", size=13)
        ax.text(0.72, y * 0.56 + 0.12, weight, ha="center", va="bottom", color=_VALUE, size=12)
    ax.text(1.8, 1.0, bias, ha="center", va="bottom", color=_VALUE, size=12)
    _arrow(ax, (1.8, 0.98), (1.8, 0.28))
    _arrow(ax, (2.0, 0), (2.95, 0), shrink=5)
    ax.text(2.46, 0.1, "$z$", ha="center", va="bottom", size=12)
    _arrow(ax, (3.3, 0), (4.1, 0), shrink=5)
    for x, label, fill in ((1.8, "$\\Sigma$", "paper"), (3.15, activation, "teal_wash")):
        ax.plot(x, 0, "o", ms=33, mfc=PALETTE[fill], mec=PALETTE["ink"], mew=1.0, zorder=3)
        ax.text(x, 0, label, ha="center", va="center", size=14, zorder=4)
    ax.text(4.2, 0, output, ha="center", va="center", size=13)
    for x, label in ((1.8, "sum"), (3.15, "activation")):
        ax.annotate(label, (x, 0), (0, -21), textcoords="offset points", ha="center", va="top", size=10,
                    color=PALETTE["muted"])  # fmt: skip
    ax.set(xlim=(-0.25, 4.45), ylim=(min(rows[-1], -0.6) - 0.3, max(rows[0], 1.15) + 0.2))
    ax.axis("off")
    return ax


def biological_neuron(*, ax=None):
    """Draw a nerve cell: dendrites, cell body, axon and its terminals, each named.

    Parameters
    ----------
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax, (6.4, 2.6))
    ink, muted = PALETTE["ink"], PALETTE["muted"]

    def branch(start, bend, end, width):
        ax.add_patch(PathPatch(Path([start, bend, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3]), fill=False,
                               edgecolor=ink, linewidth=width, capstyle="round"))  # fmt: skip

    for angle in (105, 140, 180, 220, 255):
        direction = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
        across = np.array([-direction[1], direction[0]])
        root, fork = 0.4 * direction, 0.78 * direction + 0.05 * across
        branch(root, 0.6 * direction, fork, 2.2)
        for side in (-1, 1):
            tip = 1.12 * direction + side * 0.2 * across
            branch(fork, 0.95 * direction + side * 0.06 * across, tip, 1.2)
    branch((0.42, -0.02), (1.5, 0.12), (2.7, 0.0), 2.4)
    for start in np.linspace(0.8, 2.1, 4):  # the sheath of the axon
        ax.plot([start, start + 0.2], [0.055] * 2, color=PALETTE["gold"], lw=7, solid_capstyle="round", zorder=0.5)
    for rise in (0.55, 0.2, -0.2, -0.55):
        branch((2.7, 0.0), (3.0, rise * 0.3), (3.3, rise), 1.2)
        ax.plot(3.33, rise, "o", ms=5, color=ink)
    ax.add_patch(Circle((0, 0), 0.45, facecolor=PALETTE["teal_wash"], edgecolor=ink, linewidth=1.2, zorder=3))
    ax.add_patch(Circle((0.03, 0.02), 0.13, facecolor=PALETTE["teal"], edgecolor="none", zorder=4))
    for place, text, ha in (
        ((-1.12, -1.28), "dendrites receive", "center"),
        ((0.62, -0.5), "cell body adds up", "left"),
        ((1.62, 0.3), "axon conducts", "center"),
        ((3.33, -0.8), "terminals pass on", "center"),
    ):
        ax.text(*place, text, ha=ha, va="center", size=10, color=muted)
    ax.set(xlim=(-2.0, 4.2), ylim=(-1.5, 1.25), aspect="equal")
    ax.axis("off")
    return ax


def error_against_step(f, derivative, x, *, steps=None, ax=None):
    """Measure and draw the error of one-sided and centred differences against the step size.

    Parameters
    ----------
    f, derivative : callable
        A function of one number, and its true derivative.
    x : float
        The point.
    steps : array_like, optional
        Step sizes h > 0; 1e-1 down to 1e-15 by default.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    x = number(x, "error_against_step", "x")
    function(f, "error_against_step", "f", "f=np.sin")
    function(derivative, "error_against_step", "derivative", "derivative=np.cos")
    steps = np.logspace(-1, -15, 57) if steps is None else as_float_array(steps, "error_against_step", "steps")
    if steps.ndim != 1 or not (steps > 0).all():
        raise ValueError(
            f"error_against_step: steps has shape {steps.shape}, expected a row of positive numbers. "
            f"Fix: np.logspace(-1, -15, 57)."
        )
    true = derivative(x)
    forward = np.array([abs((f(x + h) - f(x)) / h - true) for h in steps])
    centred = np.array([abs((f(x + h) - f(x - h)) / (2 * h) - true) for h in steps])
    ax = _axes(ax)
    for errors, name, colour, style in (
        (forward, "one-sided", "rust", "--"),
        (centred, "centred", "teal", "-"),
    ):
        shown = np.where(errors > 0, errors, np.nan)  # an error of exactly 0 has no place on a log axis
        ax.loglog(steps, shown, style, color=PALETTE[colour], label=name)
    ax.set(xlabel="step size $h$", ylabel="error of the derivative")
    ax.legend(loc="lower right")
    ax.grid(True, which="major")
    return ax


def decision_boundary(predict, x, y, *, threshold=None, ax=None, margin=0.5, resolution=121):
    """Draw which class a model gives to each point of the plane, and the data on it.

    Parameters
    ----------
    predict : callable
        (M, 2) array -> class labels 0, 1, ... of shape (M,) or (M, 1); or scores of class 1 of the same shapes;
        or scores of all classes, shape (M, K), of which the largest decides.
    x : array, shape (N, 2)
    y : array, shape (N,)
        Class labels 0, 1, ...
    threshold : float, optional
        Scores above it mean class 1: 0 for logits (the default), 0.5 for probabilities.
    ax : matplotlib Axes, optional
    margin : float
        Space around the data, in units of x.
    resolution : int
        Points along each side.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a shape does not fit, there are more than four classes, or all scores lie between 0 and 1 and no
        threshold says whether they are logits or probabilities.
    """
    x = as_float_array(x, "decision_boundary", "x")
    if x.ndim != 2 or x.shape[1] != 2:
        raise ValueError(f"decision_boundary: x has shape {x.shape}, expected (N, 2). Fix: choose two features.")
    y = np.asarray(y).ravel()
    if len(y) != len(x):
        raise ValueError(f"decision_boundary: y has {len(y)} labels for {len(x)} samples of x.")
    low, high = x.min(axis=0) - margin, x.max(axis=0) + margin
    across, up = (np.linspace(low[k], high[k], resolution) for k in (0, 1))
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    leads = _leads(np.asarray(predict(grid)), len(grid), int(y.max()), threshold)
    classes = len(leads)
    if classes > len(_CLASSES):
        raise ValueError(f"decision_boundary: {classes} classes, expected at most {len(_CLASSES)}.")
    ax = _axes(ax, (4.6, 3.8))
    for k, lead in enumerate(leads.reshape(classes, resolution, resolution)):
        ax.contourf(across, up, lead, levels=[0, 1e12], colors=[PALETTE[f"{_CLASSES[k]}_wash"]])
        if k and lead.min() < 0 < lead.max():  # the border of class 0 is made of the others'
            ax.contour(across, up, lead, levels=[0], colors=PALETTE["ink"], linewidths=1.0)
    for k in range(classes):
        ax.plot(*x[y == k].T, _MARKERS[k], color=PALETTE[_CLASSES[k]], mec=PALETTE["paper"], mew=0.5, ms=5.5,
                label=f"class {k}")  # fmt: skip
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    return ax


def _leads(given, points, highest, threshold):
    """How far each class is ahead of the best other one, shape (K, points): its region is where that is positive."""
    if given.ndim not in (1, 2) or len(given) != points:
        raise ValueError(
            f"decision_boundary: predict returned shape {given.shape} for {(points, 2)}, expected ({points},) or "
            f"({points}, K). Fix: predict=network.predict."
        )
    if given.ndim == 2 and given.shape[1] > 1:
        scores = np.clip(np.nan_to_num(given.T.astype(float)), -1e6, 1e6)
        return np.array([s - np.delete(scores, k, axis=0).max(axis=0) for k, s in enumerate(scores)])
    given = given.ravel()
    if threshold is None and np.isin(given, np.arange(len(_CLASSES) + 1)).all():
        classes = max(int(given.max()), highest) + 1
        return np.array([np.where(given == k, 1.0, -1.0) for k in range(classes)])
    if threshold is None and given.min() >= 0 and given.max() <= 1:
        raise ValueError(
            f"decision_boundary: threshold is None, and predict returned scores from {given.min():.3g} to "
            f"{given.max():.3g}; expected to know whether these are probabilities or logits. Fix: threshold=0.5 for "
            f"probabilities, threshold=0 for logits."
        )
    lead = np.clip(np.nan_to_num(given.astype(float)) - (threshold or 0.0), -1e6, 1e6)
    return np.array([-lead, lead])


def training_curves(history, *, ax=None):
    """Draw the loss against epochs, for training and, where it was measured, validation.

    Parameters
    ----------
    history : History
        What `byhand.fit` returned.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    if not hasattr(history, "loss") or not len(history.loss):
        raise ValueError("training_curves: history holds no epoch, expected what byhand.fit returned.")
    ax = _axes(ax)
    for name, label, colour, style in (
        ("loss", "training", "teal", "-"),
        ("validation_loss", "validation", "rust", "--"),
    ):
        values = getattr(history, name, None)
        if values is not None and len(values):
            ax.plot(np.arange(1, len(values) + 1), values, style, color=PALETTE[colour], label=label)
    ax.set(xlabel="epoch", ylabel="loss")
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax


def confusion_matrix_plot(matrix, names, *, ax=None):
    """Draw a confusion matrix: rows are true classes, columns predicted ones, and every cell shows its count.

    Parameters
    ----------
    matrix : array, shape (K, K)
        Counts, true class by row.
    names : sequence of str
        The K names.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    matrix = as_float_array(matrix, "confusion_matrix_plot", "matrix")
    if matrix.ndim != 2 or matrix.shape != (len(names), len(names)):
        raise ValueError(
            f"confusion_matrix_plot: matrix has shape {matrix.shape}, expected ({len(names)}, {len(names)}), "
            f"one row and one column for each of the {len(names)} names."
        )
    size = len(names)
    ax = _axes(ax, (1.2 * size + 1.4, 0.8 * size + 1.2))
    for i, j in np.ndindex(matrix.shape):
        fill = "paper" if not matrix[i, j] else "teal_wash" if i == j else "rust_wash"
        ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=PALETTE[fill], edgecolor=PALETTE["rule"], lw=0.8))
        ax.text(j, i, f"{matrix[i, j]:.12g}", ha="center", va="center", size=13,
                weight="bold" if i == j else "normal",
                color=PALETTE["muted"] if not matrix[i, j] else PALETTE["ink"])  # fmt: skip
    ax.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), xlabel="predicted", ylabel="true")
    ax.set_xticks(range(size), names)
    ax.set_yticks(range(size), names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def matrix_shapes(factors, *, ax=None):
    """Draw arrays as rectangles in proportion, with what lies between them: the shape ledger of a product.

    Parameters
    ----------
    factors : list
        Arrays as (symbol, rows, columns, name of rows, name of columns), and texts such as "=" or "@" between them.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    arrays = [f for f in factors if not isinstance(f, str)]
    if not arrays:
        raise ValueError("matrix_shapes: factors holds no array, expected at least one (symbol, rows, columns, ...).")
    for f in arrays:
        if len(f) != 5:
            raise ValueError(
                f"matrix_shapes: a factor is {f!r}, expected (symbol, rows, columns, row name, column name)."
            )
        whole_number(f[1], "matrix_shapes", "rows")
        whole_number(f[2], "matrix_shapes", "columns")
    tallest = max(f[1] for f in arrays)
    unit = 0.42
    ax = _axes(ax, (6.4, unit * tallest * 0.75 + 1.2))
    x = 0.0
    for f in factors:
        if isinstance(f, str):
            ax.text(x + 0.4, 0, f, ha="center", va="center", size=14)
            x += 0.8
            continue
        symbol, rows, columns, row_name, column_name = f
        width, height = unit * columns, unit * rows
        x += 0.35
        ax.add_patch(Rectangle((x, -height / 2), width, height, facecolor=PALETTE["teal_wash"],
                               edgecolor=PALETTE["ink"], linewidth=1.0))  # fmt: skip
        for k in range(1, columns):
            ax.plot([x + unit * k] * 2, [-height / 2, height / 2], color=PALETTE["paper"], lw=0.6)
        for k in range(1, rows):
            ax.plot([x, x + width], [height / 2 - unit * k] * 2, color=PALETTE["paper"], lw=0.6)
        ax.text(x + width / 2, 0, symbol, ha="center", va="center", size=13)
        ax.text(x - 0.08, 0, row_name, ha="right", va="center", size=10, color=_GRADIENT, rotation=90)
        ax.text(x + width / 2, height / 2 + 0.08, column_name, ha="center", va="bottom", size=10, color=_VALUE)
        x += width + 0.1
    ax.set(xlim=(-0.05, x + 0.1), ylim=(-unit * tallest / 2 - 0.15, unit * tallest / 2 + 0.5), aspect="equal")
    ax.axis("off")
    return ax
