// One panel: axes, curves, direct labels.  Curves come as arrays of data; nothing is computed here.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 42, right: 50, top: 30, bottom: 40 };
const LABEL_SIDES = { // shift in pixels, and which end of the text is tied to the point
  right: [8, 4, "start"], left: [-8, 4, "end"], above: [0, -10, "end"], below: [0, 17, "middle"],
  "upper right": [5, -7, "start"], "lower left": [-5, 16, "end"],
};
let panelsMade = 0;

function svgElement(name, attributes, parent, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent?.append(node);
  return node;
}

// What is drawn at each point where a style has no line: a dot is a stroke of length zero.
const SYMBOLS = { run: "h0", cross: "m-3-3l6 6m-6 0l6-6" };

// Points → path data, with gaps where a value cannot be drawn.
function pathData(xs, ys, toX, toY, symbol) {
  const parts = [];
  let pen = false;
  for (let i = 0; i < ys.length; i += 1) {
    const [x, y] = [toX(xs[i]), toY(ys[i])];
    const drawn = !Number.isNaN(x) && !Number.isNaN(y);
    if (drawn) parts.push(`${pen && !symbol ? "L" : "M"}${x.toFixed(3)} ${y.toFixed(3)}${symbol}`);
    pen = drawn;
  }
  return parts.join("");
}

// Where a curve's own label goes: beside its lowest point ("low"), or beside the point that lies
// the given part of the way along what is seen of the curve.
function labelPlace(series, xs, ys, toX, toY, box) {
  const seen = [];
  for (let i = 0; i < ys.length; i += 1) {
    const [x, y] = [toX(xs[i]), toY(ys[i])];
    if (x >= box.left && x <= box.right + 0.5 && y >= box.top && y <= box.bottom) seen.push([x, y]);
  }
  if (!seen.length) return null;
  const lowest = seen.reduce((best, point, i) => (point[1] > seen[best][1] ? i : best), 0);
  const index = series.at !== "low" ? Math.round(series.at * (seen.length - 1)) : lowest || seen.length - 1;
  const [x, y] = seen[index];
  const side = series.side === "left" && x < box.left + 50 ? "right" : series.side;
  const [dx, dy, anchor] = LABEL_SIDES[side];
  const least = box.left + { start: 0, middle: 22, end: 46 }[anchor];
  return { x: Math.max(least, Math.min(x + dx, box.right + 8)), y: y + dy, anchor };
}

// Labels that would overlap are moved apart vertically, the order kept.
function separate(labels, box) {
  labels.sort((a, b) => a.y - b.y);
  const meet = (a, b) => Math.abs(a.x - b.x) < 60 && b.y - a.y < 13;
  for (let i = 1; i < labels.length; i += 1) {
    if (meet(labels[i - 1], labels[i])) labels[i].y = labels[i - 1].y + 13;
  }
  let floor = box.bottom + 2;
  for (let i = labels.length - 1; i >= 0; i -= 1) {
    labels[i].y = Math.min(labels[i].y, floor);
    if (i > 0 && meet(labels[i - 1], labels[i])) floor = labels[i].y - 13;
  }
}

function drawAxes(svg, panel, box, toX, toY) {
  const grid = svgElement("g", { class: "lx-axes", "aria-hidden": "true" }, svg);
  for (const [value, label] of ticksOf(panel.x, Math.max(3, Math.floor((box.right - box.left) / 48)))) {
    const x = toX(value);
    svgElement("line", { class: "lx-grid", x1: x, x2: x, y1: box.top, y2: box.bottom }, grid);
    svgElement("text", { x, y: box.bottom + 17, "text-anchor": "middle" }, grid, label);
  }
  for (const [value, label] of ticksOf(panel.y, 5)) {
    const y = toY(value);
    svgElement("line", { class: "lx-grid", x1: box.left, x2: box.right, y1: y, y2: y }, grid);
    svgElement("text", { x: box.left - 7, y: y + 4, "text-anchor": "end" }, grid, label);
  }
  svgElement("path", { class: "lx-frame", d: `M${box.left} ${box.top}V${box.bottom}H${box.right}` }, grid);
  svgElement("text", { class: "lx-axis-label", x: (box.left + box.right) / 2, y: box.bottom + 34, "text-anchor": "middle" }, grid, panel.x.label);
  svgElement("text", { class: "lx-title", x: 0, y: 14 }, grid, panel.title);
}

// `arrays[name]` holds the data, `entry(name)` the one number meant now of an array that a control
// indexes; `strong(series)` says whether a series is the chosen one.
function drawPanel(panel, { arrays, entry, strong }, width, height) {
  const box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
  const toX = pixelScale(panel.x, box.left, box.right);
  const toY = pixelScale(panel.y, box.bottom, box.top);
  const svg = svgElement("svg", {
    class: "lx-panel", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": panel.alt,
    "data-x": JSON.stringify({ scale: panel.x.scale, range: panel.x.range, pixels: [box.left, box.right] }),
    "data-y": JSON.stringify({ scale: panel.y.scale, range: panel.y.range, pixels: [box.bottom, box.top] }),
  });
  const clip = `lx-clip-${(panelsMade += 1)}`;
  svgElement("rect", { x: box.left - 3, y: box.top - 3, width: box.right - box.left + 6, height: box.bottom - box.top + 6 },
    svgElement("clipPath", { id: clip }, svg));
  drawAxes(svg, panel, box, toX, toY);
  const plot = svgElement("g", { "clip-path": `url(#${clip})` }, svg);
  const labels = [];
  for (const mark of panel.marks) {
    const x = toX(entry(mark.x));
    if (!(x >= box.left && x <= box.right)) continue;
    svgElement("line", { class: "lx-mark", "data-mark": mark.x, x1: x, x2: x, y1: box.top, y2: box.bottom }, plot);
    svgElement("text", { class: "lx-mark-label", x: x + 4, y: box.bottom - 6 }, svg, mark.label);
  }
  // The chosen series last, so that it lies on top.
  const shown = panel.series.filter((series) => strong(series) || !(series.alone || series.style === "guide"));
  for (const series of shown.sort((a, b) => strong(a) - strong(b))) {
    const [xs, ys] = [arrays[series.x], arrays[series.y]];
    const look = `lx-${series.style}${strong(series) ? "" : " lx-faint"}`;
    svgElement("path", {
      class: `lx-curve ${look}`, "data-x": series.x, "data-y": series.y,
      d: pathData(xs, ys, toX, toY, SYMBOLS[series.style] ?? ""),
    }, plot);
    const wanted = series.label && (strong(series) || !series.quiet);
    const place = wanted && labelPlace(series, xs, ys, toX, toY, box);
    if (place) labels.push({ ...place, look, text: series.label });
  }
  separate(labels, box);
  for (const { x, y, anchor, look, text } of labels) {
    svgElement("text", { class: `lx-label ${look}`, x, y, "text-anchor": anchor }, svg, text);
  }
  return svg;
}
