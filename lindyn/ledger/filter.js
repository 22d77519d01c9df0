(() => {
  for (const whole of document.querySelectorAll("#ledger-whole")) {
    const form = whole.querySelector("form.ledger-filter");
    if (!form.hidden) continue;
    const rows = [...whole.querySelectorAll("tbody tr")];
    const apply = () => {
      const wanted = new FormData(form);
      const text = wanted.get("text").trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const fits = ["paper", "kind", "verdict"].every(
          (key) => !wanted.get(key) || row.dataset[key] === wanted.get(key));
        row.hidden = !(fits && row.textContent.toLowerCase().includes(text));
        shown += !row.hidden;
      }
      form.querySelector("output").textContent = `${shown} of ${rows.length} shown`;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    apply();
  }
})();
