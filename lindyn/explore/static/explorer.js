// The one front end of every widget: controls, panels, summary.
// On a published page (model.published) values are looked up in the table that Python computed;
// in JupyterLab the kernel recomputes them exactly, at every position between the stops too.

const FINE = 20; // positions between two stops, where a kernel can compute them
const PATIENCE = 2000; // ms without an answer from the kernel before the reader is told

const SOURCES = {
  exact: "Computed now by the Python kernel.",
  table: "Values computed by lindyn in Python, stored in this page.",
  waiting: "The Python kernel is busy or has stopped; this waits for its answer.",
};

function element(name, attributes, parent, text) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent?.append(node);
  return node;
}

// A binary trait as numbers, copied because views need not be aligned.
function numbersOf(view, Type) {
  return new Type(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

function controlValue(control, position) {
  const { stops, scale } = control;
  const below = Math.min(Math.floor(position), stops.length - 1);
  const part = position - below;
  if (part === 0 || scale === "choice") return stops[below];
  const [a, b] = [stops[below], stops[below + 1]];
  return scale === "log" ? a * (b / a) ** part : a + part * (b - a);
}

function controlText(control, position) {
  if (control.texts.length) return control.texts[Math.round(position)];
  return formatNumber(controlValue(control, position)) + control.unit;
}

function unpack(spec, numbers) {
  const arrays = { ...spec.fixed };
  let start = 0;
  for (const [name, length] of spec.fields) {
    arrays[name] = numbers.subarray(start, (start += length));
  }
  return arrays;
}

function nodeOf(spec, positions) {
  return spec.controls.reduce((node, control, k) => (
    control.tabulated ? node * control.stops.length + positions[k] : node), 0);
}

// The number meant by an array's name: the entry its control picks, else the first.
const entryOf = (spec, arrays, positions) => (name) => arrays[name][positions[spec.indexed[name]] ?? 0];

function summaryOf(spec, arrays, positions) {
  const words = Object.fromEntries(spec.controls.map((c, k) => [c.name, controlText(c, positions[k])]));
  const entry = entryOf(spec, arrays, positions);
  const sentence = spec.sentences[entry("sentence")].replaceAll("~", "\u00a0");
  return sentence.replace(/\{(\w+)\}/g, (_, name) => words[name] ?? formatNumber(entry(name)));
}

function buildControls(spec, root, step, changed) {
  const form = element("div", { class: "lx-controls" }, root);
  const inputs = spec.controls.map((control, k) => {
    const id = `lx-${spec.name}-${Math.random().toString(36).slice(2)}-${control.name}`;
    const row = element("div", { class: "lx-control" }, form);
    element("label", { for: id }, row, control.label);
    const output = element("output", { for: id, "aria-hidden": "true" }, row);
    const input = element("input", {
      id, type: "range", min: 0, max: control.stops.length - 1, step: step(control),
      "data-control": control.name, "data-lm-suppress-shortcuts": "true",
    }, row);
    input.addEventListener("input", () => changed(k, Number(input.value)));
    return { show(position) {
      input.value = position;
      output.textContent = controlText(control, position);
      input.setAttribute("aria-valuetext", output.textContent);
    } };
  });
  const button = element("button", { type: "button", class: "lx-reset" }, form, "Reset");
  return { inputs, button };
}

function start(model, el) {
  const spec = model.get("spec");
  const live = model.published !== true;
  const stride = spec.fields.reduce((sum, [, length]) => sum + length, 0);
  const table = numbersOf(model.get("table"), Float32Array);
  const root = element("section", { class: "lx", "data-widget": spec.name, "aria-label": spec.title }, el);
  element("p", { class: "lx-heading" }, root, spec.title);
  element("p", { class: "lx-claim" }, root, spec.claim);
  let positions = [...model.get("positions")];
  let shown = null;
  let waiting = null;

  const step = (control) => (live && control.scale !== "choice" ? 1 / FINE : 1);
  const { inputs, button } = buildControls(spec, root, step, (k, position) => {
    move(positions.map((old, j) => (j === k ? position : old)));
  });
  const panels = element("div", { class: "lx-panels" }, root);
  const summary = element("p", { class: "lx-summary", role: "status", "aria-live": "polite" }, root);
  const source = element("p", { class: "lx-source" }, root);
  const alarm = element("p", { class: "lx-error", role: "alert", hidden: "" }, root);

  const strong = (series) => series.only === null
    || positions[spec.controls.findIndex((c) => c.name === series.only[0])] === series.only[1];

  function complain(message) {
    alarm.hidden = !message;
    alarm.textContent = message ? `Error: ${message}` : "";
    if (message) console.error(`lindyn ${spec.name}: ${message}`);
  }

  function draw() {
    const width = Math.floor(panels.clientWidth);
    if (!shown || width === 0) return;
    const columns = width < 560 ? 1 : 2;
    const half = Math.floor((width - 12 * (columns - 1)) / columns);
    const data = { arrays: shown.arrays, entry: entryOf(spec, shown.arrays, shown.positions), strong };
    panels.style.setProperty("--lx-columns", columns);
    panels.replaceChildren(...spec.panels.map((panel) => {
      const wide = panel.wide && columns > 1;
      const height = Math.round(Math.min(wide ? 250 : 240, Math.max(190, 0.66 * half)));
      const svg = drawPanel(panel, data, wide ? width : half, height);
      svg.classList.toggle("lx-wide", wide);
      return svg;
    }));
    root.dataset.source = shown.source;
    root.dataset.positions = JSON.stringify(shown.positions);
    root.shown = shown; // what is drawn now, for the tests and for the curious
  }

  function show(arrays, from) {
    clearTimeout(waiting);
    shown = { arrays, source: from, positions: [...positions] };
    source.textContent = SOURCES[from];
    draw();
    const sentence = summaryOf(spec, arrays, positions);
    if (summary.textContent !== sentence) summary.textContent = sentence;
  }

  function lookUp() {
    const node = nodeOf(spec, positions);
    show(unpack(spec, table.subarray(node * stride, (node + 1) * stride)), "table");
  }

  function takeExact() {
    if (JSON.stringify(model.get("computed_at")) !== JSON.stringify(positions)) return;
    show(unpack(spec, numbersOf(model.get("data"), Float64Array)), "exact");
  }

  function move(next) {
    positions = next;
    inputs.forEach((input, k) => input.show(positions[k]));
    if (!live) return lookUp();
    clearTimeout(waiting);
    waiting = setTimeout(() => { source.textContent = SOURCES.waiting; }, PATIENCE);
    model.set("positions", [...positions]);
    model.save_changes();
    takeExact(); // where nothing changed there will be no answer
  }

  button.addEventListener("click", () => move([...spec.start]));
  const listeners = {
    "change:computed_at": takeExact,
    "change:data": takeExact,
    "change:error": () => { clearTimeout(waiting); complain(model.get("error")); },
    "change:positions": () => {
      positions = [...model.get("positions")];
      inputs.forEach((input, k) => input.show(positions[k]));
      takeExact();
    },
  };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
  inputs.forEach((input, k) => input.show(positions[k]));
  if (live) takeExact(); else lookUp();
  complain(model.get("error"));
  const resizing = new ResizeObserver(draw);
  resizing.observe(panels);
  return () => {
    clearTimeout(waiting);
    resizing.disconnect();
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
  };
}

function render({ model, el }) {
  try {
    return start(model, el);
  } catch (error) {
    console.error(error);
    element("p", { class: "lx-error", role: "alert" }, el, `This widget could not start: ${error.message}`);
    if (model.published) throw error; // the starter then keeps the picture
    return undefined;
  }
}

export default { render };
