// What unfold's pages lack for readers of screens and for those without a mouse: landmarks, names, and that whatever
// can be clicked can be reached. The words for icons that stand alone are in admin/roadmap/navigation.html.
const CLICKED = "[x-on\\:click]:not(a[href], button, input, select, textarea, label)";

function nameLandmarks() {
  const content = document.getElementById("content") ?? document.getElementById("page"); // signing in has only a page
  content?.setAttribute("role", "main");
  document.getElementById("header-inner")?.parentElement.parentElement.setAttribute("role", "banner");
  const parts = [...(document.getElementById("main")?.children ?? [])];
  const place = parts.findIndex((part) => part.contains(content));
  parts.slice(1, place).forEach((part) => part.setAttribute("role", "status")); // what was done
  parts.slice(place + 1).forEach((part) => part.setAttribute("role", "contentinfo")); // the pages of a list
  const menu = document.getElementById("nav-sidebar-inner");
  const { dock_to_right: name } = words();
  menu?.setAttribute("aria-label", name);
  menu?.querySelector(".simplebar-content-wrapper")?.setAttribute("aria-label", name);
}

// The rows of an inline are headed one level below a heading that isn't there.
function levelHeadings(root) {
  for (const heading of root.querySelectorAll(".inline-related h3, .form-group h3")) heading.ariaLevel = "2";
}

function words() {
  return document.getElementById("rm-icon-words")?.dataset ?? {};
}

// Icons are letters of a font; they are not to be read out, and what consists of nothing else gets a name.
function nameIcons(root) {
  for (const icon of root.querySelectorAll(".material-symbols-outlined")) {
    const holder = icon.closest("a, button, label, [x-on\\:click]");
    const letters = icon.textContent.trim();
    const standsAlone = holder?.textContent.trim() === letters && !holder.ariaLabel;
    if (standsAlone) holder.ariaLabel = holder.title || words()[letters] || letters;
    if (icon !== holder) icon.ariaHidden = "true";
  }
}

function makeReachable(root) {
  for (const one of root.querySelectorAll(CLICKED)) {
    if (!one.textContent.trim() || one.querySelector("a[href], button, input")) continue;
    one.role = "button";
    one.tabIndex = 0;
    one.addEventListener("keydown", (event) => {
      if (event.target !== one || !["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      one.click();
      setTimeout(() => enterMenu(one), 50);
    });
  }
}

// Unfold hangs the menus of buttons at the end of the page, far from where the keyboard is.
function enterMenu(button) {
  const place = button.closest("[x-ref]")?.getAttribute("x-ref");
  const menus = [...document.querySelectorAll("body > nav")];
  const menu = menus.find((one) => [...one.attributes].some(({ value }) => value === `$refs.${place}`));
  if (!menu || menu.style.display === "none") return;
  menu.querySelector("a, button")?.focus();
  menu.onkeydown = ({ key }) => {
    if (key !== "Escape") return;
    button.click();
    button.focus();
  };
}

// Fields that are searched on the server show their value where they should have their name.
function nameSearchedFields(root) {
  for (const field of root.querySelectorAll("select.select2-hidden-accessible")) {
    const label = document.querySelector(`label[for="${field.id}"]`);
    const shown = field.nextElementSibling?.querySelector("[role=combobox]");
    if (!label || !shown) continue;
    label.id ||= `${field.id}-label`;
    const value = shown.querySelector("[role=textbox]");
    shown.setAttribute("aria-labelledby", `${label.id} ${value?.id ?? ""}`.trim());
    value?.setAttribute("aria-labelledby", label.id);
  }
}

function mend(root) {
  levelHeadings(root);
  nameIcons(root);
  makeReachable(root);
  nameSearchedFields(root);
}

window.addEventListener("load", () => {
  const afterFieldsAreMade = window.django?.jQuery ?? ((act) => act());
  nameLandmarks();
  afterFieldsAreMade(() => mend(document));
  document.addEventListener("formset:added", ({ target }) => setTimeout(() => mend(target)));
  document.addEventListener("htmx:load", ({ target }) => nameIcons(target));
});
