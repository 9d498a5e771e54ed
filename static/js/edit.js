// Loaded where a runbook is written: a warning before unsaved words are lost, saving by keyboard, the cursor's place.

// ---- Leaving. Where words are kept on the server (data-keep), autosave.js knows better when to ask. ----

for (const form of document.querySelectorAll("form[data-guard]:not([data-keep])")) {
  let dirty = form.dataset.guard === "dirty"; // the server gave back a refused form: its words are not saved yet
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

// ---- Saving by keyboard, from anywhere in the form: Ctrl+Enter saves, Ctrl+S saves and goes on where the page can. ----

function saveWith(form, key) {
  const stay = form.querySelector("button[name=stay]");
  form.requestSubmit(key === "s" && stay ? stay : form.querySelector("button[type=submit]"));
}

addEventListener("keydown", (event) => {
  const key = event.key === "Enter" ? "Enter" : event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || !["Enter", "s"].includes(key)) return;
  const form = event.target.closest?.("form[data-guard]") ?? (key === "s" && document.querySelector("form[data-guard]"));
  if (!form) return;
  event.preventDefault(); // the browser would offer to store the page
  saveWith(form, key);
});

// ---- The cursor: after "Save and go on" it stands where it stood. Only numbers are remembered, and only in this tab. ----

const PLACE = `portal.place.${location.pathname}`;
const text = document.querySelector("form[data-guard] textarea[name=markdown]");

function rememberPlace() {
  const place = [text.selectionStart, text.selectionEnd, text.scrollTop, scrollY];
  try { sessionStorage.setItem(PLACE, JSON.stringify(place)); } catch { /* blocked: the text starts at its top */ }
}

function restorePlace() {
  let place;
  try {
    place = JSON.parse(sessionStorage.getItem(PLACE));
    sessionStorage.removeItem(PLACE);
  } catch { return; }
  if (!Array.isArray(place) || !place.every(Number.isFinite)) return;
  text.focus({ preventScroll: true });
  text.setSelectionRange(place[0], place[1]);
  text.scrollTop = place[2];
  scrollTo({ top: place[3], behavior: "instant" });
}

if (text) {
  restorePlace();
  text.form.addEventListener("submit", (event) => { if (event.submitter?.name === "stay") rememberPlace(); });
}
