// Walk through a small network one node at a time: values forward, derivatives backward, each with its formula. Every
// input and weight may be changed, and all numbers follow.
(function () {
  "use strict";
  const { el, set, show, button, speaker } = window.byhandLive;

  // Places in columns and rows; on a narrow page the picture is turned, and the walk goes from top to bottom.
  const NODES = {
    "x₁": [0, 0], "x₂": [0, 2], "z₁": [1, 0], "z₂": [1, 2], "a₁": [2, 0], "a₂": [2, 2], f: [3, 1], L: [4, 1],
  };
  const EDGES = [
    ["x₁", "z₁", "w₁₁"], ["x₂", "z₁", "w₁₂"], ["x₁", "z₂", "w₂₁"], ["x₂", "z₂", "w₂₂"],
    ["z₁", "a₁", "ReLU"], ["z₂", "a₂", "ReLU"], ["a₁", "f", "v₁"], ["a₂", "f", "v₂"], ["f", "L", ""],
  ];
  const CARD = [88, 62];

  // Each step: the node where it happens, the arrows in use, and what is computed there. The same line with numbers in
  // the place of names is made from it.
  const STEPS = [
    ["z₁", [0, 1], "z₁ = w₁₁·x₁ + w₁₂·x₂ + b₁"],
    ["z₂", [2, 3], "z₂ = w₂₁·x₁ + w₂₂·x₂ + b₂"],
    ["a₁", [4], "a₁ = max(z₁, 0)"],
    ["a₂", [5], "a₂ = max(z₂, 0)"],
    ["f", [6, 7], "f = v₁·a₁ + v₂·a₂ + c"],
    ["L", [8], "L = ½(f − y)²"],
    ["L", [], "dL = 1"],
    ["f", [8], "df = dL·(f − y)"],
    ["f", [6, 7], "dv₁ = df·a₁; dv₂ = df·a₂; dc = df"],
    ["a₁", [6], "da₁ = df·v₁"],
    ["a₂", [7], "da₂ = df·v₂"],
    ["z₁", [4], "dz₁ = da₁·[z₁ > 0]"],
    ["z₂", [5], "dz₂ = da₂·[z₂ > 0]"],
    ["z₁", [0, 1], "dw₁₁ = dz₁·x₁; dw₁₂ = dz₁·x₂; db₁ = dz₁"],
    ["z₂", [2, 3], "dw₂₁ = dz₂·x₁; dw₂₂ = dz₂·x₂; db₂ = dz₂"],
    ["x₁", [0, 2], "dx₁ = dz₁·w₁₁ + dz₂·w₂₁"],
    ["x₂", [1, 3], "dx₂ = dz₁·w₁₂ + dz₂·w₂₂"],
  ].map(([at, edges, rule]) => ({ at, edges, parts: rule.split("; ").map((part) => part.split(" = ")) }));
  const NAMES = /d?[xzavbw][₁₂]+|df|dL|dc|f|y|c/g;
  const FORWARD = 6;

  // Worked net A of the chapter. The rows of the panel, in the order in which they are shown.
  const START = { "x₁": 1, "x₂": -1, y: 2, "w₁₁": 1, "w₁₂": -2, "b₁": 0, "w₂₁": 0.5, "w₂₂": 1, "b₂": 0, "v₁": 1, "v₂": -1, c: 0 };

  window.byhandLive.figures["backprop-stepper"] = (stage, kernel) => {
    const given = { ...START };
    let step = 0, narrow;

    // All numbers of both walks, from the kernel that trains networks elsewhere in the book.
    function walkBoth() {
      const network = {
        activation: "relu",
        layers: [
          { W: [given["w₁₁"], given["w₁₂"], given["w₂₁"], given["w₂₂"]], b: [given["b₁"], given["b₂"]] },
          { W: [given["v₁"], given["v₂"]], b: [given.c] },
        ],
      };
      const { output, caches } = kernel.forward(network, Float64Array.of(given["x₁"], given["x₂"]));
      const { loss, df } = kernel.halfSquare(output[0], given.y);
      const { dx, grads: [hidden, last] } = kernel.backward(network, Float64Array.of(df), caches);
      const both = (name, [one, two]) => ({ [`${name}₁`]: one, [`${name}₂`]: two });
      return {
        ...given, ...both("z", caches[0].z), ...both("a", caches[1].x), f: output[0], L: loss, dL: 1, df,
        ...both("dv", last.dW), dc: last.db[0], ...both("da", hidden.da), ...both("dz", hidden.dz),
        ...both("dw₁", hidden.dW.subarray(0, 2)), ...both("dw₂", hidden.dW.subarray(2)), ...both("db", hidden.db), ...both("dx", dx),
      };
    }

    // ---- the parts of the page ------------------------------------------------------------------

    const picture = el("div", { class: "live-graph" });
    const rule = el("div", { class: "live-rule" });
    const counter = el("span", { class: "live-counter" });
    const restart = button("Restart", () => go(0));
    const previous = button("Previous", () => go(step - 1));
    const next = button("Next", () => go(step + 1), { class: "live-button filled" });
    const { box, say } = speaker();
    const gradients = {};
    const fields = Object.entries(START).map(([name, value]) => {
      const input = el("input", { type: "number", step: 0.5, value, "aria-label": name });
      input.addEventListener("input", () => {
        if (!Number.isFinite(input.valueAsNumber)) return; // half-typed: wait for the rest
        given[name] = input.valueAsNumber;
        draw();
      });
      gradients[name] = el("output", { class: "live-signal", "data-number": `d${name}` });
      return el("div", { class: "live-cell" }, el("span", { "aria-hidden": "true" }, name), input, gradients[name]);
    });
    const row = (title, from, to) => el("fieldset", { class: "live-weights" }, el("legend", {}, title), fields.slice(from, to));
    const steps = el("div", { class: "live-steps" },
      el("div", { class: "live-row" }, restart, previous, next, counter), rule);
    stage.append(picture, steps, el("div", { class: "live-editor" },
      row("Sample", 0, 3), row("First neuron", 3, 6), row("Second neuron", 6, 9), row("Output", 9, 12)), box);

    stage.addEventListener("keydown", (event) => {
      if (event.target.matches("input") || event.altKey || event.ctrlKey || event.metaKey) return;
      const to = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: STEPS.length }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      go(to);
    });

    // ---- the drawing ------------------------------------------------------------------------------

    const nodes = {}, edges = [];

    function place(name) {
      const [column, line] = NODES[name];
      return narrow ? [[45, 144, 243][line], [36, 170, 274, 380, 484][column]] : [[45, 208, 338, 468, 595][column], [40, 130, 220][line]];
    }

    function build() {
      const drawing = el("svg", { viewBox: narrow ? "0 0 288 520" : "0 0 640 262", role: "group", "aria-label": "Graph of the network" });
      const [w, h] = CARD, head = "M0 0L-9 -4V4Z";
      edges.length = 0;
      for (const [from, to, label] of EDGES) {
        // From the side of one card to that of the next, with a head at either end for the two directions.
        const [x1, y1] = place(from), [x2, y2] = place(to);
        const [ax, ay, bx, by] = narrow ? [x1, y1 + h / 2, x2, y2 - h / 2] : [x1 + w / 2, y1, x2 - w / 2, y2];
        const angle = (Math.atan2(by - ay, bx - ax) * 180) / Math.PI;
        const group = el("g", { class: "edge" },
          el("line", { x1: ax, y1: ay, x2: bx, y2: by }),
          el("path", { class: "ahead", d: head, transform: `translate(${bx} ${by}) rotate(${angle})` }),
          el("path", { class: "aback", d: head, transform: `translate(${ax} ${ay}) rotate(${angle + 180})` }));
        // The arrows that cross carry their weights near their tails; ReLU stands beside its short arrow.
        const crossing = label[0] === "w" && label[1] !== label[2], t = crossing ? 0.27 : 0.5, bend = label === "ReLU";
        const text = el("text", { x: ax + t * (bx - ax) + (bend && narrow ? 22 : 0), y: ay + t * (by - ay) + (bend && !narrow ? -8 : 4), "text-anchor": "middle", class: "halo" });
        edges.push({ group, text, label });
      }
      drawing.append(...edges.map((e) => e.group), ...edges.map((e) => e.text));
      for (const name of Object.keys(NODES)) {
        const [x, y] = place(name);
        const value = el("text", { x, y: y + 5, "text-anchor": "middle", class: "node-value", "data-number": name });
        const slope = el("text", { x, y: y + 23, "text-anchor": "middle", class: "node-slope", "data-number": `d${name}` });
        const card = el("g", { class: "node" },
          el("rect", { x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 4 }),
          el("text", { x, y: y - 14, "text-anchor": "middle", class: "node-name" }, name), value, slope);
        nodes[name] = { card, value, slope };
        drawing.append(card);
      }
      picture.replaceChildren(drawing);
    }

    function draw() {
      const all = walkBoth();
      const known = new Set([...Object.keys(START), ...STEPS.slice(0, step).flatMap(({ parts }) => parts.map(([name]) => name))]);
      const current = STEPS[step - 1], back = step > FORWARD;
      const derivative = (name) => (known.has(`d${name}`) ? `d${name} = ${show(all[`d${name}`], 3)}` : "");
      for (const [name, { card, value, slope }] of Object.entries(nodes)) {
        value.textContent = known.has(name) ? show(all[name], 4) : "";
        slope.textContent = derivative(name);
        set(card, { class: `node${current?.at === name ? (back ? " now-back" : " now") : ""}` });
      }
      edges.forEach(({ group, text, label }, i) => {
        text.textContent = label in given ? show(given[label], 4) : label;
        set(group, { class: `edge${current?.edges.includes(i) ? (back ? " now-back" : " now") : ""}` });
      });
      for (const [name, output] of Object.entries(gradients)) output.textContent = derivative(name);

      set(rule, { class: `live-rule${back ? " back" : ""}` });
      const brackets = (v) => (v < 0 ? `(${show(v, 4)})` : show(v, 4));
      rule.replaceChildren(...(current?.parts ?? [["The sample and the weights are given. Next computes the first sum."]]).map(([name, formula]) => {
        if (!formula) return el("div", {}, name);
        const numbers = formula.replace(NAMES, (found) => brackets(all[found])), result = show(all[name], 5);
        return el("div", {}, el("b", {}, `${name} = ${formula}`), numbers === formula || numbers === result ? "" : ` = ${numbers}`, formula === result ? "" : ` = ${result}`);
      }));
      counter.textContent = current ? `${back ? "backward" : "forward"}, ${step} of ${STEPS.length}` : `0 of ${STEPS.length}`;
      // Not `disabled`, which would take the focus away from a reader who has come to an end by keyboard.
      set(previous, { "aria-disabled": String(step === 0) });
      set(restart, { "aria-disabled": String(step === 0) });
      set(next, { "aria-disabled": String(step === STEPS.length) });
      const ends = step === STEPS.length ? " Both walks are done: every weight has its derivative." : "";
      say(current ? `Step ${step}: ${current.parts.map(([name]) => `${name} = ${show(all[name], 5)}`).join(", ")}.${ends}` : "Step through the network with Next or the arrow keys.");
    }

    function go(to) {
      step = Math.max(0, Math.min(STEPS.length, to));
      draw();
    }

    new ResizeObserver(() => {
      const turned = stage.clientWidth < 560;
      if (turned === narrow) return;
      narrow = turned;
      build();
      draw();
    }).observe(stage);
  };
})();
