// How many words are left, counted as the server counts them: what stands between blanks.
(() => {
  const box = document.querySelector("[data-words]");
  const line = document.getElementById("words-note");
  if (!box || !line) return;
  const count = () => {
    const words = (box.value.match(/\S+/g) || []).length;
    const left = Number(box.dataset.words) - words;
    const seconds = Math.max(5, 5 * Math.ceil(words * 60 / (5 * 240)));
    line.textContent = left < 0 ? `${-left} ${left === -1 ? "word" : "words"} too many`
      : `${words} of ${box.dataset.words} words, about ${seconds} seconds to read`;
    box.toggleAttribute("aria-invalid", left < 0);
  };
  box.addEventListener("input", count);
  count();
})();
