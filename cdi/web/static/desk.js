// Keys of the specialist's pages. What a key does is a click on the element that names it: everything
// a key can do can be done without one.
"use strict";

(() => {
  const typing = (target) =>
    target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const shown = (element) => element && element.getClientRects().length > 0;

  // The row or card that keys speak to: the one with the focus, else the one marked as current.
  const current = () =>
    document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row].current");

  const step = (by) => {
    const rows = [...document.querySelectorAll("[data-row]")].filter(shown);
    if (!rows.length) return;
    const at = rows.indexOf(current());
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (at < 0 && by < 0) return;
    choose(next);
  };

  const choose = (row) => {
    for (const other of document.querySelectorAll("[data-row].current")) other.classList.remove("current");
    row.classList.add("current");
    const main = row.querySelector("[data-main]");
    main?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    row.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
  };

  const press = (key) => {
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    const places = [document.querySelector("details[data-menu][open]"), current(), document];
    for (const place of places) {
      const element = place?.querySelector(wanted);
      if (!element || element.closest("details:not([open]) > :not(summary)")) continue;
      if (element.matches("input:not([type=checkbox]), textarea")) {
        element.focus();
        element.select?.();
      } else {
        element.click();
      }
      return true;
    }
    return false;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.pop[open], details[data-menu][open]")) menu.open = false;
      if (typing(event.target)) event.target.blur();
      return;
    }
    if (typing(event.target)) return;
    // With nothing in focus, Enter opens the row that is current, or the first.
    if (event.key === "Enter" && document.activeElement === document.body) {
      const row = current() ?? [...document.querySelectorAll("[data-row]")].find(shown);
      if (!row?.querySelector("[data-main]")) return;
      row.querySelector("[data-main]").click();
    } else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key.length !== 1 || !press(event.key)) return;
    event.preventDefault();
  });

  // Choices that are the same for every row stand once on the page, in a template.
  const fill = (select) => {
    if (select.options.length) return;
    select.append(document.getElementById(select.dataset.options).content.cloneNode(true));
    for (const option of [...select.options]) if (option.value === select.dataset.without) option.remove();
  };

  // A menu shows one at a time, and its first choice has the focus.
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("details.pop, details[data-menu]") || !menu.open) return;
    for (const other of document.querySelectorAll("details.pop[open], details[data-menu][open]"))
      if (other !== menu && !other.contains(menu)) other.open = false;
    menu.querySelectorAll("select[data-options]").forEach(fill);
    menu.querySelector("input:not([type=hidden]), button")?.focus();
  }, true);

  document.body.addEventListener("htmx:afterSwap", (event) => {
    const row = event.detail.elt?.closest?.("[data-row]") ?? event.target.closest?.("[data-row]");
    if (row && !row.contains(document.activeElement) && document.activeElement === document.body) choose(row);
  });
})();
