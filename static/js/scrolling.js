// Loaded with every Markdown field: text and preview scroll together, section by section. Where each heading stands in the
// text comes from the server (data-outline: "anchor:line anchor:line …"); where it is drawn, from a copy of the text.

const LONGEST = 200_000; // characters; measuring a longer text would be felt while typing

/** Pixels from the top of the text to each of these lines, measured in a copy that wraps as the text area does. */
function measureLines(editor, lines) {
  const mirror = document.createElement("div");
  mirror.className = "markdown__mirror";
  mirror.setAttribute("aria-hidden", "true");
  const look = getComputedStyle(editor);
  for (const name of ["font", "letterSpacing", "tabSize", "padding", "lineHeight"]) mirror.style[name] = look[name];
  mirror.style.width = `${editor.clientWidth}px`;
  const written = editor.value.split("\n");
  const marks = lines.map((line, index) => {
    const from = index ? lines[index - 1] - 1 : 0;
    mirror.append(written.slice(from, line - 1).map((words) => `${words}\n`).join(""));
    return mirror.appendChild(document.createElement("span"));
  });
  document.body.append(mirror);
  const tops = marks.map((mark) => mark.offsetTop);
  mirror.remove();
  return tops;
}

function findStops(field) {
  const editor = field.querySelector(".markdownx-editor");
  const preview = field.querySelector(".markdownx-preview");
  const outline = preview.querySelector("[data-look]")?.dataset.outline ?? "";
  if (editor.value.length > LONGEST) return [[0, 0]];
  const pairs = outline.split(" ").filter(Boolean).map((entry) => entry.split(":"));
  const headings = new Map([...preview.querySelectorAll("[id]")].map((heading) => [heading.id, heading]));
  const known = pairs.filter(([anchor]) => headings.has(anchor));
  const tops = measureLines(editor, known.map(([, line]) => Number(line)));
  const zero = preview.getBoundingClientRect().top - preview.scrollTop;
  const stops = known.map(([anchor], index) => [tops[index], headings.get(anchor).getBoundingClientRect().top - zero]);
  return [[0, 0], ...stops.filter(([top]) => top > 0), [editor.scrollHeight, preview.scrollHeight]];
}

/** The place in one column that stands for a place in the other. */
function translate(stops, at, from, to) {
  const next = stops.findIndex((stop) => stop[from] > at);
  if (next < 1) return stops.at(next < 0 ? -1 : 0)[to];
  const [low, high] = [stops[next - 1], stops[next]];
  return low[to] + ((at - low[from]) / (high[from] - low[from] || 1)) * (high[to] - low[to]);
}

function startScrolling(field) {
  const columns = [field.querySelector(".markdownx-editor"), field.querySelector(".markdownx-preview")];
  let leader = 0; // the column that is scrolled by hand; the other one follows and must not answer
  let stops = [];
  const follow = () => {
    if (stops.length < 2) return;
    columns[1 - leader].scrollTop = translate(stops, columns[leader].scrollTop, leader, 1 - leader);
  };
  columns.forEach((column, index) => {
    for (const type of ["pointerdown", "pointerenter", "focusin", "wheel", "touchstart"]) {
      column.addEventListener(type, () => { leader = index; }, { passive: true });
    }
    column.addEventListener("scroll", () => { if (leader === index) requestAnimationFrame(follow); }, { passive: true });
  });
  columns[0].addEventListener("input", () => { leader = 0; });
  const measure = () => { stops = findStops(field); };
  field.addEventListener("markdown:drawn", () => { measure(); if (leader === 0) follow(); });
  new ResizeObserver(measure).observe(columns[0]);
}

document.querySelectorAll("[data-markdown]").forEach(startScrolling);
