// One panel: axes, curves, direct labels.  Curves come as arrays of data; nothing is computed here.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 42, right: 50, top: 30, bottom: 40 };
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

// Beside which point the author wishes a curve's name: the lowest ("low"), or the one that lies
// the given part of the way along the points of the curve that are seen.
function wishedPoint(series, seen) {
  if (!seen.length) return null;
  const lowest = seen.reduce((best, point, i) => (point[1] > seen[best][1] ? i : best), 0);
  return seen[series.at !== "low" ? Math.round(series.at * (seen.length - 1)) : lowest || seen.length - 1];
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
  const whole = box.right + MARGIN.right;
  const narrowed = widthOf(panel.title, 13) > whole ? { textLength: whole, lengthAdjust: "spacingAndGlyphs" } : {};
  svgElement("text", { class: "lx-title", x: 0, y: 14, ...narrowed }, grid, panel.title);
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
  const names = [];
  const lines = [];
  for (const mark of panel.marks) {
    const x = toX(entry(mark.x));
    if (!(x >= box.left && x <= box.right)) continue;
    svgElement("line", { class: "lx-mark", "data-mark": mark.x, x1: x, x2: x, y1: box.top, y2: box.bottom }, plot);
    const points = pointsBetween([x, box.bottom], [x, box.top], box);
    names.push({ text: mark.label, look: "lx-mark-label", wish: points[2], side: "right", points });
    lines.push({ points, reach: 2, weight: 2 });
  }
  // The chosen series last, so that it lies on top; its name first, so that it has the choice.
  const shown = panel.series.filter((series) => strong(series) || !(series.alone || series.style === "guide"));
  for (const series of shown.sort((a, b) => strong(a) - strong(b))) {
    const [xs, ys] = [arrays[series.x], arrays[series.y]];
    const look = `lx-${series.style}${strong(series) ? "" : " lx-faint"}`;
    const symbol = SYMBOLS[series.style] ?? "";
    svgElement("path", {
      class: `lx-curve ${look}`, "data-x": series.x, "data-y": series.y, d: pathData(xs, ys, toX, toY, symbol),
    }, plot);
    const all = Array.from(ys, (y, i) => [toX(xs[i]), toY(y)]);
    const points = seenPoints(all, box, symbol);
    const area = series.style.endsWith("region") ? all : null;
    if (!area) lines.push({ points, reach: symbol ? 4 : 2, weight: symbol ? 2 : 1 });
    const wanted = series.label && (strong(series) || !series.quiet);
    const wish = wanted && wishedPoint(series, all.length > 2 ? seenPoints(all, box, true) : points);
    if (wish) names.unshift({ text: series.label, look: `lx-label ${look}`, wish, side: series.side, points, area });
  }
  const room = { left: box.left + 4, right: width - 1, top: box.top - 8, bottom: box.bottom - 4 };
  names.sort((a, b) => Boolean(b.area) - Boolean(a.area)); // an area leaves least choice
  placeNames(names, lines, room).forEach(({ left, right, bottom }, i) => {
    const place = { x: (left + right) / 2, y: bottom, "text-anchor": "middle" };
    svgElement("text", { class: names[i].look, ...place }, svg, names[i].text);
  });
  return svg;
}
