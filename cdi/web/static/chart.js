// The chart: the chosen finding's evidence is marked in the notes, and keys step through it.
"use strict";

(() => {
  const roleOrder = { trigger: 0, against: 1, supports: 2 };
  const chosen = () => document.querySelector(".finding-card.current");
  let at = -1;

  // Mark what is evidence of the chosen finding, in the part of the page given.
  const paint = (root) => {
    const finding = chosen()?.dataset.finding;
    for (const mark of root.querySelectorAll("mark[data-roles]")) {
      const role = JSON.parse(mark.dataset.roles)[finding];
      mark.classList.remove("trigger", "supports", "against");
      if (role in roleOrder) mark.classList.add(role);
    }
  };

  const note = (number) => document.getElementById(`sn${number}`);

  // Bring a note in if it has not come yet, then go on.
  const withNote = (number, then) => {
    const found = note(number);
    if (!found) return;
    if (found.hasAttribute("data-loaded")) return then();
    const arrived = (event) => {
      if (!note(number)?.hasAttribute("data-loaded")) return;
      document.body.removeEventListener("htmx:afterSettle", arrived);
      then();
    };
    document.body.addEventListener("htmx:afterSettle", arrived);
    htmx.trigger(found, "read");
  };

  const light = (element) => {
    for (const other of document.querySelectorAll(".lit")) other.classList.remove("lit");
    element.classList.add("lit");
    element.scrollIntoView({ block: "center" });
  };

  const show = (link) => {
    for (const other of document.querySelectorAll("[data-evidence][aria-current]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    link.closest("[data-more]")?.removeAttribute("data-more");
    link.scrollIntoView({ block: "nearest" });
    if (!link.dataset.note) return htmx.trigger(link, "click");
    withNote(link.dataset.note, () => {
      let place = document.getElementById(link.getAttribute("href").slice(1));
      while (place?.matches(".at") && place.nextElementSibling) place = place.nextElementSibling;
      if (place) light(place);
    });
  };

  const step = (by) => {
    const links = [...(chosen()?.querySelectorAll("[data-evidence]") ?? [])];
    if (!links.length) return;
    at = (at + by + links.length) % links.length;
    show(links[at]);
  };

  const choose = (card, reveal = true) => {
    for (const other of document.querySelectorAll(".finding-card.current")) other.classList.remove("current");
    card.classList.add("current");
    at = -1;
    paint(document);
    if (reveal) step(1);
  };

  // What a search found, marked without changing the text around it.
  const findIn = (article, start, end) => {
    const text = article.querySelector(".text");
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    let passed = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const long = [...node.data].length;
      if (passed + long > start) {
        const range = document.createRange();
        const chars = [...node.data];
        range.setStart(node, chars.slice(0, start - passed).join("").length);
        range.setEnd(node, chars.slice(0, Math.min(end - passed, long)).join("").length);
        const hit = document.createElement("span");
        hit.className = "hit-word";
        range.surroundContents(hit);
        return light(hit);
      }
      passed += long;
    }
  };

  document.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-clear]");
    if (clear) return document.getElementById("panel").replaceChildren();
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey) return;
    if (link.dataset.choose) {
      const card = document.getElementById(`f${link.dataset.choose}`);
      if (!card) return;
      event.preventDefault();
      choose(card);
      card.scrollIntoView({ block: "nearest" });
    } else if (link.hasAttribute("data-evidence") && link.dataset.note) {
      event.preventDefault();
      at = [...chosen().querySelectorAll("[data-evidence]")].indexOf(link);
      show(link);
    } else if (link.dataset.note) {
      event.preventDefault();
      withNote(link.dataset.note, () => {
        const article = note(link.dataset.note);
        article.scrollIntoView({ block: "start" });
        if (link.dataset.start) findIn(article, Number(link.dataset.start), Number(link.dataset.end));
      });
    }
  });
  document.addEventListener("chosen", (event) => {
    if (event.target.matches(".finding-card")) choose(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || document.querySelector("dialog[open]")) return;
    if (event.key === "]") step(1);
    else if (event.key === "[") step(at < 0 ? 0 : -1);
  });
  document.body.addEventListener("htmx:load", (event) => paint(event.target.parentNode ?? document));

  paint(document);
  if (chosen() && !location.hash) {
    step(1);
    chosen().querySelector("[data-main]")?.focus({ preventScroll: true });
  }
})();
