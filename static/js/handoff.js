// Loaded where a handoff is written. A form with data-keep is saved when typing pauses, and by its button, without leaving the
// page; live.js takes in what others do. What is not saved yet stays in its field, and is sent when the connection is back.
// Where somebody else wrote in the same lines both texts are shown, and nothing is sent until a person decides.

const PAUSE = 1_200; // milliseconds without a key before words are sent
const LONGEST_WAIT = 15_000; // between two tries while there is no connection
const LOOK_PAUSE = 600; // before a preview is drawn again
const HEADERS = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" }; // or a login page would come

const states = new WeakMap(); // form → what is known of it
const stateOf = (form) => states.get(form) ?? states.set(form, { wait: PAUSE, timer: 0, lookTimer: 0, sending: false, decides: false }).get(form);
const fieldsOf = (form) => [...form.elements].filter((field) => form.elements[`base_${field.name}`]);
const isDirty = (form) => fieldsOf(form).some((field) => field.value !== field.defaultValue);

const squeeze = (text) => text.replace(/\s+/g, " ").trim();

function show(form, words, tone = "") {
  const line = form.querySelector("[data-keep-state]");
  if (!line) return;
  line.textContent = words;
  line.dataset.tone = tone;
  const live = document.querySelector("[data-live]");
  if (tone && live) live.textContent = words; // only what needs somebody: “Saved” at every pause would be noise
}

// ---- Saving. ----

function schedule(form, delay) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(form), delay);
}

/** The server has these words now. What was typed meanwhile stays, and is sent after the next pause. */
function takeOver(form, sent, now) {
  for (const field of fieldsOf(form)) {
    const text = now[field.name];
    if (text === undefined) continue;
    const isMine = squeeze(text) === squeeze(sent[field.name]); // the server leaves out spaces at the ends: they may go on
    if (!isMine && field.value === sent[field.name]) field.value = text;
    field.defaultValue = isMine ? sent[field.name] : text;
    form.elements[`base_${field.name}`].value = text;
  }
}

function showClashes(form, answer) {
  const box = form.querySelector("[data-clash]");
  box.replaceChildren();
  const callout = Object.assign(document.createElement("div"), { className: "callout" });
  callout.dataset.tone = "warn";
  const body = document.createElement("div");
  body.append(Object.assign(document.createElement("p"), { textContent: `${answer.error} Put them together, then save.` }));
  for (const [name, theirs] of Object.entries(answer.clashes)) {
    const label = form.elements[name].labels[0]?.textContent ?? name;
    body.append(Object.assign(document.createElement("p"), { className: "meta", textContent: `${label}, as it is saved:` }));
    body.append(Object.assign(document.createElement("pre"), { className: "theirs", textContent: theirs || "(nothing)" }));
    form.elements[`base_${name}`].value = theirs;
  }
  callout.append(body);
  box.append(callout);
  box.hidden = false;
}

async function takeAnswer(form, response, sent) {
  if (response.status === 401) return show(form, "Not saved: you were logged out. Log in in another tab; your words stay here.", "error");
  if (!response.headers.get("Content-Type")?.includes("json")) {
    if (response.status === 403) return show(form, "Not saved: the page is too old. Keep your words and load it again.", "error");
    throw new TypeError("the server is not there");
  }
  const answer = await response.json();
  const state = stateOf(form);
  if (answer.clashes) {
    state.decides = true;
    showClashes(form, answer);
    return show(form, "Not saved: somebody else wrote in the same place.", "warn");
  }
  if (!response.ok) return show(form, `Not saved: ${answer.error}`, "error");
  const box = form.querySelector("[data-clash]");
  if (box) box.hidden = true;
  Object.assign(state, { decides: false, wait: PAUSE });
  takeOver(form, sent, answer.now);
  show(form, isDirty(form) ? "" : "Saved");
  if (isDirty(form)) schedule(form, PAUSE);
  dispatchEvent(new Event("live:ask"));
}

async function save(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  if (!form.isConnected) return;
  if (state.sending) return schedule(form, PAUSE);
  state.sending = true;
  const sent = Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
  try {
    const options = { method: "POST", body: new FormData(form), headers: HEADERS, signal: AbortSignal.timeout(LONGEST_WAIT) };
    await takeAnswer(form, await fetch(form.getAttribute("action"), options), sent);
  } catch {
    show(form, "No connection: your words stay here, and are sent when it is back.", "warn");
    schedule(form, (state.wait = Math.min(state.wait * 2, LONGEST_WAIT)));
  } finally {
    state.sending = false;
  }
}

// ---- How it will look. ----

async function look(form) {
  const box = form.querySelector("[data-look-box]");
  try {
    const response = await fetch(form.dataset.look, { method: "POST", body: new FormData(form), headers: { ...HEADERS, Accept: "text/html" } });
    if (![200, 422].includes(response.status)) return;
    const came = new DOMParser().parseFromString(await response.text(), "text/html");
    box.replaceChildren(...came.body.childNodes);
    box.hidden = false;
  } catch { /* without a connection there is no preview; saving says so */ }
}

// ---- What people do. ----

const formOf = (event) => event.target.closest?.("form[data-keep]");

addEventListener("input", (event) => {
  const form = formOf(event);
  if (!form) return;
  const state = stateOf(form);
  if (!state.decides) {
    if (!state.sending) show(form, isDirty(form) ? "Not saved yet" : "");
    if (isDirty(form)) schedule(form, PAUSE);
  }
  if (form.querySelector("[data-look-box]").hidden) return;
  clearTimeout(state.lookTimer);
  state.lookTimer = setTimeout(() => look(form), LOOK_PAUSE);
});

addEventListener("submit", (event) => {
  const form = formOf(event);
  if (!form) return;
  event.preventDefault();
  if (event.submitter?.matches("[data-look-button]")) look(form);
  else save(form);
});

addEventListener("keydown", (event) => {
  const form = formOf(event);
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  save(form);
});

const dirtyForms = () => [...document.querySelectorAll("form[data-keep]")].filter(isDirty);

addEventListener("online", () => dirtyForms().forEach((form) => schedule(form, 0)));
addEventListener("beforeunload", (event) => { if (dirtyForms().length) event.preventDefault(); });

// A form that came back with words that are not saved: they differ from what the server has.
for (const field of document.querySelectorAll("form[data-keep] [data-unsaved]")) {
  field.defaultValue = field.form.elements[`base_${field.name}`].value;
  stateOf(field.form).decides = true;
}
