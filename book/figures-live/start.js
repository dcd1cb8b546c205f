// On pages with live figures: fetches a figure's scripts when the reader comes near it, and gives all figures the same
// building blocks. A figure's script registers itself as byhandLive.figures[name] = (stage) => { fill the stage }.
(function () {
  "use strict";

  const SVG = new Set(["svg", "g", "path", "line", "circle", "rect", "text", "tspan", "polyline", "polygon", "clipPath", "defs", "title"]);

  // An element with attributes (`onclick` and the like are listeners) and children.
  function el(tag, attributes = {}, ...children) {
    const node = SVG.has(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    set(node, attributes);
    node.append(...children.flat());
    return node;
  }

  function set(node, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === false || value === null || value === undefined) node.removeAttribute(name);
      else node.setAttribute(name, value === true ? "" : value);
    }
    return node;
  }

  let count = 0;
  const uniqueId = () => `live-part-${(count += 1)}`;

  // A number as the book prints it: at most `digits` significant ones, a real minus, powers of ten spelt out.
  function show(value, digits = 6) {
    if (!Number.isFinite(value)) return value > 0 ? "∞" : Number.isNaN(value) ? "undefined" : "−∞";
    const size = Math.abs(value), long = size && (size < 1e-4 || size >= 1e7);
    const [mantissa, power] = (long ? value.toExponential(digits - 1).replace(/\.?0+e/, "e") : String(Number(value.toPrecision(digits)))).split("e");
    const raised = power && [...String(Number(power))].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
    return (mantissa + (power ? `·10${raised}` : "")).replaceAll("-", "−");
  }

  // A slider with its label and its value; `name` says more than the label where several are alike, `values` makes it choose from a list, and `text` says how to write the value.
  function slider({ label, name, min = 0, max, step = 1, value, values, text = (v) => show(v), onchange }) {
    const id = uniqueId(), at = values ? values.indexOf(value) : value;
    const input = el("input", { type: "range", id, min, max: values ? values.length - 1 : max, step, value: at, "aria-label": name });
    const output = el("output", { for: id });
    const read = () => (values ? values[Number(input.value)] : Number(input.value));
    function refresh() {
      output.textContent = text(read());
      input.setAttribute("aria-valuetext", text(read()));
    }
    input.addEventListener("input", () => { refresh(); onchange(read()); });
    refresh();
    const box = el("div", { class: "live-slider" }, el("label", { for: id }, label), output, input);
    return { box, input, read, write(v) { input.value = values ? values.indexOf(v) : v; refresh(); } };
  }

  // A row of buttons of which one is chosen: radio buttons, so that arrow keys work as everywhere.
  function choice({ label, options, value, onchange }) {
    const name = uniqueId();
    const buttons = options.map(([key, text]) => {
      const input = el("input", { type: "radio", name, value: key, checked: key === value, onchange: () => onchange(key) });
      return el("label", {}, input, el("span", {}, text));
    });
    return el("fieldset", { class: "live-choice" }, el("legend", {}, label), buttons);
  }

  function select({ label, options, value, onchange }) {
    const id = uniqueId();
    const input = el("select", { id, onchange: () => onchange(input.value) },
      options.map(([key, text]) => el("option", { value: key, selected: String(key) === String(value) }, text)));
    return { box: el("div", { class: "live-field" }, el("label", { for: id }, label), input), input };
  }

  function number({ label, value, step = "any", onchange, ...more }) {
    const id = uniqueId();
    const input = el("input", { type: "number", id, value, step, inputmode: "decimal", ...more });
    // An empty or half-typed number changes nothing; the figure waits for the rest.
    input.addEventListener("input", () => { if (input.value !== "" && Number.isFinite(input.valueAsNumber)) onchange(input.valueAsNumber); });
    return { box: el("div", { class: "live-field" }, el("label", { for: id }, label), input), input };
  }

  function button(text, onclick, attributes = {}) {
    return el("button", { type: "button", class: "live-button", onclick, ...attributes }, text);
  }

  // A sentence below the figure that says what is to be seen. It is read out only once the reader has stopped for a
  // moment: a sentence for every step of a slider would drown the page.
  function speaker() {
    const seen = el("div", { class: "live-says", "aria-hidden": "true" });
    const heard = el("div", { class: "live-heard", role: "status" });
    let timer;
    function say(text) {
      seen.textContent = text;
      clearTimeout(timer);
      timer = setTimeout(() => { heard.textContent = text; }, 700);
    }
    const write = (text) => { seen.textContent = text; }; // to be read, not to be heard: while something runs
    return { box: el("div", {}, seen, heard), say, write };
  }

  // Steps once a frame while it runs. Readers who want no motion get a new picture twice a second instead.
  function ticker(tick) {
    let running = false, timer;
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    function loop() {
      if (!running) return;
      tick(calm.matches ? 30 : 1);
      if (running) timer = calm.matches ? setTimeout(loop, 500) : requestAnimationFrame(loop);
    }
    return {
      get running() { return running; },
      start() { if (!running) { running = true; loop(); } },
      stop() { running = false; clearTimeout(timer); cancelAnimationFrame(timer); },
    };
  }

  // Calls back now, and whenever the theme, and with it every colour, changes. Only canvases need it.
  function withColours(draw) {
    const read = () => { const style = getComputedStyle(document.documentElement); draw((name) => style.getPropertyValue(`--${name}`).trim()); };
    new MutationObserver(read).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return read;
  }

  const fetched = new Map();
  function fetchScript(address) {
    if (!fetched.has(address)) {
      fetched.set(address, new Promise((resolve, reject) => {
        document.head.append(el("script", { src: address, onload: resolve, onerror: reject }));
      }));
    }
    return fetched.get(address);
  }

  async function bringToLife(figure) {
    try {
      for (const address of figure.dataset.scripts.split(" ")) await fetchScript(address);
      const stage = figure.querySelector(".live-stage");
      window.byhandLive.figures[figure.dataset.live](stage, window.byhandKernel);
      figure.dataset.ready = "yes";
    } catch (error) {
      figure.dataset.ready = "no"; // the still version comes back: see live.css
      throw error;
    }
  }

  window.byhandLive = { figures: {}, button, choice, el, number, select, set, show, slider, speaker, ticker, uniqueId, withColours };

  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        near.unobserve(target);
        bringToLife(target);
      }
    }
  }, { rootMargin: "600px" });
  for (const figure of document.querySelectorAll("figure.live")) near.observe(figure);
})();
