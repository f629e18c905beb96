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
