"use strict";
// Triage by single keys: each does what a link or a button on the page does. Off in fields and with modifiers.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const panel = document.querySelector("form[data-panel]");
  const head = document.querySelector("[data-keys-of-triage]");
  const keys = head ? JSON.parse(head.dataset.keysOfTriage) : {};
  const actions = Object.fromEntries(Object.entries(keys).map(([action, key]) => [key, action]));

  // A prepared sentence goes where nobody has typed; its first gap is selected, so that typing fills it in.
  const GAP = /\[[^\]]*\]/;
  const prepared = Object.fromEntries(all("[data-prepared]").map((link) => [link.dataset.prepared, link.dataset.sentence]));
  const prepare = (value) => {
    const box = panel?.elements.sentence;
    if (!box || !prepared[value]) return;
    if (box.value.trim() && !Object.values(prepared).includes(box.value.trim())) return box.focus();
    box.value = prepared[value];
    toGap(box);
  };
  const toGap = (box) => {
    const gap = box.value.match(GAP);
    box.focus();
    if (gap) box.setSelectionRange(gap.index, gap.index + gap[0].length);
  };
  panel?.addEventListener("change", (event) => { if (event.target.name === "reason") prepare(event.target.value); });
  for (const link of all("[data-prepared]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const chip = panel.querySelector(`[name="reason"][value="${link.dataset.prepared}"]`);
      chip.checked = true;
      prepare(chip.value);
    });
  }

  // Arriving in a panel: at the button that sends, or in the words that only the executive can give.
  const arrive = () => {
    if (!panel || document.querySelector("[data-problem]")) return;
    const box = panel.elements.question || (panel.elements.sentence?.value ? panel.elements.sentence : null);
    if (box) toGap(box); else panel.querySelector("[data-go]").focus();
  };
  // After the browser has gone to the fragment itself, which takes the focus away.
  if (location.hash === "#decide") addEventListener("load", () => setTimeout(arrive));

  const choose = (digit) => {
    const chip = all("[type=radio]", panel)[digit - 1];
    if (!chip) return;
    chip.checked = true;
    chip.dispatchEvent(new Event("change", { bubbles: true }));
    if (chip.value === "date") panel.elements.due_on.focus();
  };
  const perform = (action) => {
    if (panel && action === panel.dataset.panel) return arrive();
    document.querySelector(`[data-act="${action}"]`)?.click();
  };
  document.addEventListener("keydown", (event) => {
    if (!head || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    if (event.target.closest("textarea,select,input:not([type=radio],[type=checkbox])")) return;
    const action = actions[event.key.toLowerCase()];
    if (action) perform(action);
    else if (panel && event.key >= "1" && event.key <= "9") choose(Number(event.key));
    else return;
    event.preventDefault();
  });
})();
