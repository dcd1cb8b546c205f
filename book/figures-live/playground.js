// A small network trains on the page by plain gradient descent. The same settings and seed give the same run.
(function () {
  "use strict";
  const { button, choice, el, number, select, set, show, slider, speaker, ticker, withColours } = window.byhandLive;

  const SAMPLES = 200, MOST = 2000, CELLS = 60, SPAN = 2.4; // the map shows -SPAN .. SPAN in both directions
  const NOISE = { xor: 0.12, moons: 0.15, circles: 0.08, spiral: 0.03 };
  const EVERY = 2; // epochs between two drawings
  const plain = (names) => names.map((name) => [name, String(name)]);

  window.byhandLive.figures.playground = (stage, kernel) => {
    const state = { data: "moons", activation: "tanh", depth: 1, width: 8, lr: 0.3, batch: 20, seed: 1 };
    let rng, data, network, epoch, losses, result;

    const map = el("canvas", { class: "live-square", role: "img" });
    const curve = el("polyline", { class: "value" });
    const labels = Object.fromEntries(["top", "end"].map((name) => [name, el("text")]));
    const curves = el("svg", { viewBox: "0 0 300 110", role: "img", "aria-label": "Loss against epochs" },
      el("path", { class: "axis", d: "M34 4V88H298" }), curve,
      set(labels.top, { x: 30, y: 14, "text-anchor": "end" }), el("text", { x: 30, y: 92, "text-anchor": "end" }, "0"),
      el("text", { x: 34, y: 106 }, "epoch 0"), set(labels.end, { x: 298, y: 106, "text-anchor": "end" }));
    const read = Object.fromEntries(["epoch", "loss", "accuracy"].map((name) => [name, el("dd", { "data-number": name })]));
    const { box, say, write } = speaker();

    const clock = ticker((times) => {
      train(Math.min(MOST - epoch, times * EVERY));
      draw();
      write(summary());
      if (epoch >= MOST || !Number.isFinite(result.loss)) pause();
    });
    const start = button("Start", () => (clock.running ? pause() : run()), { class: "live-button filled live-wide" });
    const step = button("One epoch", () => { pause(); train(1); draw(); tell(); });
    const reset = button("Reset", restart);
    const renew = (name, convert = String) => (value) => { state[name] = convert(value); restart(); };
    // The learning rate and the batch may change while the network trains; all else needs new weights.
    const change = (name, convert = String) => (value) => { state[name] = convert(value); tell(); };

    stage.append(
      el("div", { class: "live-row live-top" }, start, step, reset,
        el("dl", { class: "live-numbers live-three" }, Object.entries(read).map(([name, node]) => el("div", {}, el("dt", {}, name), node)))),
      el("div", { class: "live-columns" },
        el("div", {}, map,
          el("div", { class: "live-key" }, el("span", { class: "live-accent" }, "● class 0"), el("span", { class: "live-signal" }, "▲ class 1"), el("span", {}, "stronger: more certain"))),
        el("div", { class: "live-panel" },
          curves,
          choice({ label: "data", value: state.data, options: [["xor", "XOR"], ["moons", "moons"], ["circles", "circles"], ["spiral", "spiral"]], onchange: renew("data") }),
          el("div", { class: "live-pairs" },
            slider({ label: "hidden layers", max: 4, value: state.depth, onchange: renew("depth", Number) }).box,
            slider({ label: "width", min: 1, max: 16, value: state.width, onchange: renew("width", Number) }).box,
            select({ label: "activation", value: state.activation, options: Object.entries(kernel.activations).map(([name, { label }]) => [name, label]), onchange: renew("activation") }).box,
            select({ label: "learning rate", value: state.lr, options: plain([0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]), onchange: change("lr", Number) }).box,
            select({ label: "batch size", value: state.batch, options: plain([1, 5, 20, 50, SAMPLES]), onchange: change("batch", Number) }).box,
            number({ label: "seed", value: state.seed, step: 1, min: 0, max: 999999, onchange: renew("seed", Math.round) }).box))),
      box);

    function restart() {
      pause(true);
      rng = kernel.generator(state.seed);
      data = kernel.dataset(state.data, SAMPLES, NOISE[state.data], rng);
      network = kernel.mlp([2, ...Array(state.depth).fill(state.width), 1], state.activation, rng);
      epoch = 0;
      result = kernel.evaluate(network, data);
      losses = [result.loss];
      draw();
      tell();
    }

    function train(epochs) {
      for (let i = 0; i < epochs; i += 1) {
        kernel.epoch(network, data, state.lr, state.batch, rng);
        epoch += 1;
        result = kernel.evaluate(network, data);
        losses.push(result.loss);
        if (!Number.isFinite(result.loss)) return;
      }
    }

    function run() {
      if (epoch >= MOST || !Number.isFinite(result.loss)) restart();
      start.textContent = "Pause";
      clock.start();
    }

    function pause(silent) {
      clock.stop();
      start.textContent = "Start";
      if (!silent) tell();
    }

    function summary() {
      if (!Number.isFinite(result.loss)) return `The weights have left what numbers can hold after ${epoch} epochs: the learning rate ${state.lr} is too large.`;
      const hidden = state.depth ? `${state.depth} hidden ${state.depth > 1 ? "layers" : "layer"} of ${state.width}` : "no hidden layer";
      const end = epoch >= MOST ? " The run ends here." : "";
      return `${hidden[0].toUpperCase()}${hidden.slice(1)}, epoch ${epoch}: loss ${show(result.loss, 3)}, ${show(100 * result.accuracy, 3)} % of ${SAMPLES} points on the right side.${end}`;
    }
    const tell = () => say(summary());

    // ---- drawing --------------------------------------------------------------------------------

    const paint = withColours((colour) => {
      const side = map.clientWidth || 300, scale = Math.min(2, window.devicePixelRatio || 1);
      if (map.width !== Math.round(side * scale)) map.width = map.height = Math.round(side * scale);
      const pen = map.getContext("2d"), size = map.width;
      const grid = Float64Array.from({ length: 2 * CELLS * CELLS }, (_, i) => {
        const k = i >> 1, at = (i & 1 ? CELLS - 1 - Math.floor(k / CELLS) : k % CELLS) + 0.5;
        return SPAN * ((2 * at) / CELLS - 1);
      });
      const { output } = kernel.forward(network, grid);
      // A pixel a cell, in the two colours of the book, the stronger the more certain: then enlarged, which smooths it.
      const small = el("canvas", { width: CELLS, height: CELLS }), dab = small.getContext("2d");
      output.forEach((z, k) => {
        dab.fillStyle = colour(z > 0 ? "signal" : "accent");
        dab.globalAlpha = 0.08 + 0.72 * (kernel.sigmoid(Math.abs(z)) - 0.5);
        dab.fillRect(k % CELLS, Math.floor(k / CELLS), 1, 1);
      });
      pen.clearRect(0, 0, size, size);
      pen.drawImage(small, 0, 0, size, size);
      const r = size / 95;
      pen.lineWidth = size / 300;
      pen.strokeStyle = colour("paper");
      data.y.forEach((label, i) => {
        const x = ((data.x[2 * i] / SPAN + 1) / 2) * size, y = ((1 - data.x[2 * i + 1] / SPAN) / 2) * size;
        pen.fillStyle = colour(label ? "signal" : "accent");
        pen.beginPath();
        if (label) { pen.moveTo(x, y - 1.2 * r); pen.lineTo(x + 1.15 * r, y + 0.8 * r); pen.lineTo(x - 1.15 * r, y + 0.8 * r); pen.closePath(); } else pen.arc(x, y, r, 0, 7);
        pen.fill();
        pen.stroke();
      });
    });

    function draw() {
      paint();
      // At most a few hundred points: more cannot be seen.
      const kept = losses.filter((l) => Number.isFinite(l)), top = Math.max(0.8, Math.min(3, Math.max(...kept)));
      const stride = Math.ceil(kept.length / 260), end = Math.max(50, kept.length - 1);
      const points = kept.map((l, i) => [34 + (264 * i) / end, 88 - (84 * Math.min(l, top)) / top]).filter((_, i) => i % stride === 0 || i === kept.length - 1);
      set(curve, { points: points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") });
      labels.top.textContent = show(top, 2);
      labels.end.textContent = String(end);
      read.epoch.textContent = String(epoch);
      read.loss.textContent = Number.isFinite(result.loss) ? result.loss.toFixed(4) : "∞";
      read.accuracy.textContent = `${(100 * result.accuracy).toFixed(1)} %`;
      set(map, { "aria-label": `The plane as the network divides it after ${epoch} epochs, with ${SAMPLES} points of two classes` });
    }

    restart();
    new ResizeObserver(paint).observe(map);
    // Out of sight it rests.
    new IntersectionObserver(([entry]) => { if (!entry.isIntersecting && clock.running) pause(); }).observe(stage);
  };
})();
