// What a form can't do by itself: the cursor goes to the summary of what was refused, a link in that opens the tab of its
// field, and the reason is marked as needed as soon as a date differs. Each works without, only less at hand.
const DATES = ["planned_start_on", "due_on"];

function showRefusals() {
  const summary = document.querySelector(".rm-errors");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const field = document.getElementById(event.target.getAttribute("href")?.slice(1) ?? "");
    if (!field) return;
    event.preventDefault();
    const group = field.closest("[data-inline-type]")?.id.replace(/-group$/, "") ?? "general";
    document.querySelector(`#tabs-items a[href="#${group}"]`)?.click();
    setTimeout(() => {
      const shown = field.matches(".select2-hidden-accessible") ? field.nextElementSibling : field;
      shown.scrollIntoView({ block: "center" });
      (shown.querySelector?.("[role=combobox]") ?? shown).focus({ preventScroll: true });
    }, 50); // unfold shows a tab in the frame after the click
  });
}

function askForReason() {
  const reason = document.querySelector("#milestone_form [name=reason]");
  const dates = DATES.map((name) => document.querySelector(`#milestone_form [name=${name}]`)).filter(Boolean);
  if (!reason || !dates.length) return;
  const line = reason.closest(".form-row") ?? reason.parentElement;
  const mark = () => {
    const isNeeded = dates.some((date) => date.value !== date.defaultValue);
    if (isNeeded === line.classList.contains("rm-needed")) return;
    reason.setAttribute("aria-required", String(isNeeded));
    line.classList.toggle("rm-needed", isNeeded);
    if (isNeeded) line.scrollIntoView({ block: "nearest" });
  };
  for (const event of ["input", "change", "click", "focusin"]) document.addEventListener(event, mark); // the calendar's pick sends none
  mark();
}

window.addEventListener("load", () => {
  showRefusals();
  askForReason();
});
