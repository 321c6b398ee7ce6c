// The threshold's number while it moves, and two programs that scroll together. Without it the links and forms still work.
"use strict";
(() => {
  document.addEventListener("input", (event) => {
    const shown = event.target.id && document.querySelector(`[data-shows="${event.target.id}"]`);
    const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    if (shown) shown.textContent = Number(event.target.value).toLocaleString(document.documentElement.lang, digits);
  });
  // the sort that a reader chose stays while the threshold moves, and the address tells both
  document.addEventListener("htmx:afterSettle", (event) => {
    const form = document.querySelector(".threshold");
    if (form && event.target.id === "found") {
      history.replaceState(null, "", `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`);
    }
  });

  const sides = document.querySelector("[data-sides]");
  const walk = document.querySelector("[data-walk]");
  if (!sides || !walk) return;
  walk.hidden = false;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  const regions = () => new Set([...sides.querySelectorAll("a.region")].map((link) => Number(link.textContent)));
  const first = (side, region) => document.getElementById(`${side}${region}`);
  let leader = null;
  let current = 0;

  // put a line as high in its pane as `offset` says; the page itself stays where it is
  const place = (line, offset, behavior) => {
    const pane = line.closest("pre");
    leader = null;
    pane.scrollTo({ top: line.offsetTop - pane.offsetTop - offset, behavior });
  };
  const show = (region) => {
    const pair = ["a", "b"].map((side) => first(side, region)).filter(Boolean);
    for (const line of pair) place(line, 24, calm);
    for (const line of sides.querySelectorAll(".here")) line.classList.remove("here");
    for (const line of pair) line.classList.add("here");
    current = region;
  };
  walk.addEventListener("click", (event) => {
    const step = Number(event.target.dataset.step);
    if (!step) return;
    const known = [...regions()].sort((a, b) => a - b);
    const at = known.indexOf(current);
    show(known[(at + step + known.length + (at < 0 && step < 0 ? 1 : 0)) % known.length]);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('[data-sides] a.region, table a[href^="#a"], table a[href^="#b"]');
    const region = link && Number(link.getAttribute("href").slice(2));
    if (!region || !first("a", region) || !first("b", region)) return;
    event.preventDefault();
    show(region);
    sides.scrollIntoView({ block: "nearest", behavior: calm });
  });

  // whoever scrolls leads: the other side puts the counterpart of the topmost region beside it
  for (const name of ["pointerenter", "touchstart", "focusin"]) {
    for (const pane of sides.querySelectorAll("pre")) pane.addEventListener(name, () => (leader = pane), { passive: true });
  }
  sides.addEventListener(
    "scroll",
    (event) => {
      const pane = event.target;
      if (pane !== leader || !walk.querySelector("[data-together]").checked) return;
      const top = pane.scrollTop + pane.offsetTop;
      const lines = [...pane.querySelectorAll("span[id]")];
      const line = lines.findLast((one) => one.offsetTop <= top + 40) || lines[0];
      if (!line) return;
      const other = first(line.id[0] === "a" ? "b" : "a", line.id.slice(1));
      if (!other) return;
      const target = other.closest("pre");
      target.scrollTop = other.offsetTop - target.offsetTop - (line.offsetTop - top);
    },
    { capture: true, passive: true },
  );
})();
