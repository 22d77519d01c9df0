(() => {
  const draw = (tag, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const start = (atlas) => {
    const form = atlas.querySelector("form"), canvas = atlas.querySelector(".canvas");
    const lines = canvas.querySelector("svg"), panel = atlas.querySelector(".chosen");
    const nodes = [...canvas.querySelectorAll(".node")];
    const id = (node) => node.id.slice(3);
    const byId = new Map(nodes.map((node) => [id(node), node]));
    const up = new Map(nodes.map((node) => [node, []])), down = new Map(nodes.map((node) => [node, []]));
    const entries = new Map([...atlas.querySelectorAll("details li[data-id]")].map((li) => [li.dataset.id, li]));
    for (const node of nodes) {
      for (const used of (node.dataset.uses ?? "").split(" ").filter(Boolean)) {
        up.get(node).push(byId.get(used));
        down.get(byId.get(used)).push(node);
      }
    }
    const all = (node, next) => {
      const found = new Set(), open = [node];
      while (open.length) {
        for (const other of next.get(open.pop())) {
          if (!found.has(other)) found.add(other), open.push(other);
        }
      }
      return found;
    };
    let chosen = null, lit = null, near = new Set(), above = new Set(), below = new Set();
    const shown = (node) => !node.parentElement.hidden;
    const box = (node) => node.closest(".box");

    const line = (from, to) => {
      const frame = canvas.getBoundingClientRect();
      const a = from.getBoundingClientRect(), b = to.getBoundingClientRect();
      const x0 = a.left + a.width / 2 - frame.left, x1 = b.left + b.width / 2 - frame.left;
      const below = b.top >= a.bottom - 1, over = b.bottom <= a.top + 1;
      const y0 = (below ? a.bottom : a.top) - frame.top;
      const y1 = (below ? b.top : over ? b.bottom : b.top) - frame.top;
      const bend = Math.max(14, Math.abs(y1 - y0) / 3);
      const c0 = below ? y0 + bend : y0 + (over ? -bend : -14);
      const c1 = below ? y1 - bend : y1 + (over ? bend : -14);
      return `M${x0.toFixed(1)} ${y0.toFixed(1)}C${x0.toFixed(1)} ${c0.toFixed(1)} ${x1.toFixed(1)} ${c1.toFixed(1)} ${x1.toFixed(1)} ${y1.toFixed(1)}`;
    };
    const redraw = () => {
      const which = form.elements.lines.value, paths = [];
      for (const [node, premises] of up) {
        for (const premise of premises) {
          if (!shown(node) || !shown(premise)) continue;
          const rises = (node === lit || above.has(node)) && above.has(premise);
          const falls = below.has(node) && (premise === lit || below.has(premise));
          const fits = lit ? rises || falls
            : which === "all" || (which === "pages" && box(node) !== box(premise));
          if (!fits) continue;
          const names = [rises && "up", falls && "down", (node === lit || premise === lit) && "direct"];
          paths.push(draw("path", {
            "data-from": id(premise), "data-to": id(node),
            class: names.filter(Boolean).join(" "), d: line(premise, node),
          }));
        }
      }
      lines.replaceChildren(...paths);
    };
    const light = (node) => {
      lit = node;
      above = node ? all(node, up) : new Set();
      below = node ? all(node, down) : new Set();
      near = new Set(node ? [node, ...above, ...below] : []);
      const direct = new Set(node ? [...up.get(node), ...down.get(node)] : []);
      atlas.classList.toggle("lit", !!node);
      for (const other of nodes) {
        other.classList.toggle("near", near.has(other));
        other.classList.toggle("direct", direct.has(other));
        other.classList.toggle("here", other === chosen);
      }
    };

    const filter = () => {
      const wanted = new FormData(form), text = wanted.get("text").trim().toLowerCase();
      let count = 0;
      for (const node of nodes) {
        const words = `${id(node)} ${node.textContent} ${node.title}`.toLowerCase();
        const fits = (!wanted.get("page") || box(node).dataset.page === wanted.get("page"))
          && ["paper", "sort", "kind", "verdict"].every(
            (key) => !wanted.get(key) || node.dataset[key] === wanted.get(key))
          && words.includes(text);
        // What is tied to the chosen statement stays, whatever the filter says.
        node.parentElement.hidden = !fits && !(chosen && near.has(node));
        count += fits;
      }
      for (const group of canvas.querySelectorAll(".box, .part")) {
        group.hidden = !group.querySelector("li:not([hidden])");
      }
      form.querySelector("output").textContent = `${count} of ${nodes.length} shown`;
      const first = chosen ?? nodes.find(shown);
      for (const node of nodes) node.tabIndex = node === first ? 0 : -1;
      atlas.style.setProperty("--size", wanted.get("size"));
      redraw();
    };
    const choose = (node) => {
      chosen = node;
      light(node);
      for (const other of nodes) other.removeAttribute("aria-current");
      node?.setAttribute("aria-current", "true");
      panel.hidden = !node;
      panel.replaceChildren();
      if (node) {
        const close = document.createElement("button");
        close.type = "button";
        close.textContent = "Close";
        close.addEventListener("click", () => {
          node.focus({ preventScroll: true });
          choose(null);
        });
        const words = document.createElement("p"), sum = document.createElement("p");
        words.append(...entries.get(id(node)).cloneNode(true).childNodes);
        for (const copy of words.querySelectorAll("[id]")) copy.removeAttribute("id");
        sum.textContent = `Rests on ${above.size} in all (solid lines); ${below.size} in all rest on it (dashed lines).`;
        panel.append(close, words, sum);
      }
      filter();
    };
    const nearest = (node, key) => {
      const visible = nodes.filter(shown), at = visible.indexOf(node);
      if (key === "ArrowRight") return visible[at + 1];
      if (key === "ArrowLeft") return visible[at - 1];
      if (key === "Home") return visible[0];
      if (key === "End") return visible.at(-1);
      const sign = key === "ArrowDown" ? 1 : -1, from = node.getBoundingClientRect();
      let best, least = Infinity;
      for (const other of visible) {
        const to = other.getBoundingClientRect(), dy = sign * (to.top - from.top);
        const far = dy * 4 + Math.abs(to.left - from.left);
        if (dy > from.height / 2 && far < least) best = other, least = far;
      }
      return best;
    };

    for (const node of nodes) {
      let before = null;
      node.addEventListener("pointerdown", () => { before = chosen; });
      node.addEventListener("focus", () => { if (chosen !== node) choose(node); });
      // A first click chooses; a second one, Enter, or a click with a key held follows the link.
      node.addEventListener("click", (event) => {
        const held = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
        if (event.detail === 0 || held || before === node) return;
        event.preventDefault();
        before = node;
        choose(node);
      });
      node.addEventListener("mouseenter", () => { if (!chosen) light(node), redraw(); });
      node.addEventListener("mouseleave", () => { if (!chosen) light(null), redraw(); });
      node.addEventListener("keydown", (event) => {
        if (event.key === "Escape") choose(null);
        if (!/^(Arrow|Home|End)/.test(event.key)) return;
        event.preventDefault();
        nearest(node, event.key)?.focus();
      });
    }
    const follow = () => {
      const node = byId.get(decodeURIComponent(location.hash).replace("#at-", ""));
      if (node) choose(node), node.scrollIntoView({ block: "center" });
    };
    form.addEventListener("input", filter);
    form.addEventListener("reset", () => setTimeout(() => choose(null)));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    filter();
    new ResizeObserver(redraw).observe(canvas);
    addEventListener("hashchange", follow);
    // Elsewhere than on a page of the book the address belongs to others.
    if (document.querySelector("article")) addEventListener("load", follow);
  };
  for (const atlas of document.querySelectorAll("#ledger-atlas")) {
    if (atlas.querySelector("form").hidden) start(atlas);
  }
})();
