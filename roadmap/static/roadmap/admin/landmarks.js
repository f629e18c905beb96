// Unfold's pages have no main landmark; readers of screens jump to it.
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("content")?.setAttribute("role", "main");
});
