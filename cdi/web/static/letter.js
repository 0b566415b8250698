// The letter editor: it is judged at every pause, facts move by buttons, and the recipient is saved at once.
"use strict";

(() => {
  const form = () => document.getElementById("letter");

  const edited = () => htmx.trigger(form(), "edited");

  document.addEventListener("input", (event) => {
    if (!form()?.contains(event.target) || ["override", "remark"].includes(event.target.name)) return;
    // What is underlined is of the text before; it comes back with the next judgement.
    event.target.closest(".overlay")?.classList.add("stale");
    edited();
  });
  // What was typed before this script had come is judged as well.
  document.addEventListener("DOMContentLoaded", () => {
    const fields = form()?.querySelectorAll("textarea, input[type=text], input:not([type])") ?? [];
    if ([...fields].some((field) => field.value !== field.defaultValue)) edited();
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    for (const overlay of document.querySelectorAll(".overlay.stale")) overlay.classList.remove("stale");
  });
  document.addEventListener("click", (event) => {
    const move = event.target.closest("[data-move]");
    if (!move) return;
    const item = move.closest("li");
    const other = move.dataset.move < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (move.dataset.move < 0) other.before(item);
    else other.after(item);
    move.focus();
    edited();
  });
  document.addEventListener("change", (event) => {
    const press = event.target.dataset.press;
    if (press) document.getElementById(press).click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.querySelector("[data-send]:not(:disabled)")?.click();
    } else if (event.key === "Enter" && event.target.matches("#letter input:not([type=checkbox])")) {
      event.preventDefault(); // a slip of the finger sends no letter
    }
  });
})();
