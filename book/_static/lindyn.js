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
