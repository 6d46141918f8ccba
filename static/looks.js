"use strict";
// What was on screen for a second of what we dealt: told once, in one small message, when the page is left or hidden.
(() => {
  const list = document.querySelector("[data-looks]");
  if (!list || !("IntersectionObserver" in window)) return;
  const LOOK_MS = 1000, HALF = 0.5;
  const timers = new Map(), seen = new Set(), shown = new Set(), sent = new Set();

  const stop = (card) => { clearTimeout(timers.get(card)); timers.delete(card); };
  const start = (card) => {
    if (document.hidden || timers.has(card)) return;
    timers.set(card, setTimeout(() => { seen.add(card.id.slice("idea-".length)); observer.unobserve(card); }, LOOK_MS));
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, intersectionRatio, intersectionRect } of entries) {
      // A card that is taller than the screen never shows half of itself.
      if (intersectionRatio >= HALF || intersectionRect.height >= innerHeight * HALF) {
        shown.add(target);
        start(target);
      } else {
        shown.delete(target);
        stop(target);
      }
    }
  }, { threshold: [0, 0.25, HALF, 0.75] });

  const send = () => {
    timers.forEach((_, card) => stop(card));
    const ideas = [...seen].filter((number) => !sent.has(number));
    if (!ideas.length) return;
    ideas.forEach((number) => sent.add(number));
    const body = new URLSearchParams({
      csrf_token: document.querySelector("[name=csrf_token]").value, page: list.dataset.looks, ideas: ideas.join("."),
    });
    if (!navigator.sendBeacon?.("/ideas/looks", body)) {
      fetch("/ideas/looks", { method: "POST", body, keepalive: true }).catch(() => {});
    }
  };

  for (const card of list.children) observer.observe(card);
  addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) send(); else shown.forEach((card) => { if (!seen.has(card.id.slice("idea-".length))) start(card); });
  });
})();
