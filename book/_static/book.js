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

// On a page with a catalogue: a box that shows only the entries with all the words typed into it.
function addFilter() {
  const lists = [...document.querySelectorAll("details.catalogue")];
  if (!lists.length) return;
  const entries = lists.flatMap((list) => {
    const ends = [...list.querySelectorAll("p > strong:only-child")].map((title) => title.parentElement);
    return ends.length
      ? ends.map((title) => ({ list, parts: [title, title.nextElementSibling] }))
      : [...list.querySelectorAll("li")].map((item) => ({ list, parts: [item] }));
  });
  const box = document.createElement("div");
  box.className = "catalogue-filter";
  box.innerHTML = '<label>Filter the index <input type="search" placeholder="NaN, transpose, batch ..."></label> <output></output>';
  lists[0].before(box);
  const [input, count] = [box.querySelector("input"), box.querySelector("output")];
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = new Set();
    for (const entry of entries) {
      const text = entry.parts.map((part) => part.textContent).join(" ").toLowerCase()
        + entry.list.querySelector("summary").textContent.toLowerCase();
      const shown = words.every((word) => text.includes(word));
      for (const part of entry.parts) part.hidden = !shown;
      if (shown) found.add(entry.list);
    }
    for (const list of lists) {
      list.hidden = !found.has(list);
      list.open = words.length > 0 && found.has(list);
    }
    count.textContent = words.length ? `${entries.filter((entry) => !entry.parts[0].hidden).length} entries` : "";
  });
}

// The search shows an excerpt of each page that it finds, and fetches the page for it, which a page from disk may not.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// A notebook is a text to the browser, which would show it instead of saving it.
function saveNotebooks() {
  for (const link of document.querySelectorAll(".btn-download-notebook-button")) link.download = "";
}

document.addEventListener("DOMContentLoaded", () => {
  nameButtons();
  saveNotebooks();
  addFilter();
  reachScrollers();
  window.MathJax?.startup?.promise?.then(reachScrollers);
});
window.addEventListener("load", () => {
  nameButtons();
  reachScrollers();
  window.MathJax?.startup?.promise?.then(reachScrollers);
});
window.addEventListener("resize", reachScrollers);
