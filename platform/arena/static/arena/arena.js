// The theme that the reader chose, kept on this device. Without a choice the system's holds.
"use strict";
(() => {
  const root = document.documentElement;
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-toggle-theme]")) return;
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
  // On a phone the tabs scroll: show the one that the reader is on.
  document.addEventListener("DOMContentLoaded", () => {
    const tab = document.querySelector(".tabs [aria-current]");
    if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // A file field says in the reader's language what it takes and what it holds, and refuses at once what is too large.
  const describe = (input) => {
    const files = [...input.files];
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const isTooLarge = input.dataset.maxBytes && size > Number(input.dataset.maxBytes);
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    const said = input.nextElementSibling;
    said.querySelector("b").textContent = files.length ? files.map((file) => file.name).join(", ") : input.dataset.choose;
    const megabytes = (size / 1e6).toLocaleString(root.lang, { maximumSignificantDigits: 2 });
    said.querySelector("span").textContent = isTooLarge
      ? input.dataset.tooLarge
      : files.length
        ? `${megabytes} MB`
        : input.dataset.drop;
    input.parentElement.classList.toggle("filled", files.length > 0);
    input.parentElement.classList.toggle("wrong", Boolean(isTooLarge));
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const input of document.querySelectorAll("input[type=file]")) {
      const drop = document.createElement("div");
      drop.className = "drop";
      input.replaceWith(drop);
      const said = document.createElement("div");
      said.append(document.createElement("b"), document.createElement("span"));
      drop.append(input, said);
      for (const [name, text] of Object.entries(document.body.dataset)) input.dataset[name] ??= text;
      input.addEventListener("change", () => describe(input));
      describe(input);
    }
  });

  // Rows whose text holds what the reader looks for; kept when htmx brings the table again.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const filterRows = () => {
    const box = document.querySelector("[data-filter]");
    if (!box) return;
    const wanted = plain(box.value.trim());
    for (const row of document.querySelectorAll("[data-filtered] tbody tr")) {
      row.hidden = !plain(row.textContent).includes(wanted);
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-filter]")) filterRows();
  });
  document.addEventListener("htmx:afterSettle", filterRows);

  // An open menu closes when the reader goes elsewhere.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
