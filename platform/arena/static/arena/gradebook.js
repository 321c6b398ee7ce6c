// The table to type marks in, and the scheme's what-if. Everything also works without: the forms are plain forms.
"use strict";
(() => {
  // ---- the table: keys move, a pasted column spreads, only changed cells are sent
  const grid = document.querySelector("[data-grid]");
  if (grid) {
    const cells = () => [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td input")]);
    const mark = (input) => input.classList.toggle("changed", input.value.trim() !== input.dataset.was);
    const place = (input) => {
      const rows = cells();
      const r = rows.findIndex((row) => row.includes(input));
      return [rows, r, r < 0 ? -1 : rows[r].indexOf(input)];
    };
    grid.addEventListener("input", (event) => event.target.dataset.was !== undefined && mark(event.target));
    grid.addEventListener("focusin", (event) => event.target.dataset.was !== undefined && event.target.select());
    grid.addEventListener("keydown", (event) => {
      if (event.target.dataset.was === undefined) return;
      const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const [rows, r, c] = place(event.target);
      rows[r + step]?.[c]?.focus();
    });
    grid.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "");
      if (event.target.dataset.was === undefined || !/[\n\t]/.test(text)) return;
      event.preventDefault();
      const [rows, r, c] = place(event.target);
      text.split("\n").forEach((line, i) =>
        line.split("\t").forEach((value, j) => {
          const input = rows[r + i]?.[c + j];
          if (!input) return;
          input.value = value.trim();
          mark(input);
        }),
      );
    });
    grid.addEventListener("submit", () => {
      for (const input of grid.querySelectorAll("td input")) if (input.value.trim() === input.dataset.was) input.disabled = true;
    });
    addEventListener("beforeunload", (event) => {
      if (!grid.dataset.sending && grid.querySelector(".changed")) event.preventDefault();
    });
    grid.addEventListener("submit", () => (grid.dataset.sending = "yes"));
    grid.querySelectorAll("td input").forEach(mark);
  }

  // ---- the what-if: any control asks the server what would change
  const scheme = document.getElementById("scheme");
  if (scheme) {
    let timer;
    const ask = (by, wait) => {
      scheme.querySelector("#by").value = by;
      clearTimeout(timer);
      timer = setTimeout(() => htmx.trigger(scheme, "what-if"), wait);
    };
    scheme.addEventListener("input", (event) => {
      const control = event.target;
      if (!control.dataset.by) return;
      if (control.dataset.edge) scheme.querySelector(`#${control.dataset.edge}`).value = control.value;
      else if (control.name === "edge") {
        const range = scheme.querySelector(`[data-edge="${control.id}"]`);
        if (range) range.value = control.value;
      }
      ask(control.dataset.by, control.dataset.by === "document" ? 500 : 120);
    });
    // while a slider is dragged its row stays; once it rests the labels follow
    scheme.addEventListener("change", (event) => event.target.dataset.by === "edges" && ask("settled", 150));
    scheme.addEventListener("click", (event) => event.target.dataset.by === "scale" && ask("scale", 0));
  }
})();
