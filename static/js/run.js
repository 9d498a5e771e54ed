// Loaded on the page of a run, beside live.js and runbook.js (which copies): keys, and where the focus goes after a tick.

const run = document.querySelector("[data-run]");
const KEYS_OFF = "portal.keys-off"; // the switch of portal.js

const current = () => document.querySelector('.step[aria-current="step"]');
const headingOf = (step) => step?.querySelector("h3");

function areKeysOff() {
  try { return localStorage.getItem(KEYS_OFF) === "1"; } catch { return false; }
}

function focusOn(element) {
  if (!element) return;
  element.focus({ preventScroll: true });
  element.closest(".step, #run-end")?.scrollIntoView({ block: "nearest" });
}

// ---- Keys that portal.js does not know: Space and Enter tick the step in focus, arrows go from step to step. ----

const isPlain = (target) => target === document.body || target.matches?.(".step h3, main");

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || areKeysOff()) return;
  if (!isPlain(event.target) || document.querySelector("dialog[open]")) return;
  const wanted = { " ": "[data-done]", Enter: "[data-done]", ArrowDown: '[data-key="j"]', ArrowUp: '[data-key="k"]' }[event.key];
  const button = wanted && current()?.querySelector(wanted);
  if (!button || event.repeat) return;
  event.preventDefault();
  button.click();
});

// The key of a folded form opens it, and goes to its field.
addEventListener("click", (event) => {
  const opener = event.target.closest?.("summary[data-key], [data-skip]");
  if (!opener) return;
  const folded = opener.matches("summary") ? opener.parentElement : document.querySelector(opener.hash);
  if (!opener.matches("summary")) folded.open = true;
  setTimeout(() => { if (folded.open) folded.querySelector("input:not([type=hidden]), textarea")?.focus(); });
});

// ---- After a form was sent, live.js brings the new steps; the focus goes where the work goes on. ----

let goesTo = null; // what to focus once the steps have come

addEventListener("live:sent", (event) => {
  const form = event.target;
  const step = form.closest(".step");
  const wasCurrent = step?.getAttribute("aria-current") === "step";
  const isWork = wasCurrent && (form.dataset.liveForm === "Skipped." || form.dataset.did !== "note");
  if (isWork && step.dataset.state === "todo") followBehind(step);
  for (const folded of form.querySelectorAll("details[open]")) folded.open = false;
  goesTo = isWork ? { next: true } : { id: step?.id ?? form.id };
  document.activeElement?.blur(); // what holds the focus is not replaced
});

// The words told beside a form would go with it: live.js says them too.
addEventListener("submit", (event) => {
  event.target.dataset.did = event.submitter ? event.submitter.value : "note"; // Ctrl-Enter keeps the note
}, true);

const numberOf = (step) => step.id.replace("step-", "");

/** What the page asks for from now on: `?after=7` the next open step behind that one, `?step=7` that step. */
function follow(query) {
  const address = `${run.dataset.run}${query}`;
  if (run.dataset.liveUrl === address) return;
  run.dataset.liveUrl = address;
  run.dataset.liveTag = "";
}

function followBehind(step) {
  follow(`?after=${numberOf(step)}`);
  history.replaceState(null, "", `${location.pathname}?after=${numberOf(step)}`);
}

// Who writes at a step stays at it, whatever others do meanwhile.
addEventListener("focusin", (event) => {
  const step = event.target.closest?.('.step[aria-current="step"]');
  if (step && run.dataset.liveUrl && event.target.matches("input, textarea")) follow(`?step=${numberOf(step)}`);
});

document.addEventListener("live:taken", () => {
  tellLast();
  const active = document.activeElement;
  if (goesTo) {
    const wanted = goesTo;
    goesTo = null;
    setTimeout(() => focusOn(wanted.next ? headingOf(current()) ?? endButton() : placeOf(wanted.id)));
  } else if (active?.matches(".step h3")) {
    letGo(active);
  }
});

const endButton = () => document.querySelector("#run-end > form button");

function placeOf(id) {
  const element = document.getElementById(id);
  return element?.matches(".step") ? (element.querySelector("h3[tabindex]") ?? element.querySelector("button.step__tick")) : element?.querySelector("button, summary");
}

/** A heading that merely has the focus must not keep its step from being replaced: let go, and take it again. */
function letGo(heading) {
  const step = heading.closest(".step").id;
  heading.blur();
  setTimeout(() => setTimeout(() => {
    if (document.activeElement !== document.body) return;
    const same = headingOf(document.getElementById(step));
    focusOn(same?.tabIndex === -1 ? same : headingOf(current()));
  }));
}

/** What others did is said once, politely. */
function tellLast() {
  const said = document.querySelector("#run-progress")?.dataset.said;
  if (!said || said === run.dataset.told) return;
  run.dataset.told = said;
  if (document.querySelector("#run-progress").dataset.by === run.dataset.me) return;
  const line = document.querySelector("p[data-live]");
  if (line) line.textContent = said;
}

// ---- The page opens at the step in focus. ----

if (location.hash.startsWith("#step-") && `#${current()?.id}` === location.hash) focusOn(headingOf(current()));
else if (location.hash === "" && current()?.getBoundingClientRect().top > innerHeight) current().scrollIntoView({ block: "center" });
