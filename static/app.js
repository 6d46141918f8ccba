"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const live = document.getElementById("live");
  const tell = (words) => { if (live) live.textContent = words; };
  const note = (tag, cls, words) => Object.assign(document.createElement(tag), { className: cls, textContent: words });

  // Drafts: kept on the server after 3 s of rest and on leaving. "Keep no name" leaves nothing there.
  const REST_MS = 3000;
  const keepDraft = (form) => {
    let sent = form.say.value, timer = 0;
    const address = form.dataset.draft || "/ideas/draft";
    const send = () => {
      clearTimeout(timer);
      const words = form.names.value === "none" ? "" : form.say.value;
      if (words === sent || form.dataset.sent) return;
      sent = words;
      const body = new URLSearchParams({ csrf_token: form.csrf_token.value, say: words, names: form.names.value });
      if (!navigator.sendBeacon?.(address, body)) {
        fetch(address, { method: "POST", body, keepalive: true }).catch(() => { sent = null; });
      }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(send, REST_MS); });
    addEventListener("pagehide", send);
    document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
    form.addEventListener("draft:drop", send);
  };

  // Things that look like a person or an account. The server looks again; this is only kinder.
  const SPOTS = [
    ["an e-mail address", /[\w.+-]+@[\w-]+\.[\w.-]*\w/],
    ["a card number", /\b(?:\d[ -]?){13,19}\b/],
    ["a phone number", /(?:\+|\b0)\d(?:[ ()./-]?\d){8,12}\b/],
    ["an account number", /\b\d(?:[ -]?\d){6,}\b/],
  ];
  const spot = (box) => {
    box.parentNode.querySelector(".spot[data-live]")?.remove();
    for (const [what, pattern] of SPOTS) {
      const found = box.value.match(pattern);
      if (!found) continue;
      const line = note("p", "spot", "");
      const remove = note("button", "btn btn--s btn--sm", "Remove it");
      line.dataset.live = "";
      line.setAttribute("role", "status");
      remove.type = "button";
      remove.addEventListener("click", () => {
        box.value = box.value.replace(found[0], "…");
        box.focus();
        box.dispatchEvent(new Event("input", { bubbles: true }));
      });
      line.append(note("span", "", `“${found[0].trim()}” looks like ${what}.`), remove);
      return box.after(line);
    }
  };

  const countLeft = (box) => {
    const left = box.maxLength - box.value.length;
    const line = document.getElementById(box.id + "-note");
    if (line) line.textContent = left <= Number(box.dataset.left) ? `${left} characters left` : "";
  };

  for (const form of all("form[data-draft]")) keepDraft(form);
  for (const box of all("[data-spot]")) {
    let timer = 0;
    box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(spot, 500, box); });
  }
  for (const box of all("[data-left]")) box.addEventListener("input", () => countLeft(box));
  document.querySelector("[data-problem]")?.focus();

  // Sending twice: the second press of the same button does nothing.
  const free = (form) => {
    delete form.dataset.sent;
    all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return event.stopImmediatePropagation();
    }
    form.dataset.sent = "1";
    (event.submitter || form).setAttribute("aria-busy", "true");
  }, true);
  addEventListener("pageshow", () => all("form[data-sent]").forEach(free));

  // Keys: Ctrl+Enter sends, Escape twice leaves fast, single keys where the person has them on.
  let escapedAt = 0;
  const leaveFast = (box, now) => {
    if (now - escapedAt > 1000) return void (escapedAt = now);
    box.value = "";
    box.form.dispatchEvent(new Event("draft:drop"));
    location.replace(box.dataset.escape);
  };
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = at.closest("form[data-send]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
    } else if (event.key === "Escape" && at.dataset.escape) {
      leaveFast(at, event.timeStamp);
    } else if ("keys" in document.body.dataset && event.key.length === 1 && event.key !== '"' && event.key !== "\\"
        && !event.ctrlKey && !event.metaKey && !event.altKey && !at.closest("input,textarea,select")) {
      document.querySelector(`[data-key="${event.key.toLowerCase()}"]`)?.click();
    }
  });

  // Keys: the new one is selected and copied, and boxes are ticked in one go.
  document.documentElement.classList.add("js");
  for (const box of all("[data-select]")) {
    box.addEventListener("focus", () => box.select());
    box.parentNode.querySelector(".copy")?.addEventListener("click", async (event) => {
      event.preventDefault();
      box.select();
      try { await navigator.clipboard.writeText(box.value); } catch { if (!document.execCommand("copy")) return; }
      event.target.textContent = "Copied";
      tell("Copied");
    });
  }
  for (const link of all("[data-tick]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      all('[name="scopes"]').forEach((box) => { box.checked = box.value.endsWith(link.dataset.tick); });
    });
  }

  // A list that narrows while somebody types.
  for (const box of all("[data-find]")) {
    const list = document.querySelector(box.dataset.find);
    box.addEventListener("input", () => {
      const words = box.value.toLowerCase().split(/\s+/);
      let count = 0;
      for (const part of all("[data-found]", list)) {
        const lines = all("[data-text]", part);
        lines.forEach((line) => { line.hidden = !words.every((word) => line.dataset.text.toLowerCase().includes(word)); });
        part.hidden = lines.every((line) => line.hidden);
        count += lines.filter((line) => !line.hidden).length;
      }
      document.getElementById("find-note").textContent = box.value ? `${count} fit` : "";
    });
  }

  // Only one pop-up at a time, and a click elsewhere closes it.
  document.addEventListener("click", (event) => {
    all("details.pop[open]").forEach((pop) => { if (!pop.contains(event.target)) pop.open = false; });
  });

  // htmx: what happened is said aloud; what failed stays as it was and can be tried again.
  document.addEventListener("htmx:afterSwap", (event) => {
    const words = event.detail.elt?.dataset?.live || document.getElementById(event.detail.elt?.id)?.dataset.live;
    if (words) tell(words);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (form) free(form);
  });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const form = event.detail.elt;
      if (!form.matches("[data-vote]")) return;
      form.querySelector(".fail")?.remove();
      const line = note("p", "fail", "That did not reach us. Nothing has changed. Please try again.");
      line.setAttribute("role", "alert");
      form.append(line);
    });
  }
})();
