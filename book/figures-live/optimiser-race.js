// Five optimisers start at the same point of a surface; the reader picks the surface, the point and each learning rate.
(function () {
  "use strict";
  const { choice, button, el, number, set, show, slider, speaker, ticker } = window.byhandLive;

  const WIDTH = 480, HEIGHT = 288, STEPS = 200; // every surface's window has this shape
  // Colour and dash: no line is told by its colour alone. RMSprop and Adam take steps of about the learning rate.
  const RACERS = {
    gradient: { label: "gradient descent", colour: "var(--ink)", dash: "none", lr: 0.03 },
    momentum: { label: "momentum", colour: "var(--blue)", dash: "9 4", lr: 0.01 },
    nesterov: { label: "Nesterov", colour: "var(--plum)", dash: "3 3", lr: 0.01 },
    rmsprop: { label: "RMSprop", colour: "var(--gold)", dash: "12 3 2 3", lr: 0.03 },
    adam: { label: "Adam", colour: "var(--signal)", dash: "6 2", lr: 0.1 },
  };
  const RATES = [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.2, 0.3, 0.5, 1];

  // Where a height is crossed: marching squares, a line of two points for each cell that the height passes.
  function contour(heights, nx, ny, level, at) {
    let d = "";
    for (let j = 0; j < ny - 1; j += 1) {
      for (let i = 0; i < nx - 1; i += 1) {
        const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]], cuts = [];
        corners.forEach(([i1, j1], k) => {
          const [i2, j2] = corners[(k + 1) % 4], h1 = heights[j1 * nx + i1] - level, h2 = heights[j2 * nx + i2] - level;
          if (h1 < 0 !== h2 < 0) {
            const t = h1 / (h1 - h2);
            cuts.push(at(i1 + t * (i2 - i1), j1 + t * (j2 - j1)));
          }
        });
        for (let k = 0; k + 1 < cuts.length; k += 2) d += `M${cuts[k]}L${cuts[k + 1]}`;
      }
    }
    return d;
  }

  window.byhandLive.figures["optimiser-race"] = (stage, { surfaces, walk }) => {
    const state = { surface: "valley", start: [...surfaces.valley.start], step: 0 };
    const rates = Object.fromEntries(Object.entries(RACERS).map(([name, { lr }]) => [name, lr]));
    const paths = {};

    // ---- the map ----------------------------------------------------------------------------------

    const lines = el("g"), marks = el("g"), tracks = el("g");
    const cross = el("g", { class: "live-start" }, el("circle", { r: 8 }), el("path", { d: "M-13 0H13M0 -13V13" }));
    const drawing = el("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "live-map", tabindex: 0, role: "application", "aria-label": "Map of the surface. Arrow keys move the start." }, lines, marks, tracks, cross);
    const px = (x) => { const [a, b] = surfaces[state.surface].window; return ((x - a) / (b - a)) * WIDTH; };
    const py = (y) => { const [, , a, b] = surfaces[state.surface].window; return ((b - y) / (b - a)) * HEIGHT; };

    function survey() {
      const { window: [a, b, c, d], f, lowest } = surfaces[state.surface];
      const nx = 97, ny = Math.round((nx - 1) * ((d - c) / (b - a))) + 1;
      const heights = Float64Array.from({ length: nx * ny }, (_, k) => f(a + ((b - a) * (k % nx)) / (nx - 1), d - ((d - c) * Math.floor(k / nx)) / (ny - 1)));
      const at = (i, j) => `${((i * WIDTH) / (nx - 1)).toFixed(1)} ${((j * HEIGHT) / (ny - 1)).toFixed(1)}`;
      // Levels crowd towards the bottom, where the race is decided.
      const least = Math.min(...lowest.map((p) => f(...p))), most = Math.max(...heights);
      lines.replaceChildren(...Array.from({ length: 13 }, (_, k) =>
        el("path", { class: "contour", d: contour(heights, nx, ny, least + (most - least) * ((k + 0.6) / 13) ** 3, at) })));
      marks.replaceChildren(...lowest.map(([x, y]) => el("text", { x: px(x), y: py(y) + 6, "text-anchor": "middle", class: "live-lowest" }, "★")));
    }

    // ---- controls -----------------------------------------------------------------------------------

    const { box, say, write } = speaker();
    const rows = {}, readings = {};
    for (const [name, { label, colour, dash }] of Object.entries(RACERS)) {
      const swatch = el("svg", { viewBox: "0 0 34 10", "aria-hidden": "true", class: "live-line" }, el("line", { x1: 0, x2: 34, y1: 5, y2: 5, stroke: colour, "stroke-width": 3, "stroke-dasharray": dash }));
      readings[name] = el("output", { "data-number": name });
      const control = slider({ label: "learning rate", name: `learning rate of ${label}`, values: RATES, value: rates[name], onchange: (v) => { rates[name] = v; plan(); } });
      rows[name] = el("div", { class: "live-racer" }, swatch, el("b", {}, label), readings[name], control.box);
    }
    const clock = ticker((times) => advance(times));
    const start = button("Start", () => (clock.running ? pause() : run()), { class: "live-button filled live-wide" });
    const one = button("One step", () => { pause(); advance(1); });
    const reset = button("Reset", () => { pause(); plan(); });
    const counter = el("span", { class: "live-counter" });
    const coordinates = ["x", "y"].map((name, i) => number({ label: `start ${name}`, value: state.start[i], step: 0.1, onchange: (v) => { state.start[i] = v; plan(true); } }));
    const formula = el("div", { class: "live-formula" });

    stage.append(
      choice({ label: "Surface", value: state.surface, options: Object.entries(surfaces).map(([name, { label }]) => [name, label]), onchange: visit }),
      formula, el("div", { class: "live-frame" }, drawing),
      el("div", { class: "live-row" }, start, one, reset, counter),
      el("div", { class: "live-racers", role: "group", "aria-label": "Height reached and learning rate of each optimiser" }, Object.values(rows), el("div", { class: "live-pairs" }, coordinates.map((c) => c.box))), box);

    // ---- the race -----------------------------------------------------------------------------------

    function visit(name) {
      pause();
      state.surface = name;
      state.start = [...surfaces[name].start];
      survey();
      plan();
    }

    // The whole race is known beforehand; what is shown of it is a matter of the step.
    function plan(typed) {
      pause(true);
      state.step = 0;
      for (const name of Object.keys(RACERS)) paths[name] = walk(state.surface, name, rates[name], state.start, STEPS);
      if (!typed) coordinates.forEach(({ input }, i) => { input.value = Number(state.start[i].toFixed(3)); });
      draw();
      tell();
    }

    function run() {
      if (state.step >= STEPS) state.step = 0;
      start.textContent = "Pause";
      clock.start();
    }

    function pause(silent) {
      clock.stop();
      start.textContent = "Start";
      if (!silent) tell();
    }

    function advance(times) {
      state.step = Math.min(STEPS, state.step + times);
      draw();
      if (state.step >= STEPS) pause();
      else if (clock.running) write(summary());
      else tell();
    }

    // Where a racer is at this step; one that has left the numbers behind stays where it was last seen.
    const here = (name) => paths[name][Math.min(state.step, paths[name].length - 1)];
    const gone = (name) => here(name).some((v) => Math.abs(v) >= 1e6);
    const loss = (name) => surfaces[state.surface].f(...here(name));

    function draw() {
      const clip = (v) => Math.max(-2000, Math.min(2000, v));
      tracks.replaceChildren(...Object.entries(RACERS).flatMap(([name, { colour, dash }]) => {
        const [x, y] = here(name), shown = paths[name].slice(0, state.step + 1);
        return [
          el("polyline", { class: "track", stroke: colour, "stroke-dasharray": dash, points: shown.map((p) => `${clip(px(p[0])).toFixed(1)},${clip(py(p[1])).toFixed(1)}`).join(" ") }),
          el("circle", { r: 5, cx: clip(px(x)), cy: clip(py(y)), fill: colour, stroke: "var(--paper)", "stroke-width": 1.5 }),
        ];
      }));
      set(cross, { transform: `translate(${clip(px(state.start[0]))} ${clip(py(state.start[1]))})` });
      for (const name of Object.keys(RACERS)) readings[name].textContent = gone(name) ? "diverged" : show(loss(name), 4);
      formula.textContent = `loss = ${surfaces[state.surface].formula}`;
      counter.textContent = `step ${state.step} of ${STEPS}`;
    }

    const tell = () => say(summary());
    function summary() {
      if (!state.step) return `Start at (${state.start.map((v) => show(v, 3)).join(", ")}), loss ${show(surfaces[state.surface].f(...state.start), 3)}. A star marks a lowest point.`;
      const order = Object.keys(RACERS).filter((name) => !gone(name)).sort((p, q) => loss(p) - loss(q));
      const lost = Object.keys(RACERS).filter(gone).map((name) => RACERS[name].label);
      const ahead = order.length ? `lowest is ${RACERS[order[0]].label} with ${show(loss(order[0]), 3)}, highest ${RACERS[order.at(-1)].label} with ${show(loss(order.at(-1)), 3)}` : "";
      return `After ${state.step} ${state.step > 1 ? "steps" : "step"} ${[ahead, lost.length ? `${lost.join(", ")} diverged` : ""].filter(Boolean).join("; ")}.`;
    }

    function moveTo(x, y) {
      const [a, b, c, d] = surfaces[state.surface].window;
      state.start = [Math.max(a, Math.min(b, x)), Math.max(c, Math.min(d, y))];
      plan();
    }
    drawing.addEventListener("click", (event) => {
      const frame = drawing.getBoundingClientRect(), [a, b, c, d] = surfaces[state.surface].window;
      moveTo(a + ((event.clientX - frame.left) / frame.width) * (b - a), d - ((event.clientY - frame.top) / frame.height) * (d - c));
    });
    drawing.addEventListener("keydown", (event) => {
      const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [];
      if (dx === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const size = event.shiftKey ? 0.01 : 0.1;
      moveTo(state.start[0] + dx * size, state.start[1] + dy * size);
    });

    survey();
    plan();
    new IntersectionObserver(([entry]) => { if (!entry.isIntersecting && clock.running) pause(); }).observe(stage);
  };
})();
