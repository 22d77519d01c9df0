(() => {
  for (const graph of document.querySelectorAll("#ledger-graph-$PART")) {
    const nodes = [...graph.querySelectorAll(".node")];
    const edges = [...graph.querySelectorAll("path[data-from]")];
    const above = (node) => new Set(node.dataset.above.split(" ").filter(Boolean));
    const light = (node) => {
      const id = node.dataset.id, up = above(node);
      const near = new Set([id, ...up]);
      for (const other of nodes) if (above(other).has(id)) near.add(other.dataset.id);
      graph.classList.add("lit");
      for (const other of nodes) {
        other.classList.toggle("near", near.has(other.dataset.id));
        other.classList.toggle("here", other === node);
      }
      for (const edge of edges) {
        edge.classList.toggle("near", near.has(edge.dataset.from) && near.has(edge.dataset.to));
      }
    };
    const dark = () => {
      graph.classList.remove("lit");
      for (const one of [...nodes, ...edges]) one.classList.remove("near", "here");
    };
    for (const node of nodes) {
      node.addEventListener("mouseenter", () => light(node));
      node.addEventListener("focus", () => light(node));
      node.addEventListener("mouseleave", dark);
      node.addEventListener("blur", dark);
    }
  }
})();
