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
