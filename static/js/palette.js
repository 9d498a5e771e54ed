// Loaded when the palette is first opened: answers while somebody types, in a combobox with a listbox (WAI-ARIA APG).
// The field is a form of the server's search page, so Enter finds everything where suggestions are late or do not come.

const PAUSE = 90; // milliseconds without a letter before the server is asked
const SAY_AFTER = 500; // milliseconds until the number of answers is announced, so that typing is not talked over
const ACTIONS_ONLY = /^\s*>/;

let dialog, field, body, status;
let shown; // what the lines below the field answer
let waiting, saying, request;

const options = () => [...body.querySelectorAll("[role=option]")];
const active = () => body.querySelector("[role=option][aria-selected=true]");
const typed = () => field.value.trim();

/** Called each time the palette opens; the field may hold letters already. */
export function show(palette) {
  if (!dialog) start(palette);
  if (typed() !== shown) ask();
}

function start(palette) {
  dialog = palette;
  field = dialog.querySelector("input");
  body = dialog.querySelector("[data-palette-body]");
  status = dialog.querySelector("[role=status]");
  const aria = { role: "combobox", "aria-autocomplete": "list", "aria-controls": "palette-list", "aria-expanded": "false" };
  for (const [name, value] of Object.entries(aria)) field.setAttribute(name, value);
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, PAUSE); });
  field.addEventListener("keydown", press);
  body.addEventListener("click", follow);
  body.addEventListener("pointermove", (event) => choose(event.target.closest("[role=option]"), { isPointer: true }));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { clearTimeout(saying); status.textContent = ""; });
}

// ---- Asking: one question at a time; an answer to letters that are gone is dropped. ----

async function ask() {
  const text = typed();
  request?.abort();
  if (text === shown) return;
  request = new AbortController();
  try {
    const address = `${dialog.dataset.suggest}?${new URLSearchParams({ q: text })}`;
    const answer = await fetch(address, { signal: request.signal, headers: { "X-Requested-With": "palette" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    const html = await answer.text();
    if (text === typed()) draw(text, html);
  } catch (error) {
    if (error.name !== "AbortError") draw(null, "");
  }
}

/** Puts the server's lines below the field. DOMParser runs no script, and the policy of the page allows none. */
function draw(text, html) {
  const { body: lines } = new DOMParser().parseFromString(html, "text/html");
  body.replaceChildren(...lines.childNodes);
  shown = text;
  const own = text === null ? [] : findOwn(text);
  if (own.length) addOwn(own);
  const found = options();
  if (found.length && ACTIONS_ONLY.test(text ?? "")) body.querySelector(".palette__note")?.remove();
  found.forEach((option, i) => { option.id = `palette-${i}`; });
  field.setAttribute("aria-expanded", String(found.length > 0));
  const list = body.querySelector("[role=listbox]");
  if (list) list.hidden = !found.length;
  choose(found[0]);
  if (text === null) body.append(note("Suggestions do not come just now. Enter shows all results."));
  clearTimeout(saying);
  saying = setTimeout(tell, SAY_AFTER);
}

/** What this page offers by a key of its own (history, edit), where the letters typed fit. */
function findOwn(text) {
  const words = text.replace(ACTIONS_ONLY, "").toLowerCase().split(/\s+/).filter(Boolean);
  const label = (link) => (link.dataset.keyLabel ?? link.textContent.trim()).toLowerCase();
  const fits = (link) => words.every((word) => label(link).split(/\s+/).some((own) => own.startsWith(word)));
  return [...document.querySelectorAll("a[href][data-key]")].filter(fits);
}

/** They stand before the server's actions, below all answers. */
function addOwn(links) {
  const group = document.createElement("div");
  const head = Object.assign(document.createElement("div"), { id: "palette-own", textContent: "This page" });
  head.setAttribute("role", "presentation");
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", head.id);
  group.append(head, ...links.map(makeOption));
  const list = body.querySelector("[role=listbox]");
  const actions = list.querySelector("[aria-labelledby=palette-actions]");
  if (actions) actions.before(group);
  else list.append(group);
}

function makeOption(link) {
  const option = Object.assign(document.createElement("a"), { href: link.href, tabIndex: -1 });
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  const name = Object.assign(document.createElement("span"), { className: "palette__name" });
  name.textContent = link.dataset.keyLabel ?? link.textContent.trim();
  option.append(...[link.querySelector("svg")?.cloneNode(true), name].filter(Boolean));
  return option;
}

function note(text) {
  return Object.assign(document.createElement("p"), { className: "palette__note", textContent: text });
}

function tell() {
  const notes = [...body.querySelectorAll(".palette__note")].map((el) => el.textContent.trim());
  const answers = body.querySelector("[data-answers]")?.dataset.answers;
  if (answers && answers !== "0") notes.push(`${answers} ${answers === "1" ? "suggestion" : "suggestions"}.`);
  status.textContent = notes.join(" ");
}

// ---- Choosing: the focus stays in the field, aria-activedescendant tells which line is meant. ----

function choose(option, { isPointer = false } = {}) {
  if (!option && isPointer) return;
  active()?.setAttribute("aria-selected", "false");
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", option.id);
  if (isPointer) return;
  if (option === options()[0]) body.scrollTop = 0;
  else option.scrollIntoView({ block: "nearest" });
}

function move(key) {
  const all = options();
  const at = all.indexOf(active());
  const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at < 1 ? all.length : at) - 1, Home: 0, End: all.length - 1 };
  choose(all[to[key]]);
}

function press(event) {
  if (event.isComposing) return;
  if (event.key === "Enter") return enter(event);
  if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || !options().length) return;
  event.preventDefault();
  move(event.key);
}

/** Opens the line that is marked. While the lines still answer other letters, the form asks for all results instead. */
function enter(event) {
  const option = typed() === shown && active();
  if (!option) {
    if (ACTIONS_ONLY.test(field.value) || !typed()) event.preventDefault();
    return;
  }
  event.preventDefault();
  if (event.ctrlKey || event.metaKey) return window.open(option.href, "_blank", "noopener");
  option.click();
}

/** A line is a link. The palette closes first, so that the page is free to scroll and coming back finds it closed. */
function follow(event) {
  if (!event.target.closest("[role=option]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  dialog.close();
}
