// The mathematics of the live figures, and nothing else: no page, no drawing. Names, shapes and conventions are those
// of the package byhand, against which tests/test_live.py compares every function: rows are samples, W is
// (n_out, n_in) row by row in one flat array, the loss is a mean, and the derivative of ReLU at 0 is 0.
(function (root) {
  "use strict";

  // ---- activations ---------------------------------------------------------------------------

  // 1 - erf(x). The series has positive terms only, so nothing cancels; where it would need many of them, and
  // 1 - erf would lose digits, Laplace's continued fraction takes over (Abramowitz and Stegun 7.1.6 and 7.1.14).
  function erfc(x) {
    if (x < 0) return 2 - erfc(-x);
    if (x > 27) return 0;
    const bell = Math.exp(-x * x) / Math.sqrt(Math.PI);
    if (x < 2) {
      let term = x, sum = x;
      for (let n = 1; term > 1e-17 * sum; n += 1) {
        term *= (2 * x * x) / (2 * n + 1);
        sum += term;
      }
      return 1 - 2 * bell * sum;
    }
    let tail = x;
    for (let n = 120; n > 0; n -= 1) tail = x + n / 2 / tail;
    return bell / tail;
  }

  // Written with e^-|z|, which never overflows.
  function sigmoid(z) {
    const e = Math.exp(-Math.abs(z));
    return (z > 0 ? 1 : e) / (1 + e);
  }

  // name -> value(z, alpha), slope(z, alpha), the same pair of formulas as text, and whether alpha plays a part.
  const activations = {
    relu: {
      label: "ReLU", formula: "max(z, 0)",
      value: (z) => Math.max(z, 0),
      slope: (z) => (z > 0 ? 1 : 0),
    },
    leaky_relu: {
      label: "leaky ReLU", formula: "z where z > 0, else αz", alpha: 0.01,
      value: (z, alpha = 0.01) => (z > 0 ? z : alpha * z),
      slope: (z, alpha = 0.01) => (z > 0 ? 1 : alpha),
    },
    sigmoid: {
      label: "sigmoid", formula: "1 / (1 + e⁻ᶻ)",
      value: sigmoid,
      slope: (z) => sigmoid(z) * (1 - sigmoid(z)),
    },
    tanh: {
      label: "tanh", formula: "tanh z",
      value: Math.tanh,
      slope: (z) => 1 - Math.tanh(z) ** 2,
    },
    elu: {
      label: "ELU", formula: "z where z > 0, else α(eᶻ − 1)", alpha: 1,
      value: (z, alpha = 1) => (z > 0 ? z : alpha * Math.expm1(z)),
      slope: (z, alpha = 1) => (z > 0 ? 1 : alpha * Math.exp(z)),
    },
    softplus: {
      label: "softplus", formula: "ln(1 + eᶻ)",
      value: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
      slope: sigmoid,
    },
    gelu: {
      label: "GELU", formula: "z Φ(z), Φ the normal distribution",
      value: (z) => (z === 0 ? 0 : z * 0.5 * erfc(-z / Math.SQRT2)),
      slope: (z) => 0.5 * erfc(-z / Math.SQRT2) + (z * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI),
    },
  };

  // ---- random numbers ------------------------------------------------------------------------

  // Marsaglia's xorshift32 (2003), warmed up so that neighbouring seeds part: the same numbers in every browser.
  function generator(seed) {
    let state = (Math.imul(seed, 0x9e3779b1) ^ 0x6d2b79f5) >>> 0 || 1;
    function next() {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      state >>>= 0;
      return state;
    }
    for (let i = 0; i < 16; i += 1) next();
    const uniform = () => next() / 4294967296;
    // Box and Muller (1958); one of the pair is enough here. The state is never 0, so the logarithm is finite.
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    // Fisher and Yates: all orders of 0 .. n-1 are as likely as each other.
    function permutation(n) {
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i -= 1) {
        const j = Math.floor(uniform() * (i + 1));
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    }
    return { uniform, normal, permutation };
  }

  // ---- data: two classes in the plane ----------------------------------------------------------

  // name -> the point of sample i of n, and its class, before noise is added.
  const shapes = {
    xor: (i) => {
      const corner = i % 4;
      return [corner >> 1, corner & 1, (corner >> 1) ^ (corner & 1)];
    },
    moons: (i, n) => {
      const half = Math.floor(n / 2), lower = i >= half;
      const t = (Math.PI * (lower ? i - half : i)) / ((lower ? n - half : half) - 1);
      return lower ? [1 - Math.cos(t), 0.5 - Math.sin(t), 1] : [Math.cos(t), Math.sin(t), 0];
    },
    circles: (i, n) => {
      const half = Math.floor(n / 2), inner = i >= half;
      const t = (2 * Math.PI * (inner ? i - half : i)) / (inner ? n - half : half);
      return inner ? [0.5 * Math.cos(t), 0.5 * Math.sin(t), 1] : [Math.cos(t), Math.sin(t), 0];
    },
    spiral: (i, n) => {
      const arm = i % 2, r = Math.floor(i / 2) / Math.max(1, Math.floor((n - 1) / 2));
      const t = 2 * Math.PI * (0.9 * r + arm / 2);
      return [r * Math.cos(t), r * Math.sin(t), arm];
    },
  };

  // x (n, 2) row by row with mean 0 and deviation 1 in each column, and y (n).
  function dataset(name, n, noise, rng) {
    const x = new Float64Array(2 * n), y = new Float64Array(n);
    for (let i = 0; i < n; i += 1) {
      const [x1, x2, label] = shapes[name](i, n);
      x[2 * i] = x1 + noise * rng.normal();
      x[2 * i + 1] = x2 + noise * rng.normal();
      y[i] = label;
    }
    for (let column = 0; column < 2; column += 1) {
      let mean = 0, square = 0;
      for (let i = column; i < 2 * n; i += 2) mean += x[i] / n;
      for (let i = column; i < 2 * n; i += 2) square += (x[i] - mean) ** 2 / n;
      for (let i = column; i < 2 * n; i += 2) x[i] = (x[i] - mean) / Math.sqrt(square);
    }
    return { x, y, n };
  }

  // ---- the network -----------------------------------------------------------------------------

  // Layers of W and b with an activation between them; the output is a logit. First weights are He's where the
  // activation passes large values through, Glorot's before tanh, sigmoid and the output; biases are 0.
  function mlp(sizes, activation, rng) {
    const layers = sizes.slice(1).map((n_out, i) => {
      const n_in = sizes[i], last = i === sizes.length - 2;
      const glorot = last || activation === "tanh" || activation === "sigmoid";
      const deviation = Math.sqrt(glorot ? 2 / (n_in + n_out) : 2 / n_in);
      return { W: Float64Array.from({ length: n_out * n_in }, () => deviation * rng.normal()), b: new Float64Array(n_out) };
    });
    return { sizes, activation, layers };
  }

  // z = x W^T + b for x (N, n_in).
  function linearForward(x, { W, b }) {
    const n_out = b.length, n_in = W.length / n_out, n = x.length / n_in, z = new Float64Array(n * n_out);
    for (let i = 0; i < n; i += 1) {
      for (let o = 0; o < n_out; o += 1) {
        let sum = b[o];
        for (let k = 0; k < n_in; k += 1) sum += x[i * n_in + k] * W[o * n_in + k];
        z[i * n_out + o] = sum;
      }
    }
    return z;
  }

  // dx = dz W, dW = dz^T x, db = the column sums of dz.
  function linearBackward(dz, x, { W, b }) {
    const n_out = b.length, n_in = W.length / n_out, n = x.length / n_in;
    const dx = new Float64Array(x.length), dW = new Float64Array(W.length), db = new Float64Array(n_out);
    for (let i = 0; i < n; i += 1) {
      for (let o = 0; o < n_out; o += 1) {
        const d = dz[i * n_out + o];
        db[o] += d;
        for (let k = 0; k < n_in; k += 1) {
          dW[o * n_in + k] += d * x[i * n_in + k];
          dx[i * n_in + k] += d * W[o * n_in + k];
        }
      }
    }
    return { dx, dW, db };
  }

  // Output and, a layer, the input x and the sum z of its linear part.
  function forward(network, x) {
    const { value } = activations[network.activation], caches = [];
    network.layers.forEach((layer, i) => {
      const z = linearForward(x, layer);
      caches.push({ x, z });
      x = i < network.layers.length - 1 ? z.map((one) => value(one)) : z;
    });
    return { output: x, caches };
  }

  // From the derivative of the loss with respect to the output: dx, and for each layer dW, db, dz and da, the last
  // two being the derivatives with respect to the layer's sum and to what its activation made of it.
  function backward(network, doutput, caches) {
    const { slope } = activations[network.activation], grads = [];
    let da = doutput;
    for (let i = caches.length - 1; i >= 0; i -= 1) {
      const { x, z } = caches[i], above = da;
      const dz = i < caches.length - 1 ? above.map((d, j) => d * slope(z[j])) : above;
      const { dx, dW, db } = linearBackward(dz, x, network.layers[i]);
      grads[i] = { dW, db, dz, da: above };
      da = dx;
    }
    return { dx: da, grads };
  }

  // ---- losses ------------------------------------------------------------------------------------

  // Mean binary cross-entropy from logits, softplus(z) - y z, and its derivative (sigmoid(z) - y) / N.
  function bceWithLogits(logits, y) {
    const n = y.length;
    let loss = 0;
    const dlogits = logits.map((z, i) => {
      loss += (activations.softplus.value(z) - y[i] * z) / n;
      return (sigmoid(z) - y[i]) / n;
    });
    return { loss, dlogits };
  }

  // Half the squared error of one sample, and its derivative.
  const halfSquare = (f, y) => ({ loss: 0.5 * (f - y) ** 2, df: f - y });

  // ---- optimisers ----------------------------------------------------------------------------------

  // name -> a function that is given w, g, the learning rate, the number of the step from 1, and an object of its own
  // to keep what it remembers of this entry; it returns the new w.
  const updates = {
    gradient: (w, g, lr) => w - lr * g,
    momentum: (w, g, lr, t, keep) => {
      keep.v = 0.9 * (keep.v ?? 0) + g;
      return w - lr * keep.v;
    },
    nesterov: (w, g, lr, t, keep) => {
      keep.v = 0.9 * (keep.v ?? 0) + g;
      return w - lr * (g + 0.9 * keep.v);
    },
    rmsprop: (w, g, lr, t, keep) => {
      keep.s = 0.99 * (keep.s ?? 0) + (1 - 0.99) * g * g;
      return w - (lr * g) / (Math.sqrt(keep.s) + 1e-8);
    },
    adam: (w, g, lr, t, keep) => {
      keep.m = 0.9 * (keep.m ?? 0) + (1 - 0.9) * g;
      keep.s = 0.999 * (keep.s ?? 0) + (1 - 0.999) * g * g;
      const mean = keep.m / (1 - 0.9 ** t), square = keep.s / (1 - 0.999 ** t);
      return w - (lr * mean) / (Math.sqrt(square) + 1e-8);
    },
  };

  // step(params, grads) changes the arrays of params in place.
  function optimizer(name, lr) {
    const update = updates[name], memory = new Map();
    let t = 0;
    function step(params, grads) {
      t += 1;
      params.forEach((w, k) => {
        for (let i = 0; i < w.length; i += 1) {
          const key = `${k}.${i}`;
          if (!memory.has(key)) memory.set(key, {});
          w[i] = update(w[i], grads[k][i], lr, t, memory.get(key));
        }
      });
    }
    return { step };
  }

  // Places to walk on: height f(x, y), slope (df/dx, df/dy), the window that is drawn, and where it is lowest.
  const surfaces = {
    valley: {
      label: "valley", formula: "½x² + 10y²", window: [-4, 4, -2.4, 2.4], start: [-3.4, 1.6], lowest: [[0, 0]],
      f: (x, y) => 0.5 * x * x + 10 * y * y,
      gradient: (x, y) => [x, 20 * y],
    },
    saddle: {
      label: "saddle", formula: "½x² − ½y² + ¼y⁴", window: [-4, 4, -2.4, 2.4], start: [-3.4, 0.02], lowest: [[0, -1], [0, 1]],
      f: (x, y) => 0.5 * x * x - 0.5 * y * y + 0.25 * y ** 4,
      gradient: (x, y) => [x, -y + y ** 3],
    },
    rosenbrock: {
      label: "Rosenbrock", formula: "(1 − x)² + 10(y − x²)²", window: [-2.2, 2.2, -0.74, 1.9], start: [-1.3, 1.2], lowest: [[1, 1]],
      f: (x, y) => (1 - x) ** 2 + 10 * (y - x * x) ** 2,
      gradient: (x, y) => [-2 * (1 - x) - 40 * x * (y - x * x), 20 * (y - x * x)],
    },
  };

  // The points that an optimiser visits, at most `steps` steps, until it leaves what numbers can hold.
  function walk(surface, name, lr, start, steps) {
    const { gradient } = surfaces[surface], place = Float64Array.from(start), { step } = optimizer(name, lr);
    const path = [[...place]];
    for (let i = 0; i < steps && place.every((v) => Math.abs(v) < 1e6); i += 1) {
      step([place], [gradient(...place)]);
      path.push([...place]);
    }
    return path;
  }

  // ---- training ------------------------------------------------------------------------------------

  // One epoch of gradient descent: all samples once in random order, the short last batch kept.
  function epoch(network, { x, y, n }, lr, batch, rng) {
    const order = rng.permutation(n), { step } = optimizer("gradient", lr);
    for (let start = 0; start < n; start += batch) {
      const rows = order.subarray(start, Math.min(start + batch, n));
      const xBatch = new Float64Array(2 * rows.length), yBatch = new Float64Array(rows.length);
      rows.forEach((row, i) => {
        xBatch.set([x[2 * row], x[2 * row + 1]], 2 * i);
        yBatch[i] = y[row];
      });
      const { output, caches } = forward(network, xBatch);
      const { grads } = backward(network, bceWithLogits(output, yBatch).dlogits, caches);
      step(network.layers.flatMap((l) => [l.W, l.b]), grads.flatMap((g) => [g.dW, g.db]));
    }
  }

  // Mean loss on all samples, and the share whose logit has the right sign.
  function evaluate(network, { x, y, n }) {
    const { output } = forward(network, x);
    let right = 0;
    output.forEach((z, i) => { right += (z > 0) === (y[i] === 1); });
    return { loss: bceWithLogits(output, y).loss, accuracy: right / n };
  }

  const kernel = {
    activations, backward, bceWithLogits, dataset, epoch, erfc, evaluate, forward, generator, halfSquare, mlp,
    optimizer, shapes, sigmoid, surfaces, updates, walk,
  };
  if (typeof module === "object" && module.exports) module.exports = kernel;
  else root.byhandKernel = kernel;
})(typeof self === "object" ? self : this);
