// Choose an activation and move z along it: value, tangent and slope, where it is flat, and what is left of a gradient
// that passes the same slope once a layer.
(function () {
  "use strict";
  const { el, set, show, slider, choice, speaker } = window.byhandLive;

  const WIDTH = 440, HEIGHT = 420, FROM = -6, TO = 6, LOW = -1.75, HIGH = 4.25, FLAT = 0.05;
  const px = (z) => ((z - FROM) / (TO - FROM)) * WIDTH;
  const py = (a) => ((HIGH - a) / (HIGH - LOW)) * HEIGHT;
  const inside = (a) => Math.max(LOW - 9, Math.min(HIGH + 9, a)); // what lies outside is cut off by the drawing's edge

  window.byhandLive.figures["activation-explorer"] = (stage, { activations }) => {
    const state = { name: "sigmoid", z: 2, alpha: 1, layers: 10 };

    const flat = el("g"), value = el("path", { class: "value" }), slope = el("path", { class: "slope" });
    const tangent = el("line", { class: "tangent" }), drop = el("line", { class: "axis" });
    const dot = el("circle", { r: 6, fill: "var(--signal)", stroke: "var(--paper)", "stroke-width": 2 });
    const grid = [];
    for (let z = -4; z <= 4; z += 2) if (z) grid.push(el("text", { x: px(z), y: py(0) + 16, "text-anchor": "middle" }, show(z)));
    for (let a = -1; a <= 4; a += 1) if (a) grid.push(el("text", { x: px(0) - 7, y: py(a) + 4, "text-anchor": "end" }, show(a)));
    const drawing = el("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": "Graph of the chosen activation and of its slope, with the tangent at z", class: "live-map" },
      flat,
      el("path", { class: "axis", d: `M0 ${py(0)}H${WIDTH}M${px(0)} 0V${HEIGHT}` }),
      grid, drop, slope, value, tangent, dot,
      el("text", { x: WIDTH - 4, y: py(0) + 16, "text-anchor": "end", "font-style": "italic" }, "z"));
    const key = el("div", { class: "live-key" },
      el("span", { class: "live-accent" }, "━ value φ(z)"), el("span", { class: "live-signal" }, "╍ slope φ′(z)"),
      el("span", {}, el("i", { class: "live-swatch" }), "slope below 0.05"));

    const formula = el("div", { class: "live-formula" });
    const numbers = Object.fromEntries(["value", "slope", "product"].map((name) => [name, el("dd")]));
    const product = el("dt");
    const z = slider({ label: "z", min: FROM, max: TO, step: 0.05, value: state.z, text: (v) => show(v, 3), onchange: (v) => change({ z: v }) });
    const alpha = slider({ label: "α, of leaky ReLU and ELU", min: 0, max: 2, step: 0.01, value: state.alpha, onchange: (v) => change({ alpha: v }) });
    const layers = slider({ label: "layers with this slope", min: 1, max: 20, value: state.layers, onchange: (v) => change({ layers: v }) });
    const { box, say } = speaker();

    stage.append(
      el("div", { class: "live-columns" },
        el("div", {}, drawing, key),
        el("div", { class: "live-panel" },
          choice({ label: "Activation φ", options: Object.entries(activations).map(([name, { label }]) => [name, label]), value: state.name, onchange: pick }),
          formula, z.box, alpha.box, layers.box,
          el("dl", { class: "live-numbers" },
            el("dt", {}, "value φ(z)"), set(numbers.value, { class: "live-accent", "data-number": "value" }),
            el("dt", {}, "slope φ′(z)"), set(numbers.slope, { class: "live-signal", "data-number": "slope" }),
            product, set(numbers.product, { class: "live-signal", "data-number": "product" })))),
      box);

    function pick(name) {
      const own = activations[name].alpha;
      if (own !== undefined) alpha.write(own);
      change({ name, alpha: own ?? state.alpha });
    }

    function change(news) {
      Object.assign(state, news);
      draw();
    }

    // Path through the points; a slope that jumps is not joined up, so the pen is lifted there.
    function path(f, lift) {
      let d = "", last;
      for (let i = 0; i <= 480; i += 1) {
        const at = FROM + ((TO - FROM) * i) / 480, a = f(at);
        d += `${i === 0 || (lift && Math.abs(a - last) > 0.3) ? "M" : "L"}${px(at).toFixed(1)} ${py(inside(a)).toFixed(1)}`;
        last = a;
      }
      return d;
    }

    function draw() {
      const chosen = activations[state.name];
      const f = (at) => chosen.value(at, state.alpha), df = (at) => chosen.slope(at, state.alpha);
      const a = f(state.z), s = df(state.z), passed = s ** state.layers;
      set(value, { d: path(f) });
      set(slope, { d: path(df, true) });
      set(tangent, { x1: px(state.z - 1.6), x2: px(state.z + 1.6), y1: py(inside(a - 1.6 * s)), y2: py(inside(a + 1.6 * s)) });
      set(drop, { x1: px(state.z), x2: px(state.z), y1: py(0), y2: py(inside(a)), "stroke-dasharray": "3 3" });
      set(dot, { cx: px(state.z), cy: py(inside(a)) });

      const bands = [];
      for (let i = 0; i < 240; i += 1) {
        const at = FROM + ((TO - FROM) * (i + 0.5)) / 240;
        if (Math.abs(df(at)) >= FLAT) continue;
        const previous = bands.at(-1);
        if (previous && previous.end === i) previous.end = i + 1;
        else bands.push({ start: i, end: i + 1 });
      }
      flat.replaceChildren(...bands.map(({ start, end }) => el("rect", { class: "flat", x: (start * WIDTH) / 240, y: 0, width: ((end - start) * WIDTH) / 240, height: HEIGHT })));

      alpha.input.disabled = chosen.alpha === undefined;
      formula.textContent = `φ(z) = ${chosen.formula}`;
      numbers.value.textContent = show(a);
      numbers.slope.textContent = show(s);
      product.replaceChildren("slope", el("sup", {}, String(state.layers)), `, ${state.layers} layers`);
      numbers.product.textContent = show(passed, 3);
      const share = (part) => `${show(100 * Math.abs(part), 2)} % of a gradient`;
      const fate = s === 0 ? "flat: nothing of a gradient gets through"
        : `${Math.abs(s) < FLAT ? "saturated: " : ""}${share(s)} gets through, ${share(passed)} through ${state.layers} such layers`;
      say(`${chosen.label} at z = ${show(state.z, 3)}: value ${show(a, 3)}, slope ${show(s, 3)}; ${fate}.`);
    }

    // The drawing can be dragged too; the slider is the way for the keyboard.
    function follow(event) {
      if (event.type !== "pointerdown" && !event.buttons) return;
      const frame = drawing.getBoundingClientRect();
      const at = Math.round((FROM + ((event.clientX - frame.left) / frame.width) * (TO - FROM)) * 20) / 20;
      z.write(Math.max(FROM, Math.min(TO, at)));
      change({ z: z.read() });
    }
    drawing.addEventListener("pointerdown", follow);
    drawing.addEventListener("pointermove", follow);
    draw();
  };
})();
