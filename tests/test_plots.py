"""Figures: they show what they are given, in the palette's colours, legibly for everyone, the same every time."""

import importlib.util
import io
import itertools
import re
import subprocess
import sys
import types

import byhand
import numpy as np
import pytest
from byhand import plots
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import FancyArrowPatch, Rectangle

PALETTE, DARK = plots.PALETTE, plots.DARK


@pytest.fixture(autouse=True)
def style():
    """The book's look for each test, and matplotlib's own afterwards."""
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def text_of(ax, words):
    (found,) = [text for text in ax.texts if text.get_text() == words]
    return found


def arrows(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


def rectangles(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def colour(name):
    return to_hex(PALETTE[name])


def a_history():
    history = byhand.History()
    history.loss, history.validation_loss = [3.0, 2.0, 1.5], [3.5, 2.5, 2.0]
    return history


POINTS, CLASSES = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1], [2, 2], [3, 0]]), np.array([0, 1, 1, 0, 2, 3])

EXAMPLES = {
    "computational_graph": lambda: plots.computational_graph(
        {"x": (0, 0), "g": (1, 0, "$x^2$"), "y": (2, 1), "b": (0, 1), "c": (1, -1)},
        [("x", "g", 6), ("g", "y", 2.0), ("b", "y"), ("x", "c", "1")],
        values={"x": 3, "g": 9.0, "y": 19},
        gradients={"x": 12, "y": 1.0, "g": -0.0},
    ),
    "network_diagram": lambda: plots.network_diagram(
        [3, 2, 12], labels=["in", "hidden", "out"], weights=[np.array([[1.0, -2, 0], [4, 0.5, -1]]), np.ones((12, 2))]
    ),
    "neuron_diagram": plots.neuron_diagram,
    "biological_neuron": plots.biological_neuron,
    "error_against_step": lambda: plots.error_against_step(np.sin, np.cos, 1.0),
    "decision_boundary, labels": lambda: plots.decision_boundary(
        lambda x: np.clip(x[:, 0], 0, 3).astype(int), POINTS, CLASSES
    ),
    "decision_boundary, scores": lambda: plots.decision_boundary(
        lambda x: x[:, :1] - 0.5, POINTS[:4], CLASSES[:4], resolution=31
    ),
    "training_curves": lambda: plots.training_curves(a_history()),
    "confusion_matrix_plot": lambda: plots.confusion_matrix_plot([[5, 0, 1], [2, 7, 0], [0, 0, 9]], ["a", "b", "c"]),
    "matrix_shapes": lambda: plots.matrix_shapes(
        [("$Z$", 4, 2, "N", "n_out"), "=", ("$X$", 4, 3, "N", "n_in"), "@", ("$W^T$", 3, 2, "n_in", "n_out")]
    ),
}


def as_svg(draw):
    picture = io.BytesIO()
    draw().figure.savefig(picture, format="svg", metadata={"Date": None})
    plt.close("all")
    return picture.getvalue().decode()


def test_every_public_drawing_has_an_example():
    drawings = {name for name in plots.__all__ if callable(getattr(plots, name))} - {"use_style"}
    assert drawings == {name.partition(",")[0] for name in EXAMPLES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_only_colours_of_the_palette_reach_the_file(name):
    svg = as_svg(EXAMPLES[name])
    used = {found.lower() for found in re.findall(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=[;\"'])", svg)}
    assert used and used <= set(PALETTE.values()), used - set(PALETTE.values())
    assert not re.search(r"rgba?\(|fill: *(black|white)|<image", svg)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_is_the_same_bytes_twice_and_says_no_date(name):
    once, twice = as_svg(EXAMPLES[name]), as_svg(EXAMPLES[name])
    assert once == twice
    assert "<dc:date>" not in once


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_is_drawn_into_the_axes_it_is_given(name, monkeypatch):
    _, ax = plt.subplots()
    module = getattr(plots, name.partition(",")[0])

    def into(*args, **kwargs):
        return module(*args, **{**kwargs, "ax": ax})

    monkeypatch.setattr(plots, name.partition(",")[0], into)
    drawn = into() if name in ("neuron_diagram", "biological_neuron") else EXAMPLES[name]()
    assert drawn is ax
    assert len(plt.get_fignums()) == 1
    assert ax.has_data() or ax.patches


# ---- what each shows --------------------------------------------------------------------------


def test_a_graph_shows_its_nodes_values_gradients_and_edges():
    ax = EXAMPLES["computational_graph"]()
    shown = texts(ax)
    for label in ("x", "$x^2$", "y", "b", "c"):
        assert label in shown
    assert "g" not in shown  # it has a label of its own
    for value in ("3", "9", "19"):
        assert to_hex(text_of(ax, value).get_color()) == colour("teal")
    # 1 is the gradient of y and the label of an edge; 0 is -0. without its sign
    for value in ("12", "0"):
        assert to_hex(text_of(ax, value).get_color()) == colour("rust")
    assert sorted(to_hex(t.get_color()) for t in ax.texts if t.get_text() == "1") == sorted(
        [colour("rust"), colour("muted")]
    )
    assert len(arrows(ax)) == 4 and len(ax.lines) == 5
    # values stand above their node, gradients below
    above, below = (text_of(ax, value) for value in ("19", "12"))
    assert above.xy == (2, 1) and above.xyann[1] > 0
    assert below.xy == (0, 0) and below.xyann[1] < 0
    low, high = ax.get_xlim()
    assert low < 0 and high > 2


def test_a_network_has_one_circle_a_unit_and_one_line_a_weight():
    ax = plots.network_diagram([3, 2, 1], labels=["in", "hidden", "out"])
    units = [line for line in ax.lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in units] == [3, 2, 1]
    assert len(ax.lines) - len(units) == 3 * 2 + 2 * 1
    assert texts(ax) == ["in", "hidden", "out"]


def test_many_units_are_cut_short_with_dots():
    ax = plots.network_diagram([9, 2])
    units = [line for line in ax.lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in units] == [6, 2]
    assert [len(line.get_xdata()) for line in ax.lines if line.get_marker() == "."] == [3]
    assert texts(ax) == []


def test_weights_show_in_width_colour_and_dashes():
    ax = plots.network_diagram([2, 1], weights=[np.array([[2.0, -1.0]])])
    positive, negative = (line for line in ax.lines if line.get_marker() in ("None", None, ""))
    assert (to_hex(positive.get_color()), positive.get_linestyle()) == (colour("teal"), "-")
    assert (to_hex(negative.get_color()), negative.get_linestyle()) == (colour("rust"), "--")
    # .3 + 3 |w| / largest
    assert (positive.get_linewidth(), negative.get_linewidth()) == (pytest.approx(3.3), pytest.approx(1.8))
    for line in plots.network_diagram([2, 1], weights=[np.zeros((1, 2))]).lines:
        assert np.isfinite(line.get_linewidth())


def test_a_neuron_shows_its_labels():
    ax = plots.neuron_diagram(["$p$", "$q$"], weights=["2", "-1"], bias="$c$", activation="$f$", output="$y$")
    assert {"$p$", "$q$", "2", "-1", "$c$", "$f$", "$y$", "$\\Sigma$", "$z$", "sum", "activation"} == set(texts(ax))
    assert len(arrows(ax)) == 2 + 3  # inputs; bias, z and output
    assert {"$x_1$", "$w_3$"} <= set(texts(plots.neuron_diagram()))
    assert "$w$" in texts(plots.neuron_diagram(["$x$"]))


def test_a_nerve_cell_names_its_parts():
    ax = plots.biological_neuron()
    for part in ("dendrites", "cell body", "axon", "terminals"):
        assert any(part in words for words in texts(ax))
    assert ax.get_aspect() == 1.0


def test_errors_against_the_step_are_measured_and_make_a_v():
    ax = plots.error_against_step(np.sin, np.cos, 1.0)
    lines = {line.get_label(): line for line in ax.lines}
    assert set(lines) == {"one-sided", "centred"}
    steps, centred = lines["centred"].get_data()
    h = steps[8]
    assert centred[8] == abs((np.sin(1 + h) - np.sin(1 - h)) / (2 * h) - np.cos(1))
    for line in lines.values():
        errors = line.get_ydata()
        lowest = int(np.nanargmin(errors))
        assert 0 < lowest < len(errors) - 1
        assert errors[0] > 1e3 * errors[lowest] < errors[-1]
    assert "step" in ax.get_xlabel() and "error" in ax.get_ylabel()
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one-sided", "centred"]


def test_an_error_of_exactly_zero_is_left_out_of_a_log_axis():
    ax = plots.error_against_step(lambda x: 2 * x, lambda x: 2.0, 1.0, steps=[0.5, 0.25])
    for line in ax.lines:
        assert np.isnan(line.get_ydata()).all()


def test_a_boundary_shows_every_point_in_the_sign_and_colour_of_its_class():
    ax = EXAMPLES["decision_boundary, labels"]()
    assert len(ax.lines) == 4
    for k, (line, marker, name) in enumerate(zip(ax.lines, "o^sD", ("teal", "rust", "blue", "gold"), strict=True)):
        np.testing.assert_array_equal(np.column_stack(line.get_data()), POINTS[k == CLASSES])
        assert (line.get_marker(), to_hex(line.get_color()), line.get_label()) == (marker, colour(name), f"class {k}")
    assert ax.get_xlim() == (-0.5, 3.5) and ax.get_ylim() == (-0.5, 2.5)


@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
@pytest.mark.parametrize("scale", [1.0, 1e-3, np.inf])
def test_the_boundary_of_scores_lies_where_they_are_zero(shape, scale):
    def predict(x):
        with np.errstate(invalid="ignore"):
            return ((x[:, 0] - 0.5) * scale).reshape(shape)

    ax = plots.decision_boundary(predict, POINTS[:4], CLASSES[:4], resolution=61)
    line = ax.collections[-1].get_paths()[0].vertices
    np.testing.assert_allclose(line[:, 0], 0.5, atol=0.05)


def three_thirds(x):
    """Scores of three classes whose regions are sectors about the point (1.5, 1)."""
    angles = 2 * np.pi * np.arange(3) / 3 + 0.1
    return (x - [1.5, 1.0]) @ np.array([np.cos(angles), np.sin(angles)])


@pytest.mark.parametrize("predict", [three_thirds, lambda x: three_thirds(x).argmax(axis=1)])
def test_each_of_three_regions_holds_the_points_of_its_class_alone(predict):
    ax = plots.decision_boundary(predict, POINTS, np.minimum(CLASSES, 2), resolution=61)
    fills = {to_hex(c.get_facecolor()[0]): c for c in ax.collections if len(c.get_facecolor())}
    spots = np.random.default_rng(0).uniform((-0.5, -0.5), (3.5, 2.5), (300, 2))
    scores = np.sort(three_thirds(spots), axis=1)
    spots = spots[scores[:, 2] - scores[:, 1] > 0.2]  # not on a border
    for k, name in enumerate(("teal", "rust", "blue")):
        paths = fills[colour(f"{name}_wash")].get_paths()
        inside = np.any([path.contains_points(spots) for path in paths], axis=0)
        np.testing.assert_array_equal(inside, three_thirds(spots).argmax(axis=1) == k)


def test_probabilities_need_a_threshold():
    def probability(x):
        return 1 / (1 + np.exp(-(x[:, 0] - 0.5)))

    with pytest.raises(ValueError, match="threshold is None.*0.5 for probabilities"):
        plots.decision_boundary(probability, POINTS[:4], CLASSES[:4])
    ax = plots.decision_boundary(probability, POINTS[:4], CLASSES[:4], threshold=0.5, resolution=61)
    np.testing.assert_allclose(ax.collections[-1].get_paths()[0].vertices[:, 0], 0.5, atol=0.05)


def test_a_boundary_of_one_class_alone_is_drawn():
    ax = plots.decision_boundary(lambda x: np.zeros(len(x), int), POINTS[:4], np.zeros(4, int))
    assert len(ax.lines) == 1


def test_curves_show_the_losses_at_their_epochs():
    ax = plots.training_curves(a_history())
    training, validation = ax.lines
    np.testing.assert_array_equal(training.get_data(), [[1, 2, 3], [3.0, 2.0, 1.5]])
    np.testing.assert_array_equal(validation.get_data(), [[1, 2, 3], [3.5, 2.5, 2.0]])
    assert training.get_linestyle() != validation.get_linestyle()
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_ylim()[0]) == ("epoch", "loss", 0)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]


def test_curves_without_validation_have_one_line():
    history = a_history()
    history.validation_loss = []
    assert len(plots.training_curves(history).lines) == 1


def test_a_confusion_matrix_shows_every_count_at_its_place():
    matrix = [[5, 0, 1], [2, 7, 0], [0, 0, 12345678]]
    ax = plots.confusion_matrix_plot(matrix, ["a", "b", "c"])
    assert {(t.get_position(), t.get_text()) for t in ax.texts} == {
        ((j, i), str(matrix[i][j])) for i in range(3) for j in range(3)
    }
    fills = {(patch.get_x() + 0.5, patch.get_y() + 0.5): to_hex(patch.get_facecolor()) for patch in rectangles(ax)}
    assert fills[0, 0] == fills[1, 1] == colour("teal_wash")
    assert fills[2, 0] == fills[0, 1] == colour("rust_wash")  # (column, row): what was mistaken
    assert fills[1, 0] == colour("paper")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["a", "b", "c"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first class on top, as in the array


def test_a_shape_ledger_draws_rectangles_in_proportion():
    ax = EXAMPLES["matrix_shapes"]()
    sizes = [(round(r.get_height() / 0.42), round(r.get_width() / 0.42)) for r in rectangles(ax)]
    assert sizes == [(4, 2), (4, 3), (3, 2)]
    starts = [(r.get_x(), r.get_x() + r.get_width()) for r in rectangles(ax)]
    assert all(left[1] < right[0] for left, right in itertools.pairwise(starts))
    for words in ("$Z$", "$X$", "$W^T$", "=", "@"):
        assert text_of(ax, words)
    assert (texts(ax).count("N"), texts(ax).count("n_in"), texts(ax).count("n_out")) == (2, 2, 2)


@pytest.mark.parametrize(
    ("value", "shown"), [(1, "1"), (0.1234567, "0.1235"), (-0.0, "0"), (12345.678, "1.235e+04"), ("?", "?")]
)
def test_numbers_are_shown_in_four_digits(value, shown):
    assert shown in texts(plots.computational_graph({"a": (0, 0, "node")}, [], values={"a": value}))


# ---- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: plots.computational_graph({"loss": (0, 0)}, [], values={"los": 1}),
            ValueError,
            ["computational_graph", "values", "'los'", "Did you mean 'loss'"],
        ),
        (lambda: plots.computational_graph({"x": (0, 0)}, [("x", "y")]), ValueError, ["edges", "'y'"]),
        (
            lambda: plots.computational_graph({"x": (0, 0)}, [], gradients={"z": 1}),
            ValueError,
            ["gradients", "'z'"],
        ),
        (lambda: plots.computational_graph({}, []), ValueError, ["computational_graph", "nodes"]),
        (lambda: plots.network_diagram([2, 0]), ValueError, ["network_diagram", "sizes", "at least 1"]),
        (lambda: plots.network_diagram([]), ValueError, ["network_diagram", "sizes"]),
        (lambda: plots.network_diagram([2, 1], labels=["in"]), ValueError, ["labels", "1", "2"]),
        (lambda: plots.network_diagram([2, 1], weights=[]), ValueError, ["weights", "0", "1"]),
        (
            lambda: plots.network_diagram([2, 1], weights=[np.ones((2, 1))]),
            ValueError,
            ["weights[0]", "(2, 1)", "(1, 2)"],
        ),
        (lambda: plots.neuron_diagram(["a", "b"], weights=["w"]), ValueError, ["1 weights", "2 inputs"]),
        (lambda: plots.neuron_diagram([]), ValueError, ["0 inputs"]),
        (lambda: plots.error_against_step(np.sin, np.cos, "1"), TypeError, ["error_against_step", "x"]),
        (
            lambda: plots.error_against_step(np.sin, np.cos, 1.0, steps=[0.1, -0.1]),
            ValueError,
            ["steps", "positive", "logspace"],
        ),
        (lambda: plots.error_against_step(np.sin, 0.5, 1.0), TypeError, ["derivative", "function"]),
        (
            lambda: plots.decision_boundary(lambda x: x[:, 0], np.ones((4, 3)), [0, 1, 0, 1]),
            ValueError,
            ["(4, 3)", "(N, 2)", "two features"],
        ),
        (
            lambda: plots.decision_boundary(lambda x: x[:, 0], POINTS, [0, 1]),
            ValueError,
            ["2 labels", "6 samples"],
        ),
        (lambda: plots.decision_boundary(lambda x: x[:5], POINTS, CLASSES), ValueError, ["predict", "(5, 2)"]),
        (
            lambda: plots.decision_boundary(lambda x: x[:, 0].astype(int), POINTS, CLASSES + 3),
            ValueError,
            ["classes", "at most 4"],
        ),
        (lambda: plots.training_curves([1.0, 2.0]), ValueError, ["history", "fit"]),
        (lambda: plots.training_curves(byhand.History()), ValueError, ["no epoch"]),
        (
            lambda: plots.confusion_matrix_plot(np.ones((2, 3)), ["a", "b"]),
            ValueError,
            ["(2, 3)", "(2, 2)", "names"],
        ),
        (lambda: plots.matrix_shapes([("$A$", 2, 3)]), ValueError, ["'$A$'", "row name"]),
        (lambda: plots.matrix_shapes([("$A$", 0, 3, "N", "K")]), ValueError, ["rows", "at least 1"]),
        (lambda: plots.matrix_shapes(["="]), ValueError, ["matrix_shapes", "array"]),
    ],
)
def test_bad_input_is_refused_with_a_cure(call, error, words):
    with pytest.raises(error) as raised:
        call()
    for word in words:
        assert word in str(raised.value)


# ---- colours ----------------------------------------------------------------------------------


def linear(rgb):
    """Light of an sRGB colour, a number a channel (IEC 61966-2-1)."""
    rgb = np.asarray(to_rgb(rgb) if isinstance(rgb, str) else rgb)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    """Contrast ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(light):
    """CIE L*a*b* of linear sRGB under D65, where a distance of 2.3 is just noticeable."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ light
    t = xyz / [0.9505, 1.0, 1.089]
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


# Machado, Oliveira and Fernandes (2009), severity 1: what is seen without one kind of cone, in linear sRGB
SEEN_WITH = {
    "full colour vision": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
LINES = ("teal", "rust", "blue", "gold", "plum")
THEMES = {"light": PALETTE, "dark": {name: DARK[colour] for name, colour in PALETTE.items()}}


def test_the_measures_of_colour_agree_with_published_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    np.testing.assert_allclose(lab(linear("#ffffff")), [100, 0, 0], atol=0.05)
    np.testing.assert_allclose(lab(linear("#ff0000")), [53.2, 80.1, 67.2], atol=0.1)
    for matrix in SEEN_WITH.values():  # white stays white
        np.testing.assert_allclose(np.sum(matrix, axis=1), 1.0, atol=1e-4)


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_lines_stand_out_from_the_paper(theme):
    colours = THEMES[theme]
    for name in ("ink", "muted", "teal", "rust"):
        assert contrast(colours[name], colours["paper"]) >= 4.5, name
    for name in (*LINES, "ink", "muted"):
        assert contrast(colours[name], colours["paper"]) >= 3.0, name
    for wash in ("teal_wash", "rust_wash", "blue_wash", "gold_wash"):
        assert contrast(colours["ink"], colours[wash]) >= 4.5, wash
        assert contrast(colours[wash.removesuffix("_wash")], colours[wash]) >= 2.8, wash


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SEEN_WITH)
def test_lines_can_be_told_apart_by_everyone(theme, sight):
    seen = {name: lab(np.clip(SEEN_WITH[sight] @ linear(THEMES[theme][name]), 0, 1)) for name in LINES}
    distances = {pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]]) for pair in itertools.combinations(LINES, 2)}
    nearest = min(distances, key=distances.get)
    assert distances[nearest] >= 14.0, (nearest, distances[nearest])
    # the two that stand alone in most figures: forward and backward, training and validation
    assert distances["teal", "rust"] >= 25.0


def test_dark_colours_take_the_place_of_light_ones_one_to_one():
    assert set(DARK) == set(PALETTE.values()) and len(set(PALETTE.values())) == len(PALETTE)
    assert len(set(DARK.values())) == len(DARK)
    assert not set(DARK) & set(DARK.values())  # replacing one never makes another
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in (*DARK, *DARK.values()))


# ---- the look ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chapters", "ground"), [(".", "none"), ("", PALETTE["paper"]), ("https://a.example/book", PALETTE["paper"])]
)
def test_the_ground_is_transparent_on_the_books_pages_and_paper_elsewhere(chapters, ground, monkeypatch):
    monkeypatch.setenv("BOOK_CHAPTERS", chapters)
    with plt.rc_context():
        plots.use_style()
        assert plt.rcParams["figure.facecolor"] == plt.rcParams["savefig.facecolor"] == ground
        assert plt.rcParams["savefig.transparent"] == (ground == "none")
        assert plt.rcParams["axes.facecolor"] == "none"


def test_lines_have_the_palettes_colours():
    assert plt.rcParams["axes.prop_cycle"].by_key()["color"] == [PALETTE[name] for name in LINES]


def run(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, env={"MPLBACKEND": "agg"}
    )


@pytest.mark.parametrize("absent", [[], ["IPython"], ["matplotlib_inline"], ["IPython", "matplotlib_inline"]])
def test_the_style_works_outside_a_notebook(absent):
    hide = "".join(f"sys.modules[{name!r}] = sys.modules[{name + '.backend_inline'!r}] = None; " for name in absent)
    result = run(
        f"import sys; {hide}from byhand import plots; plots.use_style(); print(plots.neuron_diagram().texts[0])"
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("absent", ["IPython", "matplotlib_inline.backend_inline"])
def test_the_style_needs_no_notebook(absent, monkeypatch):
    monkeypatch.setitem(sys.modules, absent, None)
    plt.rcParams["svg.hashsalt"] = "another"
    plots.use_style()
    assert plt.rcParams["svg.hashsalt"] != "another"


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    monkeypatch.delattr("matplotlib.pyplot")
    # loaded a second time under another name, so that the module of the other tests stays as it is
    specification = importlib.util.spec_from_file_location("plots_again", plots.__file__)
    with pytest.raises(ImportError, match=r"byhand.plots needs matplotlib. Fix: pip install matplotlib"):
        specification.loader.exec_module(importlib.util.module_from_spec(specification))


@pytest.mark.parametrize("inside", [True, False])
def test_in_a_notebook_pictures_become_svg_without_a_date(inside, monkeypatch):
    asked = []
    shell = types.SimpleNamespace(get_ipython=lambda: object() if inside else None)
    inline = types.SimpleNamespace(set_matplotlib_formats=lambda *formats, **options: asked.append((formats, options)))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "matplotlib_inline.backend_inline", inline)
    plots.use_style()
    assert asked == ([(("svg",), {"metadata": {"Date": None}})] if inside else [])
