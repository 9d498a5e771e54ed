// Loaded on every page. Progressive enhancement only: each page works without it.
// Pages that need more load runbook.js (reading) or edit.js (writing) beside it; no file imports another.

const root = document.documentElement;

/** Says one sentence to screen readers through the page's polite status line. */
function say(text) {
  const live = document.querySelector("[data-live]");
  if (live) live.textContent = text;
}

// ---- Theme: as the system, light, dark. The choice is a cookie that the server prints on <html>. ----

const YEAR_IN_SECONDS = 31_536_000;

function nextTheme(current) {
  if (!current) return "light";
  return current === "light" ? "dark" : "";
}

document.querySelector("[data-theme-toggle]")?.addEventListener("click", () => {
  const theme = nextTheme(root.dataset.theme);
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  const age = theme ? YEAR_IN_SECONDS : 0;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  say(theme ? `Theme: ${theme}` : "Theme: same as the system");
});

// ---- Keys: `/`, `?`, and whatever the page offers with data-key. They can be switched off (WCAG 2.1.4). ----

const OFF = "portal.keys-off";
const dialog = document.querySelector("#portal-keys");

function readOff() {
  try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
}

/** `/` goes to the field of the search page, and opens the palette everywhere else. */
function startSearch() {
  const field = document.querySelector("[data-search-here]");
  field?.focus();
  field?.select();
  return Boolean(field) || openPalette();
}

function showKeys() {
  const list = dialog.querySelector("dl");
  list.querySelectorAll("[data-own]").forEach((el) => el.remove());
  for (const el of document.querySelectorAll("[data-key]")) {
    const term = Object.assign(document.createElement("dt"), { innerHTML: "<kbd></kbd>" });
    const text = document.createElement("dd");
    term.firstChild.textContent = el.dataset.key;
    text.textContent = el.dataset.keyLabel ?? el.textContent.trim();
    for (const part of [term, text]) part.dataset.own = "";
    list.append(term, text);
  }
  dialog.querySelector("[data-keys-on]").checked = !readOff();
  dialog.showModal();
}

function pressKey(key) {
  if (key === "/") return startSearch();
  const target = [...document.querySelectorAll("[data-key]")].find((el) => el.dataset.key === key);
  target?.click();
  return Boolean(target);
}

addEventListener("keydown", (event) => {
  if (isPaletteKey(event) && openPalette()) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") closeMenus();
  if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
  if (event.key === "?" && dialog) return showKeys();
  if (!readOff() && pressKey(event.key)) event.preventDefault();
});

dialog?.querySelector("[data-keys-on]").addEventListener("change", (event) => {
  try { localStorage.setItem(OFF, event.target.checked ? "0" : "1"); } catch { /* private mode: this page only */ }
});

// ---- Palette: opens at once, so that no letter is lost; what fills it (palette.js) is loaded the first time. ----

const palette = document.querySelector("#portal-palette");

/** Ctrl-K or Cmd-K, unless the page (an editor) has taken it. */
function isPaletteKey(event) {
  const isPlain = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  return isPlain && event.key?.toLowerCase() === "k" && !event.defaultPrevented;
}

palette?.querySelector("button").addEventListener("click", () => palette.close());

function openPalette(text = "") {
  if (!palette) return false;
  const field = palette.querySelector("input");
  if (text) field.value = text;
  if (!palette.open) palette.showModal();
  if (!text) field.select();
  // Where the script does not come, the field is still a form that leads to the search page.
  import(palette.dataset.script).then((script) => script.show(palette), () => {});
  return true;
}

// Every search box leads to the palette: with a click, or with the first letter typed into it.
for (const opener of document.querySelectorAll("[data-palette-open]")) {
  const field = opener.querySelector("input");
  field?.setAttribute("aria-haspopup", "dialog");
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !openPalette(field?.value)) return;
    event.preventDefault();
    if (field) field.value = "";
  };
  opener.addEventListener("click", open);
  opener.addEventListener("input", (event) => { if (!event.isComposing) open(event); });
}

// ---- Account menu: closes on Escape and on a click elsewhere. ----

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

addEventListener("click", (event) => closeMenus(event.target.closest?.("details.menu")));

// ---- htmx: keep addresses short by leaving empty fields out; say how many rows there are now. ----

addEventListener("htmx:configRequest", (event) => {
  const { verb, parameters } = event.detail;
  if (verb !== "get") return;
  for (const [name, value] of Object.entries(parameters)) if (value === "") delete parameters[name];
});

// Words typed before htmx listened, or while rows were on their way, are asked for once those rows are there.
let asked;
addEventListener("htmx:load", () => {
  const field = document.querySelector("[data-search-main]");
  const shown = document.querySelector("#results")?.dataset.query;
  const wanted = field?.value.trim().replace(/\s+/g, " ");
  if (!field || shown === undefined || wanted === shown || wanted === asked) return;
  asked = wanted;
  if (field.matches("[hx-get]")) field.dispatchEvent(new Event("again"));
  else field.form.requestSubmit();
});

addEventListener("htmx:afterSwap", (event) => {
  const told = event.target.querySelector?.("[data-say]");
  if (told) say(told.textContent.trim());
});

// ---- Ribbon: an open incident that concerns the reader, under the top bar of every page but its own, Now and handoffs. ----

const RIBBON_PAUSE = 30_000; // milliseconds
const topbar = document.querySelector(".topbar");
const ownIncident = /^\/incidents\/(\d+)\//.exec(location.pathname)?.[1];
const hasRibbon = topbar && location.pathname !== "/" && !location.pathname.startsWith("/handoffs/");
let ribbonText = "";

async function askForRibbon() {
  if (document.hidden) return;
  const query = ownIncident ? `?but=${ownIncident}` : "";
  const answer = await fetch(`/incidents/ribbon/${query}`, {
    cache: "no-cache", // with the browser's own ETag: mostly a 304
    headers: { "X-Requested-With": "XMLHttpRequest" },
  });
  if (answer.ok) showRibbon((await answer.text()).trim());
}

function showRibbon(text) {
  if (text === ribbonText) return;
  ribbonText = text;
  const old = document.querySelector("body > .ribbon");
  const hadFocus = old?.contains(document.activeElement);
  old?.remove();
  if (!text) return;
  topbar.after(...new DOMParser().parseFromString(text, "text/html").body.children);
  if (hadFocus) document.querySelector("body > .ribbon a")?.focus();
}

if (hasRibbon) {
  const ask = () => askForRibbon().catch(() => { /* no connection: the next try may have one */ });
  ask();
  setInterval(ask, RIBBON_PAUSE);
  document.addEventListener("visibilitychange", ask);
}
