// On paper, folded proofs and solutions are open; afterwards they are as the reader left them.
(() => {
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
})();

// Formulas are typeset a few at a time, so that the page answers in between: widgets start first,
// then come the formulas on the screen, then the others.  MathJax is loaded after this script.
(() => {
  if (!window.MathJax) return;
  const PORTION = 16;
  const PATIENCE = 50; // pauses, a few milliseconds each
  let waiting = [];
  const pause = () => new Promise((resolve) => setTimeout(resolve));
  const onScreen = (formula) => {
    if (!formula.checkVisibility()) return false;
    const { top, bottom } = formula.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  // Until the reader moves, what the address names stays at its place on the screen.
  let held = null;
  const hold = () => {
    held = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const release = () => { held = null; };
    for (const moves of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(moves, release, { once: true, passive: true });
  };
  // A display that is a little wider than the page, on a phone, is set smaller; it scrolls beyond that.
  const SMALLEST = 0.75;
  const fit = (displays) => {
    for (const display of displays) display.style.fontSize = "";
    const boxes = displays.map((display) => display.querySelector("mjx-container"));
    const free = boxes.map((box) => box.clientWidth / box.scrollWidth); // NaN in a closed fold
    displays.forEach((display, k) => {
      if (free[k] < 1) display.style.fontSize = `${100 * Math.max(SMALLEST, 0.98 * free[k])}%`;
    });
  };
  const fitAll = (part) => fit([...part.querySelectorAll("div.math:has(> mjx-container)")]);
  addEventListener("resize", () => requestAnimationFrame(() => fitAll(document)));
  addEventListener("toggle", ({ target }) => fitAll(target), true);
  const typesetAll = async () => {
    const formulas = [...document.querySelectorAll(".math")];
    const first = new Set(formulas.filter(onScreen));
    waiting = [...first, ...formulas.filter((formula) => !first.has(formula))];
    const starting = () => document.querySelector(".lm-widget[data-model-id]:not([data-state])");
    for (let k = 0; starting() && k < PATIENCE; k += 1) await pause();
    hold();
    for (let portion = first.size; waiting.length; portion = PORTION) {
      await pause();
      const next = waiting.splice(0, portion);
      await MathJax.typesetPromise(next);
      fit(next.filter((formula) => formula.matches("div.math")));
      held?.scrollIntoView();
    }
  };
  // All rules of the fonts at once: else every portion has the whole page styled anew.
  Object.assign(MathJax, { startup: { pageReady: typesetAll }, chtml: { adaptiveCSS: false } });
  addEventListener("beforeprint", () => { if (waiting.length) MathJax.typeset(waiting.splice(0)); });
})();

// What scrolls sideways is reached by key and has a name, also where a fold opened or the screen
// turned after the theme has looked.
(() => {
  const KINDS = { "PRE": "Code or output, wider than the screen", "DIV": "Table or output, wider than the screen" };
  const look = (box) => {
    const scrolls = box.scrollWidth > box.clientWidth && /auto|scroll/.test(getComputedStyle(box).overflowX);
    if (scrolls) {
      box.tabIndex = 0;
      box.role = "group";
      box.ariaLabel = KINDS[box.tagName];
    } else if (box.role === "group") {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  };
  const start = () => {
    const watching = new ResizeObserver((changes) => { for (const { target } of changes) look(target); });
    const boxes = document.querySelectorAll("article pre, article .cell_output > .output, article .pst-scrollable-table-container");
    for (const box of boxes) watching.observe(box);
  };
  addEventListener("load", start); // after the theme
})();

// The theme listens to the first of two buttons of a side bar; the reader sees the second.
addEventListener("DOMContentLoaded", () => {
  for (const kind of [".primary-toggle", ".secondary-toggle"]) {
    const [heard, ...seen] = document.querySelectorAll(kind);
    for (const button of seen) button.addEventListener("click", () => heard.click());
  }
});

// From a file the search cannot read the pages, only the index: it lists titles without excerpts.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// Terms and symbols explain themselves on a card: pointed at, or reached with the tab key.
(() => {
  const WAIT = 200;
  let card, shown = null, timer = 0;
  const words = new WeakMap();
  const place = (target) => {
    const at = target.getBoundingClientRect(), width = document.documentElement.clientWidth;
    card.style.left = `${Math.max(8, Math.min(at.left, width - card.offsetWidth - 8)) + scrollX}px`;
    const above = at.bottom + card.offsetHeight + 8 > innerHeight && at.top > card.offsetHeight + 8;
    card.style.top = `${(above ? at.top - card.offsetHeight - 4 : at.bottom + 4) + scrollY}px`;
  };
  const hide = () => {
    clearTimeout(timer);
    if (!shown) return;
    for (const one of document.querySelectorAll("[aria-describedby=lm-card]")) one.removeAttribute("aria-describedby");
    shown = null;
    card.hidden = true;
  };
  const show = (target, focused) => {
    clearTimeout(timer);
    if (shown !== target) hide();
    shown = target;
    card.textContent = words.get(target);
    card.hidden = false;
    place(target);
    (focused ?? target).setAttribute("aria-describedby", "lm-card");
  };
  const later = (act) => {
    clearTimeout(timer);
    timer = setTimeout(act, WAIT);
  };
  const start = () => {
    const targets = document.querySelectorAll("article .lm-term[title], article .lm-symbol[title]");
    if (!targets.length) return;
    card = document.createElement("div");
    card.id = "lm-card";
    card.role = "tooltip";
    card.hidden = true;
    document.body.append(card);
    for (const target of targets) {
      words.set(target, target.title);
      target.removeAttribute("title");
      target.addEventListener("pointerenter", () => later(() => show(target)));
      target.addEventListener("pointerleave", () => later(hide));
      target.addEventListener("focusin", (event) => show(target, event.target));
      target.addEventListener("focusout", hide);
    }
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", () => later(hide));
    addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
