// What pages do besides being read; without it, all of them work.
"use strict";

for (const button of document.querySelectorAll(".copy-link")) {
  if (!navigator.clipboard) continue; // browsers offer it on HTTPS and on one's own machine only
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    button.nextElementSibling.textContent = button.title = button.dataset.done;
  });
}

// What a sign of the timeline stands for, at once and for the keyboard too; without this, browsers show its title
const card = document.createElement("div");
card.className = "over-card";
card.id = "over-card";
card.setAttribute("role", "tooltip");

function showCard(event) {
  const link = event.target.closest?.(".drawing a");
  if (card.contains(event.target)) return;
  if (!link) return card.remove();
  const title = link.querySelector("title");
  if (title) {
    link.setAttribute("aria-label", title.textContent);
    title.remove();
    link.classList.add("has-card");
  }
  if (!link.classList.contains("has-card")) return card.remove();
  card.textContent = link.getAttribute("aria-label").replaceAll(" · ", "\n");
  document.body.append(card);
  const at = link.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const below = at.bottom + 6 + size.height <= innerHeight;
  card.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8)) + scrollX}px`;
  card.style.top = `${(below ? at.bottom + 6 : at.top - size.height - 6) + scrollY}px`;
}

if (document.querySelector(".drawing")) {
  document.addEventListener("pointerover", showCard);
  document.addEventListener("focusin", showCard);
  document.addEventListener("keydown", (event) => event.key === "Escape" && card.remove());
}

// Search from everywhere: Ctrl+K, and / for who doesn't switch that off in the foot of the page
const slash = document.querySelector(".slash");
const remembered = { get: () => localStorage.getItem("slash") !== "no", set: (on) => localStorage.setItem("slash", on ? "yes" : "no") };
if (slash) {
  slash.hidden = false;
  slash.firstElementChild.checked = remembered.get();
  slash.addEventListener("change", (event) => remembered.set(event.target.checked));
}

document.addEventListener("keydown", (event) => {
  const isChord = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
  const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
  const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping && slash && remembered.get();
  const form = document.querySelector("form.find");
  if (!form || !(isChord || isSlash)) return;
  event.preventDefault();
  const input = form.querySelector("input[type=search]");
  if (input.checkVisibility()) input.focus(), input.select();
  else location.assign(form.action); // on a narrow screen the field is in the menu
});

// Rescheduling on the timeline, for those who may: a sign is moved to a day, and the page of the act opens with that day
const DAY = 86400000;

function movable(svg) {
  const { first, last, left, right } = svg.dataset;
  const days = Math.max((Date.parse(last) - Date.parse(first)) / DAY, 1);
  const unit = (right - left) / days;
  svg.classList.add("is-movable");
  for (const link of svg.querySelectorAll("a[data-move]")) {
    const sign = link.querySelector("use.mark");
    if (!sign) continue;
    const start = Number(sign.getAttribute("x"));
    let by = 0;
    let from = null;
    const dayAfter = () => new Date(Date.parse(link.dataset.due) + by * DAY).toISOString().slice(0, 10);
    const put = (count) => {
      by = Math.max(Math.round((left - start) / unit), Math.min(Math.round((right - start) / unit), count));
      sign.setAttribute("x", start + by * unit);
      if (by && card.isConnected) card.textContent = dayAfter();
    };
    const open = () => location.assign(`${link.dataset.move}&due_on=${dayAfter()}`);
    const userX = (event) => new DOMPoint(event.clientX, 0).matrixTransform(svg.getScreenCTM().inverse()).x;
    link.addEventListener("dragstart", (event) => event.preventDefault());
    link.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      from = userX(event);
      link.setPointerCapture(event.pointerId);
    });
    link.addEventListener("pointermove", (event) => from === null || put(Math.round((userX(event) - from) / unit)));
    link.addEventListener("pointerup", () => {
      from = null;
      if (by) open();
    });
    link.addEventListener("pointercancel", () => { from = null; put(0); });
    link.addEventListener("click", (event) => by && event.preventDefault());
    link.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
      if (event.shiftKey && step) put(by + step);
      else if (event.key === "Enter" && by) open();
      else if (event.key === "Escape" && by) put(0);
      else return;
      event.preventDefault();
    });
    link.addEventListener("blur", () => from === null && put(0));
  }
}

const howToMove = document.querySelector(".how-to-move");
if (howToMove) {
  howToMove.hidden = false;
  document.querySelectorAll(".for-wide .plot").forEach(movable);
}
