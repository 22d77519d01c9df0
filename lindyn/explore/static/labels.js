// Where the names of curves and marks go: beside the point that their author wishes, unless they
// would cover a curve, a dot or another name there; then at the nearest place where they do not.
// The static picture (lindyn/explore/labels.py) follows the same rule.

const SIDES = { // shift in pixels, and which end of the text is tied to the point
  right: [8, 4, "start"], left: [-8, 4, "end"], above: [0, -10, "end"], below: [0, 17, "middle"],
  "upper right": [5, -7, "start"], "lower left": [-5, 16, "end"],
  "upper left": [-5, -7, "end"], "lower right": [5, 16, "start"],
};
const CAPITAL = 9; // height of a letter
const GRAIN = 4; // pixels between the points that stand for a line
const STRIDE = 3; // of these points, how many from one that is tried to the next

const pen = document.createElement("canvas").getContext("2d");

function widthOf(text, size = 12) {
  pen.font = `600 ${size}px ${getComputedStyle(document.body).fontFamily}`; // as in explorer.css
  return pen.measureText(text).width;
}

// The part of the segment from p to q that lies inside the box, as points a grain apart.
function pointsBetween(p, q, box) {
  let [from, to] = [0, 1];
  for (const [a, b, low, high] of [[p[0], q[0], box.left, box.right], [p[1], q[1], box.top, box.bottom]]) {
    if (a === b && (a < low || a > high)) return [];
    if (a === b) continue;
    const ends = [(low - a) / (b - a), (high - a) / (b - a)];
    from = Math.max(from, Math.min(...ends));
    to = Math.min(to, Math.max(...ends));
  }
  if (!(from <= to)) return [];
  const length = Math.hypot(q[0] - p[0], q[1] - p[1]) * (to - from);
  const count = Math.max(1, Math.ceil(length / GRAIN));
  return Array.from({ length: count + 1 }, (_, i) => {
    const part = from + ((to - from) * i) / count;
    return [p[0] + part * (q[0] - p[0]), p[1] + part * (q[1] - p[1])];
  });
}

// What is seen of a curve, as points; of dots, the dots.
function seenPoints(points, box, dots) {
  const inside = ([x, y]) => x >= box.left && x <= box.right + 0.5 && y >= box.top && y <= box.bottom;
  if (dots || points.length === 1) return points.filter(inside);
  return points.slice(1).flatMap((q, i) => pointsBetween(points[i], q, box));
}

// The text beside a point, pushed into the room; `cost` counts by how much.
function textAt([x, y], side, width, room) {
  const [dx, dy, anchor] = SIDES[side];
  const wished = x + dx - width * { start: 0, middle: 0.5, end: 1 }[anchor];
  const left = Math.max(room.left, Math.min(wished, room.right - width));
  const base = Math.max(room.top + CAPITAL, Math.min(y + dy, room.bottom));
  return {
    left, right: left + width, top: base - CAPITAL, bottom: base,
    cost: 0.1 * (Math.abs(left - wished) + Math.abs(base - y - dy)),
  };
}

// How far a text is from a rectangle, along the axes; negative where they meet.
const gap = (text, { left, right, top, bottom }) => (
  Math.max(text.left - right, left - text.right, text.top - bottom, top - text.bottom));

// Whether a point lies in an area, given by its border.
function liesIn(x, y, border) {
  return border.reduce((inside, [x1, y1], i) => {
    const [x0, y0] = border.at(i - 1);
    return (y0 > y) !== (y1 > y) && x < x0 + ((x1 - x0) * (y - y0)) / (y1 - y0) ? !inside : inside;
  }, false);
}

// How bad a place is: points of lines and dots that are covered, points of other lines nearby,
// which the name could be taken for; names that have their place; an area that is missed.
function badness(text, name, lines, placed) {
  const { left, right, top, bottom } = text;
  let cost = 40 * placed.filter((other) => gap(text, other) < 3).length;
  for (const { points, reach, weight } of lines) {
    for (const [x, y] of points) {
      const away = Math.max(left - x, x - right, top - y, y - bottom);
      if (away < reach) cost += weight;
      else if (away < 6 && points !== name.points) cost += 0.1;
    }
  }
  const middle = (top + bottom) / 2;
  const missed = name.area ? [left, (left + right) / 2, right].filter((x) => !liesIn(x, middle, name.area)) : [];
  return cost + 6 * missed.length;
}

// Each name gets a place, in their order: { text, wish: a point, side, points: where else, area }.
function placeNames(names, lines, room) {
  const placed = [];
  for (const name of names) {
    const { wish, side, points } = name;
    const width = widthOf(name.text);
    const tried = [wish, ...points.filter((_, i) => i % STRIDE === 0)].flatMap((point) => (
      Object.keys(SIDES).map((other) => {
        const found = textAt(point, other, width, room);
        const away = Math.hypot(point[0] - wish[0], point[1] - wish[1]);
        return { ...found, cost: found.cost + 0.03 * away + (other === side ? 0 : 0.6) };
      })));
    let best = { cost: Infinity };
    for (const found of tried.sort((a, b) => a.cost - b.cost)) {
      if (found.cost >= best.cost) break;
      const cost = found.cost + badness(found, name, lines, placed);
      if (cost < best.cost) best = { ...found, cost };
    }
    placed.push(best);
  }
  return placed;
}
