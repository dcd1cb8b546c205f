// What tools/print_book.py does in the browser, between loading the book and printing it.

// Shrinks what is too wide and marks lines of code that go on in the next. Returns what must not be printed.
async function fit() {
  await MathJax.startup.promise;
  await document.fonts.ready;
  const bad = [...document.querySelectorAll("mjx-merror")].map((e) => `a formula is not understood: ${e.textContent}`);
  for (const formula of document.querySelectorAll(".math")) {
    if (!formula.querySelector("mjx-container")) bad.push(`a formula is not typeset: ${formula.textContent.slice(0, 60)}`);
  }
  for (const image of document.images) {
    await image.decode().catch(() => bad.push(`a picture cannot be read: ${image.src}`));
  }
  shrink(document.querySelectorAll("mjx-container[display]"), (box) => box.scrollWidth);
  shrink(document.querySelectorAll("table"), (box) => box.offsetWidth);
  const lines = [...document.querySelectorAll("pre .line")];
  const long = lines.filter((line) => line.offsetHeight > 1.7 * parseFloat(getComputedStyle(line).lineHeight));
  for (const line of long) line.classList.add("wrapped");
  return [...bad, ...tooWide()];
}

// Sets each box in smaller letters if what it holds is wider than the box around it.
function shrink(boxes, widthOf) {
  // Measure all, then change: a change between two measurements makes the browser lay the book out anew.
  const times = [...boxes].map((box) => widthOf(box) / box.parentElement.clientWidth);
  times.forEach((ratio, i) => {
    if (ratio > 1) boxes[i].style.fontSize = `${Math.floor(98 / ratio)}%`;
  });
}

// What sticks out at the right margin, where the paper ends.
function tooWide() {
  const main = document.querySelector("main");
  const right = main.getBoundingClientRect().right + 1;
  const scrolls = (box) => box.matches("p, pre, mjx-container[display]") && box.scrollWidth > box.clientWidth + 2;
  return [...main.querySelectorAll("p, pre, .line, table, img, mjx-container, figure, h1, h2, h3, h4")]
    .filter((box) => box.getBoundingClientRect().right > right || scrolls(box))
    .map((box) => `wider than the page: ${box.tagName.toLowerCase()} ${box.textContent.trim().slice(0, 60)}`);
}

// The places whose page numbers are wanted, and the numbers put in.
const wanted = () => [...document.querySelectorAll(".page")].map((place) => place.dataset.of);

// The book is taken away and put back: else the browser starts from the layout of the print before, and
// may break columns in another place.
function writeNumbers(numbers) {
  const main = document.querySelector("main");
  main.style.display = "none";
  for (const place of document.querySelectorAll(".page")) {
    place.textContent = String(numbers[place.dataset.of] || "000");
  }
  main.getBoundingClientRect();
  main.style.display = "";
}

const headings = () =>
  [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => heading.textContent.replace(/\s+/g, " ").trim());
