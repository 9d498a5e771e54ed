// Loaded where a runbook is read: values for placeholders, copy buttons, the outline that follows the scroll.

const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

function say(text) {
  const live = document.querySelector("[data-live]");
  if (live) live.textContent = text;
}

// ---- Values: what is typed once appears in every place of that name, and stays in this browser only. ----

const inputs = $$("[data-fills]");
const STORE = `portal.values.${document.querySelector("[data-runbook]")?.dataset.runbook ?? ""}`;

function loadValues() {
  try { return JSON.parse(localStorage.getItem(STORE)) ?? {}; } catch { return {}; }
}

function keepValues(values) {
  try {
    if (Object.keys(values).length) localStorage.setItem(STORE, JSON.stringify(values));
    else localStorage.removeItem(STORE);
  } catch { /* storage is full or blocked: the values still hold on this page */ }
}

const places = new Map(); // name → every <var> of that name
for (const el of $$("var[data-var]")) places.set(el.dataset.var, [...(places.get(el.dataset.var) ?? []), el]);

function fill(input) {
  const value = input.value.trim();
  input.closest(".field").toggleAttribute("data-missing", !value);
  for (const place of places.get(input.dataset.fills) ?? []) {
    place.dataset.written ??= place.textContent;
    place.textContent = value || place.dataset.written;
    place.toggleAttribute("data-empty", !value);
  }
}

/** Whether the value came with the address (the labels of an alert) and nobody has typed over it. */
const isGiven = (input) => "given" in input.dataset;

function countValues() {
  const set = inputs.filter((input) => input.value.trim()).length;
  const given = inputs.filter(isGiven).length;
  const told = given ? `, ${given} from the alert` : "";
  for (const el of $$("[data-values-count]")) el.textContent = `${set} of ${inputs.length} set${told}`;
  for (const el of $$("[data-values-short]")) el.textContent = `${set}/${inputs.length}`;
}

// What is typed for a password or a token fills the commands of this page and is not kept.
const SECRET = /pass(word|phrase|wd)?$|secret|token|credential|(^|-)key$/;

function rememberValues() {
  const before = loadValues(), kept = {};
  for (const input of inputs) {
    const name = input.dataset.fills;
    // What an alert gave is for this look only: what was typed there an earlier time stays as it was.
    const value = isGiven(input) ? before[name] : input.value.trim();
    if (value && !SECRET.test(name)) kept[name] = value;
  }
  keepValues(kept);
}

function startValues() {
  const kept = loadValues();
  for (const input of inputs) {
    // What the server filled in (from the address) goes before what was typed here last time.
    if (!input.value && typeof kept[input.dataset.fills] === "string") input.value = kept[input.dataset.fills];
    if (input.value) fill(input);
    input.addEventListener("input", () => {
      delete input.dataset.given;
      fill(input);
      countValues();
      rememberValues();
    });
  }
  countValues();
  document.querySelector("[data-forget]")?.addEventListener("click", () => {
    for (const input of inputs) {
      delete input.dataset.given;
      input.value = "";
      fill(input);
    }
    countValues();
    keepValues({});
    say("Values forgotten");
  });
  document.querySelector("#portal-values")?.addEventListener("submit", (event) => event.preventDefault());
}

// ---- Copy: the command as it reads now. Prompts, output and comment lines stay behind. ----

/** The text to put on the clipboard, and how many values are still missing in it. */
function readCommand(code) {
  const copy = code.cloneNode(true);
  const before = copy.textContent;
  const written = before.split("\n");
  for (const el of $$(".p, .out, .c", copy)) el.remove();
  const lines = copy.textContent.split("\n").map((line) => line.trimEnd());
  // A line of which nothing is left goes whole; a blank line that was written as one stays, once.
  const left = lines.filter((line, i) => line || !written[i].trim());
  const text = left.filter((line, i) => line || left[i - 1]).join("\n").replace(/^\n+|\n+$/g, "");
  const names = new Set($$("var[data-empty]", copy).map((el) => el.dataset.var));
  return { text: text || before.trim(), missing: names.size };
}

function selectText(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

async function copyCommand(button) {
  const code = button.closest(".cmd, .icmd, .drawing")?.querySelector("code, pre");
  if (!code) return;
  const { text, missing } = readCommand(code);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    selectText(code);
    say("The browser does not allow copying here. The text is selected: press Ctrl+C.");
    return;
  }
  const told = missing ? `Copied, ${missing} ${missing === 1 ? "value" : "values"} missing` : "Copied";
  showCopied(button, told);
  say(told);
}

function showCopied(button, told) {
  const label = button.querySelector("span");
  if (label) label.textContent = told;
  button.dataset.copied = "";
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    delete button.dataset.copied;
    if (label) label.textContent = "Copy";
  }, 2000);
}

addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copyCommand(button);
});

// ---- Outline: the section being read is marked, and kept in view inside the outline. ----

function startOutline(outline) {
  const links = new Map($$("a[href^='#']", outline).map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  const heads = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (!heads.length) return;
  let current = null;
  const mark = () => {
    const line = outline.getBoundingClientRect().top + 80;
    const atEnd = innerHeight + scrollY >= document.body.scrollHeight - 4;
    const read = atEnd ? heads.at(-1) : heads.findLast((h) => h.getBoundingClientRect().top <= Math.max(line, 130)) ?? heads[0];
    const link = links.get(read.id);
    if (link === current) return;
    current?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    current = link;
    revealIn(outline, link);
  };
  const watcher = new IntersectionObserver(mark, { rootMargin: "-100px 0px -60% 0px", threshold: [0, 1] });
  for (const head of heads) watcher.observe(head);
  addEventListener("hashchange", () => setTimeout(mark, 50));
  addEventListener("scrollend", mark);
  mark();
}

/** Scrolls the outline (never the page) so that the link can be seen. */
function revealIn(outline, link) {
  const box = outline.getBoundingClientRect(), at = link.getBoundingClientRect();
  if (at.top < box.top || at.bottom > box.bottom) outline.scrollTop += at.top - box.top - box.height / 3;
  if (at.left < box.left || at.right > box.right) outline.scrollLeft += at.left - box.left - 16;
}

// ---- Editing one section, or saying that something in it is wrong: links at each heading, for those who may. ----
// The heading keeps its own name for screen readers.

function addLinks(article, className, address, label) {
  for (const heading of $$("h2[id], h3[id], h4[id]", article)) {
    const words = heading.cloneNode(true);
    for (const link of $$("a", words)) if (/anchor|editlink|flaglink/.test(link.className)) link.remove();
    const name = words.textContent.trim();
    const link = document.createElement("a");
    link.className = className;
    link.href = `${address}?section=${encodeURIComponent(heading.id)}`;
    link.setAttribute("aria-label", `${label} ${name}`);
    heading.setAttribute("aria-label", name);
    heading.append(link);
  }
}

startValues();
for (const article of $$("[data-edit]")) addLinks(article, "editlink", article.dataset.edit, "Edit the section");
for (const article of $$("[data-flag]")) addLinks(article, "flaglink", article.dataset.flag, "Something wrong in");
const outline = document.querySelector(".outline");
if (outline) startOutline(outline);
