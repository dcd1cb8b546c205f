// Small repairs to the theme's pages that style sheets cannot make.

// What a button is called must contain what it shows (WCAG 2.5.3), and it may carry an icon only:
// the theme's accessible names say something else than its visible text.
function nameButtons() {
  for (const button of document.querySelectorAll("button[aria-label], a[aria-label]")) {
    const shown = button.innerText.replace(/\s+/g, " ").trim();
    const name = button.getAttribute("aria-label");
    if (shown && !name.toLowerCase().includes(shown.toLowerCase())) button.setAttribute("aria-label", `${shown}: ${name}`);
  }
  const brand = document.querySelector(".sidebar-primary-items__start");
  if (brand && !brand.closest("nav, header, [role]")) {
    brand.setAttribute("role", "navigation");
    brand.setAttribute("aria-label", "Book");
  }
}

// What scrolls sideways must be reachable with the keyboard.
function reachScrollers() {
  const boxes = document.querySelectorAll(
    "article mjx-container, article pre, article .pst-scrollable-table-container, article .output, article .text_html, article .themed-image",
  );
  // Measure all, then change: a change between two measurements makes the browser lay the page out anew.
  const wide = [...boxes].filter((box) => box.scrollWidth > box.clientWidth + 2);
  for (const box of wide) {
    box.tabIndex = 0;
    if (!box.hasAttribute("role")) {
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Scrolls sideways");
    }
  }
}

document.addEventListener("DOMContentLoaded", () => {
  nameButtons();
  reachScrollers();
  window.MathJax?.startup?.promise?.then(reachScrollers);
});
window.addEventListener("load", () => {
  nameButtons();
  reachScrollers();
  window.MathJax?.startup?.promise?.then(reachScrollers);
});
window.addEventListener("resize", reachScrollers);
