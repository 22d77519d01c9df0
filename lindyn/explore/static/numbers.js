// Numbers: how they are written, where they fall on an axis, which ticks an axis gets.
// The Python side (lindyn/_wording.py) writes numbers by the same rule; the browser test compares.

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

const superscript = (n) => [...String(n)].map((c) => SUPERSCRIPTS[c]).join("");

// Three significant digits; a power of ten only where zeros would be miscounted.
function formatNumber(x) {
  if (Number.isNaN(x)) return "undefined";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const [mantissa, exponent] = x.toExponential(2).split("e").map(Number);
  const plain = exponent >= -3 && exponent < 5;
  const text = plain ? String(Number(x.toPrecision(3))) : `${mantissa}\u00a0×\u00a010${superscript(exponent)}`;
  return text.replace("-", "−");
}

const warpOf = (axis) => (axis.scale === "log" ? Math.log10 : (x) => x);

// Maps a value on the axis to a pixel between `from` and `to`; what a log axis cannot show is NaN.
function pixelScale(axis, from, to) {
  const warp = warpOf(axis);
  const [lo, hi] = axis.range.map(warp);
  return (x) => {
    const pixel = from + ((to - from) * (warp(x) - lo)) / (hi - lo);
    return Number.isFinite(pixel) ? pixel : NaN;
  };
}

// [value, label] pairs, at most `most` of them.
function ticksOf(axis, most) {
  if (axis.ticks.length) return axis.ticks;
  const [lo, hi] = axis.range;
  if (axis.scale === "log") {
    const first = Math.ceil(Math.log10(lo) - 1e-9);
    const last = Math.floor(Math.log10(hi) + 1e-9);
    const every = Math.max(1, Math.ceil((last - first + 1) / most));
    const ticks = [];
    for (let k = last; k >= first; k -= every) {
      const plain = k >= -2 && k <= 3;
      ticks.unshift([10 ** k, plain ? String(Number((10 ** k).toPrecision(1))) : `10${superscript(k)}`]);
    }
    return ticks;
  }
  const rough = (hi - lo) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * (1 - 1e-9));
  const ticks = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step; k += 1) {
    const value = Number((k * step).toPrecision(12));
    ticks.push([value, String(value).replace("-", "−")]);
  }
  return ticks;
}
