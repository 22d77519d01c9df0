// Starts the widgets of a published page, without a kernel and without a network.
// Jupyter stores the widgets' state in the page at execution; each slot (a picture in
// <div class="lm-widget" data-model-id=…>) is replaced by the live widget once that has started.
(() => {
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

  function bytesOf(base64) {
    const text = atob(base64);
    return new DataView(Uint8Array.from(text, (c) => c.charCodeAt(0)).buffer);
  }

  // The part of a Jupyter model that a front end uses; nobody answers to changes here.
  function modelOf({ state, buffers = [] }) {
    const values = { ...state };
    for (const { path, data } of buffers) values[path[0]] = bytesOf(data);
    return {
      published: true,
      get: (name) => values[name],
      set: (name, value) => { values[name] = value; },
      save_changes() {},
      on() {},
      off() {},
    };
  }

  async function startWidget(slot, states) {
    const stored = states[slot.dataset.modelId];
    if (!stored) throw new Error(`no stored state for the widget ${slot.dataset.modelId}`);
    const model = modelOf(stored);
    const url = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
    const frontEnd = (await import(url)).default;
    URL.revokeObjectURL(url);
    const style = document.createElement("style");
    style.textContent = model.get("_css");
    const el = document.createElement("div");
    frontEnd.render({ model, el });
    slot.replaceChildren(style, el);
    slot.dataset.state = "live";
  }

  function startAll() {
    const states = {};
    for (const script of document.querySelectorAll(STATE)) Object.assign(states, JSON.parse(script.textContent).state);
    for (const slot of document.querySelectorAll(".lm-widget[data-model-id]")) {
      startWidget(slot, states).catch((error) => {
        slot.dataset.state = "failed"; // the picture stays
        console.error(error);
      });
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
})();
