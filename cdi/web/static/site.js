// What every page does with a script: log in again in place, notices, the dialog of keys.
"use strict";

document.documentElement.classList.add("js");

(() => {
  const again = document.getElementById("again");
  let pending = []; // the requests that found the session ended

  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (xhr.status === 401 && again) pending.push(requestConfig);
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    // Somebody may be typing their password there already.
    if (event.detail.xhr.status === 401 && again?.open && again.firstElementChild) event.detail.shouldSwap = false;
  });
  const repeat = ({ verb, path, elt, target, formData }, csrf) => {
    const values = {};
    for (const name of new Set(formData.keys())) {
      const all = formData.getAll(name);
      values[name] = all.length > 1 ? all : all[0];
    }
    if ("csrf" in values) values.csrf = csrf;
    const swap = elt.closest("[hx-swap]")?.getAttribute("hx-swap") ?? "innerHTML";
    htmx.ajax(verb.toUpperCase(), path, { source: elt, target, values, swap });
  };

  document.body.addEventListener("login-needed", () => {
    if (again && !again.open) again.showModal();
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === again && again.firstElementChild) {
      if (!again.open) again.showModal();
      again.querySelector("input")?.focus();
    }
  });
  document.body.addEventListener("logged-in", (event) => {
    const { csrf } = event.detail;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": csrf }));
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = csrf;
    again.close();
    again.replaceChildren();
    const waiting = pending;
    pending = [];
    for (const request of waiting) repeat(request, csrf);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (close) (close.closest("dialog")?.close(), close.closest(".toast")?.remove());
    if (event.target.closest("[data-print]")) window.print();
    const open = event.target.closest("[data-open]");
    if (open) document.getElementById(open.dataset.open)?.showModal();
  });
  const fade = (root) => {
    for (const toast of root.querySelectorAll("[data-toast]")) setTimeout(() => toast.remove(), 6000);
  };
  fade(document);
  document.body.addEventListener("htmx:load", (event) => fade(event.target.parentNode ?? document));

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    if (event.key !== "?" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = document.getElementById("keys");
    if (!keys) return;
    event.preventDefault();
    if (keys.open) keys.close();
    else keys.showModal();
  });
})();
