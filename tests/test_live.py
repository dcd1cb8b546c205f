"""The live figures: their numbers are the package's, and they serve every reader.

The kernel, book/figures-live/kernel.js, runs in the browser that reads the book, on inputs made here, and is held
against `byhand`. The figures are tried out on a page of their own, built by the book's own extension, opened
from disk: what works there works on a server too.
"""

import re

import byhand
import numpy as np
import pytest
from browsing import NARROW, WIDE, Visit
from byhand import data, plots
from live import SOURCE, names
from sklearn.datasets import make_circles, make_moons

FIGURES = names()
CAPTION = "What to do with this figure."
STILL = "The still figure stands here."


# ---- the kernel against the package ---------------------------------------------------------------


@pytest.fixture(scope="module")
def kernel(browser):
    """kernel(body, **inputs): what the JavaScript function body returns, with k the kernel and i the inputs."""
    page = browser.new_page()
    page.add_script_tag(path=SOURCE / "kernel.js")

    def run(body, **inputs):
        plain = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in inputs.items()}
        return page.evaluate(f"i => {{ 'use strict'; const k = byhandKernel; {body} }}", plain)

    yield run
    page.close()


def same(found, expected, tolerance=1e-12):
    """Both agree to the tolerance: relative to numbers above 1, absolute below."""
    expected = np.asarray(expected, float)
    found = np.asarray(found, float).reshape(expected.shape)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


Z = np.concatenate([np.linspace(-12, 12, 481), [0.0, 1e-8, -1e-8, 40.0, -40.0, 700.0, -700.0]])


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "sigmoid", "tanh", "elu", "softplus", "gelu"])
def test_activations(kernel, name):
    a, slope = kernel(
        "const f = k.activations[i.name]; return [i.z.map(z => f.value(z)), i.z.map(z => f.slope(z))]", name=name, z=Z
    )
    expected, cache = getattr(byhand, f"{name}_forward")(Z)
    same(a, expected)
    same(slope, getattr(byhand, f"{name}_backward")(np.ones_like(Z), cache))


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
def test_activations_with_alpha(kernel, name):
    a, slope = kernel(
        "const f = k.activations[i.name]; return [i.z.map(z => f.value(z, 0.3)), i.z.map(z => f.slope(z, 0.3))]",
        name=name,
        z=Z,
    )
    expected, cache = getattr(byhand, f"{name}_forward")(Z, 0.3)
    same(a, expected)
    same(slope, getattr(byhand, f"{name}_backward")(np.ones_like(Z), cache))


def test_the_explorer_offers_the_packages_activations(kernel):
    known = {name.removesuffix("_forward") for name in byhand.activations.__all__ if name.endswith("_forward")}
    assert set(kernel("return Object.keys(k.activations)")) == known - {"identity"}


PASS = """
    const network = {sizes: i.sizes, activation: i.activation,
                     layers: i.layers.map(([W, b]) => ({W: Float64Array.from(W.flat()), b: Float64Array.from(b)}))};
    const {output, caches} = k.forward(network, Float64Array.from(i.x.flat()));
    const {loss, dlogits} = k.bceWithLogits(output, i.y);
    const {dx, grads} = k.backward(network, dlogits, caches);
    return {output: [...output], loss, dx: [...dx], grads: grads.map(g => [[...g.dW], [...g.db]])};
"""


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", "leaky_relu"])
@pytest.mark.parametrize("sizes", [[2, 1], [2, 5, 1], [2, 7, 3, 4, 1]])
def test_a_network_forward_and_backward(kernel, rng, sizes, activation):
    network = byhand.mlp(sizes, activation, rng=rng)
    layers = [layer.params for layer in network.layers if layer.params]
    for params in layers:
        params["b"] += 0.1 * rng.standard_normal(params["b"].shape)
    x, y = rng.standard_normal((9, 2)), rng.integers(0, 2, (9, 1)).astype(float)
    found = kernel(
        PASS,
        sizes=sizes,
        activation=activation,
        x=x,
        y=y[:, 0],
        layers=[[p["W"].tolist(), p["b"].tolist()] for p in layers],
    )
    logits, caches = network.forward(x)
    loss, cache = byhand.binary_cross_entropy_forward(logits, y)
    dx, grads = network.backward(byhand.binary_cross_entropy_backward(1.0, cache), caches)
    same(found["output"], logits)
    same(found["loss"], loss)
    same(found["dx"], dx)
    for (dW, db), layer in zip(found["grads"], [f"{n}" for n in range(0, len(network.layers), 2)], strict=True):
        same(dW, grads[f"{layer}.W"])
        same(db, grads[f"{layer}.b"])


OPTIMIZERS = {
    "gradient": lambda lr: byhand.SGD(lr),
    "momentum": lambda lr: byhand.SGD(lr, momentum=0.9),
    "nesterov": lambda lr: byhand.SGD(lr, momentum=0.9, nesterov=True),
    "rmsprop": lambda lr: byhand.RMSprop(lr),
    "adam": lambda lr: byhand.Adam(lr),
}
SURFACES = {
    "valley": lambda x, y: 0.5 * x**2 + 10 * y**2,
    "saddle": lambda x, y: 0.5 * x**2 - 0.5 * y**2 + 0.25 * y**4,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 10 * (y - x**2) ** 2,
}


def test_the_race_has_these_runners_and_surfaces(kernel):
    assert set(kernel("return Object.keys(k.updates)")) == set(OPTIMIZERS)
    assert set(kernel("return Object.keys(k.surfaces)")) == set(SURFACES)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimisers(kernel, rng, name):
    """A hundred steps with arbitrary gradients, on two arrays at once."""
    w = {"a": rng.standard_normal(4), "b": rng.standard_normal(3)}
    gradients = [{"a": rng.standard_normal(4), "b": rng.standard_normal(3)} for _ in range(100)]
    found = kernel(
        """const w = i.w.map(one => Float64Array.from(one)), {step} = k.optimizer(i.name, 0.05);
           for (const g of i.gradients) step(w, g);
           return w.map(one => [...one])""",
        name=name,
        w=[one.tolist() for one in w.values()],
        gradients=[[one.tolist() for one in g.values()] for g in gradients],
    )
    optimizer = OPTIMIZERS[name](0.05)
    for g in gradients:
        optimizer.step(w, g)
    same(found[0], w["a"])
    same(found[1], w["b"])


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_walks(kernel, surface, name):
    f, start = SURFACES[surface], np.array(kernel("return k.surfaces[i.s].start", s=surface))
    path = kernel("return k.walk(i.s, i.name, 0.004, k.surfaces[i.s].start, 60)", s=surface, name=name)
    w, optimizer, h = start.copy(), OPTIMIZERS[name](0.004), 1e-30
    assert len(path) == 61
    for place in path:
        same(place, w, 1e-11)  # sixty steps in a curved valley let the last digits grow apart
        g = np.array([f(w[0] + 1j * h, w[1]).imag, f(w[0], w[1] + 1j * h).imag]) / h  # the complex step is exact
        same(kernel("return k.surfaces[i.s].gradient(...i.w)", s=surface, w=w), g)
        same(kernel("return k.surfaces[i.s].f(...i.w)", s=surface, w=w), f(*w))
        optimizer.step({"w": w}, {"w": g})


def test_stars_stand_at_lowest_points(kernel):
    for surface in SURFACES:
        for place in kernel("return k.surfaces[i.s].lowest", s=surface):
            same(kernel("return k.surfaces[i.s].gradient(...i.w)", s=surface, w=place), [0.0, 0.0])


def test_a_walk_that_diverges_ends(kernel):
    path = kernel("return k.walk('valley', 'gradient', 1, [1, 1], 200)")
    assert len(path) < 20 and abs(path[-1][1]) >= 1e6


def xorshift(seed):
    """The generator once more, in Python's whole numbers."""
    state = ((seed * 0x9E3779B1) & 0xFFFFFFFF) ^ 0x6D2B79F5 or 1
    turn = 0
    while True:
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        turn += 1
        if turn > 16:
            yield state / 2**32


@pytest.mark.parametrize("seed", [0, 1, 2, 999999])
def test_random_numbers_are_the_same_everywhere(kernel, seed):
    found = kernel("const g = k.generator(i.seed); return Array.from({length: 50}, g.uniform)", seed=seed)
    stream = xorshift(seed)
    assert found == [next(stream) for _ in range(50)]


def test_normal_numbers_and_permutations(kernel):
    normal = np.array(kernel("const g = k.generator(7); return Array.from({length: 20000}, g.normal)"))
    assert abs(normal.mean()) < 0.03 and abs(normal.std() - 1) < 0.03 and abs(np.mean(normal**3)) < 0.1
    orders = kernel("const g = k.generator(7); return Array.from({length: 3000}, () => [...g.permutation(4)])")
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    assert len(counts) == 24 and counts.min() > 80


def test_the_shapes_are_those_of_the_package(kernel):
    points = "return Array.from({length: i.n}, (_, j) => k.shapes[i.name](j, i.n))"
    for name, (x, y) in {
        "moons": make_moons(41, noise=None, shuffle=False),
        "circles": make_circles(40, noise=None, factor=0.5, shuffle=False),
    }.items():
        same(kernel(points, name=name, n=len(x)), np.column_stack([x, y]))
    arms = data.spiral(40, 0.0, classes=2, turns=0.9, rng=0)
    found = np.array(kernel(points, name="spiral", n=40))
    order = np.lexsort(np.round(found, 9).T)
    expected = np.column_stack([arms.x, arms.y])
    same(found[order], expected[np.lexsort(np.round(expected, 9).T)])
    same(kernel(points, name="xor", n=4), np.column_stack(tuple(data.xor())))


def test_data_are_standardised(kernel):
    for name in ("xor", "moons", "circles", "spiral"):
        x, y = kernel("const d = k.dataset(i.name, 200, 0.1, k.generator(3)); return [[...d.x], [...d.y]]", name=name)
        x = np.reshape(x, (200, 2))
        same(x.mean(axis=0), [0, 0])
        same(x.std(axis=0), [1, 1])
        assert sorted(set(y)) == [0, 1] and sum(y) == 100


TRAIN = """
    const rng = k.generator(i.seed), data = k.dataset(i.data, 200, i.noise, rng), network = k.mlp(i.sizes, "tanh", rng);
    const copy = () => network.layers.map(l => [[...l.W], [...l.b]]);
    const first = copy();
    for (let e = 0; e < i.epochs; e += 1) k.epoch(network, data, i.lr, i.batch, rng);
    return {first, last: copy(), x: [...data.x], y: [...data.y], ...k.evaluate(network, data)};
"""


def test_full_batch_training_is_that_of_the_package(kernel):
    """Fifty epochs of one batch each, from the weights that the kernel drew; the order of a sum is all that differs."""
    settings = dict(seed=4, data="moons", noise=0.15, sizes=[2, 6, 1], lr=0.3, batch=200, epochs=50)
    run = kernel(TRAIN, **settings)
    network = byhand.mlp([2, 6, 1], "tanh", rng=0)
    for layer, (W, b) in zip(network.layers[::2], run["first"], strict=True):
        layer.params["W"][...] = np.reshape(W, layer.params["W"].shape)
        layer.params["b"][...] = b
    x, y = np.reshape(run["x"], (200, 2)), np.reshape(run["y"], (200, 1))
    byhand.fit(network, byhand.BCEWithLogitsLoss(), byhand.SGD(0.3), x, y, epochs=50, rng=0, progress=False)
    for layer, (W, b) in zip(network.layers[::2], run["last"], strict=True):
        same(W, layer.params["W"])
        same(b, layer.params["b"])
    same(run["loss"], byhand.BCEWithLogitsLoss().forward(network.predict(x), y)[0])
    same(run["accuracy"], np.mean((network.predict(x) > 0) == (y > 0.5)))


def test_batches_are_those_of_the_package(kernel):
    """Three epochs of batches of 30, with a short last one, in the order that the kernel drew."""
    watch = """const orders = [], deal = rng.permutation;
               rng.permutation = (n) => { orders.push([...deal(n)]); return orders.at(-1); };"""
    body = TRAIN.replace("const copy", f"{watch} const copy").replace("return {first", "return {orders, first")
    body = body.replace("orders.at(-1)", "Int32Array.from(orders.at(-1))")
    run = kernel(body, seed=9, data="xor", noise=0.1, sizes=[2, 5, 4, 1], lr=0.2, batch=30, epochs=3)
    network, loss, optimizer = byhand.mlp([2, 5, 4, 1], "tanh", rng=0), byhand.BCEWithLogitsLoss(), byhand.SGD(0.2)
    for layer, (W, b) in zip(network.layers[::2], run["first"], strict=True):
        layer.params["W"][...] = np.reshape(W, layer.params["W"].shape)
        layer.params["b"][...] = b
    x, y = np.reshape(run["x"], (200, 2)), np.reshape(run["y"], (200, 1))
    assert len(run["orders"]) == 3
    for order in run["orders"]:
        assert sorted(order) == list(range(200))
        for start in range(0, 200, 30):
            rows = order[start : start + 30]
            optimizer.step(network.params, byhand.value_and_grads(network, loss, x[rows], y[rows])[1])
    for layer, (W, b) in zip(network.layers[::2], run["last"], strict=True):
        same(W, layer.params["W"])
        same(b, layer.params["b"])


def test_training_repeats_itself_and_learns(kernel):
    settings = dict(data="moons", noise=0.15, sizes=[2, 8, 1], lr=0.3, batch=30, epochs=300)
    runs = [kernel(TRAIN, seed=seed, **settings) for seed in (1, 1, 2, 3)]
    assert runs[0] == runs[1] and runs[0] != runs[2]
    assert min(run["accuracy"] for run in runs) > 0.95


def test_first_weights_have_the_packages_spread(kernel):
    for activation, variance in (("relu", 2 / 50), ("tanh", 2 / 130)):
        layers = kernel("return k.mlp([50, 80, 1], i.a, k.generator(5)).layers.map(l => [...l.W])", a=activation)
        assert abs(np.var(layers[0]) / variance - 1) < 0.1
        assert abs(np.var(layers[1]) / (2 / 81) - 1) < 0.5


# ---- the figures in a page --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A small book with all live figures, built once with the book's settings and extensions."""
    from scratch_book import ScratchBook, page

    text = "\n".join(
        f"```{{live}} {name}\n:caption: {CAPTION}\n\n{STILL}\n```\n\nText below {name}.\n" for name in FIGURES
    )
    pages = {"index": page("A small book", "No figure here, only text."), "book/figures": page("Live figures", text)}
    book = ScratchBook(tmp_path_factory.mktemp("live"), pages)
    passed, printed = book.make()
    assert passed, printed
    return book


@pytest.fixture
def open_figures(book, browser):
    """Open the page from disk; every visit must end without a complaint of the browser."""
    visits = []

    def open_(width=WIDE, name=None, **context):
        visit = Visit(browser, **context)
        visits.append(visit)
        visit.width(width)
        visit.page.goto((book.html / "book" / "figures.html").as_uri())
        for one in [name] if name else FIGURES:
            awaken(visit.page, one)
        return visit

    yield open_
    for visit in visits:
        assert not visit.complaints
        assert not visit.foreign_requests("file://")
        visit.close()


def awaken(page, name):
    page.locator(f"#live-{name}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#live-{name}[data-ready=yes]")


def number(text):
    """A number as figures print it, read back."""
    if match := re.fullmatch(r"(.+)·10(.+)", text):
        return number(match[1]) * 10.0 ** int(match[2].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    return float(text.replace("−", "-").rstrip(" %"))


def shown(page, figure, name):
    return number(page.locator(f'#live-{figure} [data-number="{name}"]').inner_text().split("=")[-1].strip())


def test_there_are_four_figures_of_moderate_size():
    assert FIGURES == ["activation-explorer", "backprop-stepper", "optimiser-race", "playground"]
    assert all((SOURCE / f"{name}.js").stat().st_size < 12_000 for name in FIGURES)


def test_scripts_are_strict_and_classic():
    for path in SOURCE.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert '"use strict";' in text, path.name
        assert not re.search(r"^\s*(import|export)\b|console\.", text, flags=re.MULTILINE), path.name


def test_colours_are_those_of_the_site():
    """The style sheet names three colours, the palette's; scripts name none."""
    style = (SOURCE / "live.css").read_text(encoding="utf-8")
    light, dark = re.findall(r"--blue: (#\w+); --gold: (#\w+); --plum: (#\w+);", style)
    colours = [plots.PALETTE[name] for name in ("blue", "gold", "plum")]
    assert list(light) == colours and list(dark) == [plots.DARK[colour] for colour in colours]
    assert len(re.findall(r"#[0-9a-fA-F]{3,8}\b", style)) == 6
    for path in SOURCE.glob("*.js"):
        assert not re.search(r"#[0-9a-fA-F]{6}\b|rgba?\(", path.read_text(encoding="utf-8")), path.name


def test_only_pages_with_a_figure_load_the_scripts(book):
    assert "live/start.js" in book.text("book/figures")
    assert "live/" not in book.text("index")


def test_a_figure_is_fetched_when_the_reader_comes_near(book, browser):
    visit = Visit(browser)
    visit.page.set_viewport_size({"width": WIDE, "height": 300})
    visit.page.goto((book.html / "book" / "figures.html").as_uri())
    awaken(visit.page, FIGURES[0])
    assert not any(FIGURES[-1] in url for url in visit.requests)
    awaken(visit.page, FIGURES[-1])
    assert any(FIGURES[-1] in url for url in visit.requests)
    assert sum("kernel.js" in url for url in visit.requests) == 1
    visit.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_obstacles_and_nothing_too_wide(open_figures, width, theme):
    visit = open_figures(width)
    visit.theme(theme)
    assert not visit.complaints
    assert not visit.obstacles()
    visit.complaints.clear()  # axe asks for the style sheets once more, which a page from disk may not
    assert not visit.overflow()


@pytest.mark.parametrize("width", [NARROW, 480, 768, WIDE])
@pytest.mark.parametrize("name", FIGURES)
def test_the_text_below_stays_where_it_is(book, browser, name, width):
    """The room kept free is as high as the figure becomes: measured before and after its script has come."""
    visit = Visit(browser)
    visit.width(width)
    visit.page.route("**/live/*.js*", lambda route: route.abort())
    visit.page.goto((book.html / "book" / "figures.html").as_uri())
    height = f"document.querySelector('#live-{name}').getBoundingClientRect().height"
    before = visit.page.evaluate(height)
    visit.page.unroute("**/live/*.js*")
    visit.page.reload()
    awaken(visit.page, name)
    visit.page.wait_for_timeout(100)
    assert visit.page.evaluate(height) == pytest.approx(before, abs=1)
    empty = visit.page.evaluate(
        f"""() => {{ const stage = document.querySelector('#live-{name} .live-stage')
                    const bottom = (element) => element.getBoundingClientRect().bottom
                    return bottom(stage) - bottom(stage.lastElementChild) }}"""
    )
    assert empty < 60, f"{empty} px stay empty"
    visit.close()


def test_without_scripts_the_still_version_is_there(open_figures, book, browser):
    visit = Visit(browser, java_script_enabled=False)
    visit.page.goto((book.html / "book" / "figures.html").as_uri())
    stills = visit.page.locator(".live-still").all()
    assert len(stills) == len(FIGURES) and all(still.is_visible() and STILL in still.inner_text() for still in stills)
    assert not any(caption.is_visible() for caption in visit.page.locator(".live-caption").all())
    assert all(figure.bounding_box()["height"] < 150 for figure in visit.page.locator("figure.live").all())
    visit.close()


def test_in_print_the_still_version_is_there(open_figures):
    page = open_figures().page
    assert not any(still.is_visible() for still in page.locator(".live-still").all())
    page.emulate_media(media="print")
    assert all(still.is_visible() for still in page.locator(".live-still").all())
    assert not any(stage.is_visible() for stage in page.locator(".live-stage").all())


def test_a_script_that_does_not_come_leaves_the_still_version(book, browser):
    visit = Visit(browser)
    visit.page.route("**/playground.js*", lambda route: route.abort())
    visit.page.goto((book.html / "book" / "figures.html").as_uri())
    visit.page.locator("#live-playground").scroll_into_view_if_needed()
    visit.page.wait_for_selector("#live-playground[data-ready=no]")
    assert visit.page.locator("#live-playground .live-still").is_visible()
    assert not visit.page.locator("#live-playground .live-stage").is_visible()
    visit.close()


@pytest.mark.parametrize("name", FIGURES)
def test_every_control_can_be_reached_and_seen_by_keyboard(open_figures, name):
    page = open_figures(name=name).page
    count = page.evaluate(
        f"""() => {{ const stage = document.querySelector('#live-{name} .live-stage')
            const all = [...stage.querySelectorAll("button, input, select, [tabindex]")].filter(e => !e.disabled)
            const stops = all.filter(e => e.type !== "radio" || e.checked)
            window.stops = new Set(stops); stops[0].focus(); return stops.length }}"""
    )
    for _ in range(count):
        seen = page.evaluate(
            """() => { const e = document.activeElement, known = window.stops.delete(e)
                       const face = e.type === "radio" ? e.nextElementSibling : e
                       const ring = getComputedStyle(face).outlineStyle !== "none"
                       return known && ring && e.matches(":focus-visible") }"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        page.keyboard.press("Tab")
    assert page.evaluate("window.stops.size") == 0


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_says_in_words_what_it_shows(open_figures, name):
    page = open_figures(name=name).page
    status = page.locator(f"#live-{name} [role=status]")
    assert status.count() == 1
    page.wait_for_function("s => document.querySelector(s).textContent.length > 20", arg=f"#live-{name} [role=status]")
    assert status.text_content() == page.locator(f"#live-{name} .live-says").text_content()


# ---- what each figure does ---------------------------------------------------------------------------


def test_explorer_follows_the_keyboard_and_shows_the_packages_numbers(open_figures):
    page, figure = open_figures(name="activation-explorer").page, "activation-explorer"
    z = page.get_by_label("z", exact=True)
    for label, name in (("tanh", "tanh"), ("GELU", "gelu"), ("ReLU", "relu"), ("leaky ReLU", "leaky_relu")):
        page.get_by_label(label, exact=True).check()
        z.focus()
        for _ in range(9):
            page.keyboard.press("ArrowLeft")
        at = float(z.input_value())
        value, cache = getattr(byhand, f"{name}_forward")(at)
        slope = getattr(byhand, f"{name}_backward")(1.0, cache)
        assert shown(page, figure, "value") == pytest.approx(float(value), rel=1e-5)
        assert shown(page, figure, "slope") == pytest.approx(float(slope), rel=1e-5)
        assert shown(page, figure, "product") == pytest.approx(float(slope) ** 10, rel=1e-2)
    assert at == pytest.approx(2 - 36 * 0.05)


def test_explorer_marks_saturation(open_figures):
    page = open_figures(name="activation-explorer").page
    page.get_by_label("sigmoid", exact=True).check()
    z = page.get_by_label("z", exact=True)
    z.focus()
    says = page.locator("#live-activation-explorer .live-says")
    assert "saturated" not in says.inner_text()
    page.keyboard.press("End")
    assert "saturated" in says.inner_text()
    # The shaded bands begin where the slope is 0.05: sigma(z)(1 - sigma(z)) = 0.05.
    edge = np.log(1 / (0.5 - np.sqrt(0.25 - 0.05)) - 1)
    bands = page.evaluate(
        """[...document.querySelectorAll('#live-activation-explorer .flat')]
               .map(band => ["x", "width"].map(name => Number(band.getAttribute(name))))"""
    )
    assert len(bands) == 2
    assert bands[0][1] / 440 * 12 - 6 == pytest.approx(-edge, abs=0.06)
    assert bands[1][0] / 440 * 12 - 6 == pytest.approx(edge, abs=0.06)


def test_explorer_follows_the_pointer(open_figures):
    page = open_figures(name="activation-explorer").page
    box = page.locator("#live-activation-explorer svg").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    assert float(page.get_by_label("z", exact=True).input_value()) == pytest.approx(3, abs=0.05)


def by_hand(x, y, W1, b1, W2, b2):
    """All numbers of both walks through net A, by the package."""
    z, first = byhand.linear_forward(x, W1, b1)
    a, bend = byhand.relu_forward(z)
    f, second = byhand.linear_forward(a, W2, b2)
    df = f - y
    da, dW2, db2 = byhand.linear_backward(df, second)
    dz = byhand.relu_backward(da, bend)
    dx, dW1, db1 = byhand.linear_backward(dz, first)
    pairs = {"z": z, "a": a, "da": da, "dz": dz, "dx": dx, "dv": dW2, "dw₁": dW1[0], "dw₂": dW1[1], "db": db1}
    numbers = {f"{name}{'₁₂'[i]}": float(np.ravel(v)[i]) for name, v in pairs.items() for i in range(2)}
    return numbers | {"f": f.item(), "df": df.item(), "dc": db2.item(), "L": 0.5 * df.item() ** 2, "dL": 1.0}


NET_A = ([[1.0, -1.0]], [[2.0]], [[1.0, -2.0], [0.5, 1.0]], [0.0, 0.0], [[1.0, -1.0]], [0.0])


def filled(page):
    """Which numbers the stepper shows, by name; one that stands at a node and at its input must be the same."""
    found = {}
    for name, text in page.evaluate(
        """[...document.querySelectorAll('#live-backprop-stepper [data-number]')]
               .map(one => [one.dataset.number, one.textContent])"""
    ):
        if text:
            value = number(text.split("=")[-1].strip())
            assert found.setdefault(name, value) == value
    return found


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_stepper_walks_by_keyboard_and_shows_net_a(open_figures, width):
    page = open_figures(width, "backprop-stepper").page
    expected = by_hand(*map(np.array, NET_A))
    page.get_by_role("button", name="Next").focus()
    assert set(filled(page)) == {"x₁", "x₂"}
    known = 2
    for _ in range(17):
        page.keyboard.press("ArrowRight")
        numbers = filled(page)
        assert len(numbers) > known
        known = len(numbers)
        for name, value in numbers.items():
            assert value == pytest.approx(expected.get(name, {"x₁": 1, "x₂": -1}.get(name)), rel=1e-2), name
    assert set(numbers) >= set(expected)
    page.keyboard.press("ArrowRight")  # at the end there is nothing more
    assert filled(page) == numbers
    page.keyboard.press("ArrowLeft")
    assert set(numbers) - set(filled(page)) == {"dx₂"}
    page.get_by_role("button", name="Restart").click()
    assert set(filled(page)) == {"x₁", "x₂"}


def test_stepper_writes_formula_and_numbers(open_figures):
    page = open_figures(name="backprop-stepper").page
    rule, following = page.locator(".live-rule"), page.get_by_role("button", name="Next")
    following.click()
    assert rule.inner_text() == "z₁ = w₁₁·x₁ + w₁₂·x₂ + b₁ = 1·1 + (−2)·(−1) + 0 = 3"
    for _ in range(11):
        following.click()
    assert rule.inner_text() == "dz₁ = da₁·[z₁ > 0] = 1·[3 > 0] = 1"
    page.get_by_role("button", name="Previous").click()
    assert rule.inner_text() == "da₂ = df·v₂ = 1·(−1) = −1"


def test_stepper_follows_what_the_reader_types(open_figures, rng):
    page = open_figures(name="backprop-stepper").page
    fresh = [np.round(rng.uniform(-2, 2, np.shape(part)), 2) for part in NET_A]
    fresh[2] = np.abs(fresh[2])
    x, y, W1, b1, W2, b2 = fresh
    typed = dict(
        zip(
            ["x₁", "x₂", "y", "w₁₁", "w₁₂", "b₁", "w₂₁", "w₂₂", "b₂", "v₁", "v₂", "c"],
            [*x[0], y[0, 0], *W1[0], b1[0], *W1[1], b1[1], *W2[0], b2[0]],
            strict=True,
        )
    )
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("End")
    for name, value in typed.items():
        page.get_by_label(name, exact=True).fill(str(value))
    numbers = filled(page)
    for name, value in by_hand(*fresh).items():
        assert numbers[name] == pytest.approx(value, rel=1e-2, abs=1e-9), name
    page.get_by_label("y", exact=True).fill("")  # half-typed: nothing changes
    assert filled(page) == numbers


def test_playground_trains_as_the_kernel_does(open_figures):
    visit = open_figures(name="playground")
    page, figure = visit.page, "playground"
    page.get_by_label("seed").fill("5")
    page.get_by_label("circles").check()
    for _ in range(3):
        page.get_by_role("button", name="One epoch").click()
    expected = page.evaluate(
        """() => { const k = byhandKernel, rng = k.generator(5), data = k.dataset("circles", 200, 0.08, rng)
                   const network = k.mlp([2, 8, 1], "tanh", rng)
                   for (let e = 0; e < 3; e += 1) k.epoch(network, data, 0.3, 20, rng)
                   return k.evaluate(network, data) }"""
    )
    assert shown(page, figure, "epoch") == 3
    assert shown(page, figure, "loss") == pytest.approx(expected["loss"], abs=5e-5)
    assert shown(page, figure, "accuracy") == pytest.approx(100 * expected["accuracy"], abs=0.05)
    page.locator("#live-playground").get_by_role("button", name="Reset").click()
    assert shown(page, figure, "epoch") == 0


def test_playground_starts_pauses_and_learns(open_figures):
    page = open_figures(name="playground").page
    page.locator("#live-playground").get_by_role("button", name="Start").press("Enter")
    page.wait_for_function(
        "+document.querySelector('#live-playground [data-number=epoch]').textContent >= 300", timeout=20_000
    )
    page.locator("#live-playground").get_by_role("button", name="Pause").press("Enter")
    epoch = shown(page, "playground", "epoch")
    assert shown(page, "playground", "accuracy") > 95
    page.wait_for_timeout(600)
    assert shown(page, "playground", "epoch") == epoch
    says = page.locator("#live-playground [role=status]")
    page.wait_for_timeout(300)
    assert f"epoch {epoch:.0f}" in says.text_content()


def test_playground_says_that_training_diverged(open_figures):
    page = open_figures(name="playground").page
    for label, value in (("activation", "leaky_relu"), ("learning rate", "10"), ("batch size", "20")):
        page.locator("#live-playground").get_by_label(label, exact=True).select_option(value)
    page.locator("#live-playground").get_by_label("hidden layers").fill("4")
    page.locator("#live-playground").get_by_label("width").fill("16")
    page.locator("#live-playground").get_by_role("button", name="Start").click()
    page.wait_for_function(
        """() => { const t = document.querySelector('#live-playground .live-says').textContent
                   return t.includes("too large") || t.includes("epoch 2000") }""",
        timeout=60_000,
    )
    assert "too large" in page.locator("#live-playground .live-says").inner_text()
    assert page.locator("#live-playground").get_by_role("button", name="Start").is_visible()


def test_playground_map_follows_theme_and_network(open_figures):
    visit = open_figures(name="playground")
    page = visit.page
    picture = "document.querySelector('#live-playground canvas').toDataURL()"
    visit.theme("light")
    page.wait_for_timeout(50)
    light = page.evaluate(picture)
    visit.theme("dark")
    page.wait_for_timeout(50)
    dark = page.evaluate(picture)
    visit.theme("light")
    page.wait_for_timeout(50)
    assert light != dark and page.evaluate(picture) == light
    page.get_by_role("button", name="One epoch").click()
    assert page.evaluate(picture) != light


def test_race_shows_the_packages_losses(open_figures):
    page, figure = open_figures(name="optimiser-race").page, "optimiser-race"
    race = page.locator("#live-optimiser-race")
    race.get_by_label("Rosenbrock").check()
    race.get_by_label("start x").fill("-0.5")
    race.get_by_label("start y").fill("0.75")
    for _ in range(5):
        race.get_by_role("button", name="One step").click()
    f, h = SURFACES["rosenbrock"], 1e-30
    rates = {"gradient": 0.03, "momentum": 0.01, "nesterov": 0.01, "rmsprop": 0.03, "adam": 0.1}
    for name, lr in rates.items():
        w, optimizer = np.array([-0.5, 0.75]), OPTIMIZERS[name](lr)
        for _ in range(5):
            g = np.array([f(w[0] + 1j * h, w[1]).imag, f(w[0], w[1] + 1j * h).imag]) / h
            optimizer.step({"w": w}, {"w": g})
        assert shown(page, figure, name) == pytest.approx(f(*w), rel=1e-3), name


def test_race_start_is_picked_by_arrow_keys_and_by_click(open_figures):
    page = open_figures(name="optimiser-race").page
    race = page.locator("#live-optimiser-race")
    race.locator("svg.live-map").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowUp"):
        page.keyboard.press(key)
    assert race.get_by_label("start x").input_value() == "-3.2"
    assert race.get_by_label("start y").input_value() == "1.51"
    box = race.locator("svg.live-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25)
    assert float(race.get_by_label("start x").input_value()) == pytest.approx(2, abs=0.05)
    assert float(race.get_by_label("start y").input_value()) == pytest.approx(1.2, abs=0.05)


def test_race_runs_to_its_end_and_names_who_diverged(open_figures):
    page = open_figures(name="optimiser-race").page
    race = page.locator("#live-optimiser-race")
    race.get_by_label("learning rate of gradient descent").press("End")
    race.get_by_role("button", name="Start").press("Enter")
    page.wait_for_function(
        "document.querySelector('#live-optimiser-race .live-counter').textContent === 'step 200 of 200'"
    )
    assert race.locator('[data-number="gradient"]').inner_text() == "diverged"
    assert "gradient descent diverged" in race.locator(".live-says").inner_text()
    assert race.get_by_role("button", name="Start").is_visible()
    race.get_by_role("button", name="Reset").click()
    assert race.locator(".live-counter").inner_text() == "step 0 of 200"


# ---- the directive ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```{live} no-such-figure\n:caption: A.\n\nText.\n```\n", "there is no figure 'no-such-figure'"),
        ("```{live} playground\n\nText.\n```\n", "has no caption"),
        ("```{live} playground\n:caption: A.\n```\n", "Content block expected"),
    ],
)
def test_a_wrong_directive_is_refused(text, complaint):
    """Through docutils alone, with the reader's own parser, which is faster than building a book."""
    import live
    from docutils.core import publish_doctree
    from docutils.parsers.rst import directives
    from docutils.utils import SystemMessage
    from myst_parser.docutils_ import Parser

    directives.register_directive("live", live.Live)
    with pytest.raises(SystemMessage, match=re.escape(complaint)):
        publish_doctree(text, parser=Parser(), settings_overrides={"halt_level": 2, "warning_stream": False})
