// A fact opens over the question, at its place; a second tap on an answer counts once.
"use strict";

(() => {
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const sheet = event.detail.target;
    if (sheet.id !== "source") return;
    if (!sheet.open) sheet.showModal();
    sheet.querySelector("mark")?.scrollIntoView({ block: "center" });
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".answers, .sign")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  // The back button brings a page back as it was left: it may be used again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
  });
})();
