// Loaded on pages that follow what happens. An element with data-live-url is polled (data-live-tag is the ETag of what it
// shows, data-live-seconds the pause): 304 means nothing changed; 200 brings HTML, and each element with an id takes the
// place of the one with that id on the page. What holds typed words waits until they are gone, and what holds the focus until it
// moves on, unless the button or link that has it (by its id) came again.
//
// In an element with data-live-list the children are taken one by one, by their ids; one that is new there is announced
// when it has data-say. A form with data-live-form is sent without leaving the page: its words stay until they arrived.

const HEADERS = { "X-Requested-With": "XMLHttpRequest" }; // or a login page would come
const LONGEST_WAIT = 15_000; // milliseconds between two tries while there is no connection
const BETWEEN_WORDS = 1_500; // milliseconds from one announcement to the next

// ---- Saying things: one at a time, so that a screen reader can finish each. ----

const toSay = [];
let speaking = 0;

function speak() {
  const live = document.querySelector("[data-live]");
  const words = toSay.shift();
  speaking = words === undefined ? 0 : setTimeout(speak, BETWEEN_WORDS);
  if (words !== undefined && live) live.textContent = words;
}

function say(words) {
  if (toSay.length > 4) toSay.splice(0, toSay.length, "Several things happened: look at the page.");
  else toSay.push(words);
  if (!speaking) speak();
}

// ---- Taking over what came. ----

const waiting = new Map(); // id → the element that will take its place once it is let go

function isTyped(field) {
  if (field.type === "hidden" || !("form" in field)) return false;
  if (field.matches("input[type=checkbox], input[type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) {
    const given = [...field.options].filter((option) => option.defaultSelected);
    return given.length ? given.some((option) => !option.selected) : field.selectedIndex > 0;
  }
  return "defaultValue" in field && field.value !== field.defaultValue;
}

const hasWords = (element) => [...element.querySelectorAll("input, textarea, select")].some(isTyped);
const isHeld = (element) => element.contains(document.activeElement) || hasWords(element);

/** The button or link with the focus, where what came has the same one: it can be given the focus again. */
function findTwin(old, fresh) {
  const focused = document.activeElement;
  if (!focused?.id || !old.contains(focused) || hasWords(old) || !focused.matches("button, a, summary")) return null;
  return fresh.querySelector(`#${CSS.escape(focused.id)}`);
}

const nameOf = (details) => details.id || details.querySelector("summary")?.textContent.trim();

/** What somebody opened stays open. */
function keepOpen(old, fresh) {
  const open = new Set([...old.querySelectorAll("details[open]")].map(nameOf));
  for (const details of fresh.querySelectorAll("details")) if (open.has(nameOf(details))) details.open = true;
  if (old.matches("details[open]")) fresh.open = true;
}

function take(old, fresh) {
  if (old.isEqualNode(fresh)) return waiting.delete(old.id);
  if (old.matches("[data-live-list]") && fresh.matches("[data-live-list]")) return takeList(old, fresh);
  const twin = findTwin(old, fresh);
  if (!twin && isHeld(old)) return waiting.set(old.id, fresh);
  waiting.delete(old.id);
  keepOpen(old, fresh);
  old.replaceWith(fresh);
  twin?.focus({ preventScroll: true });
}

function takeList(old, fresh) {
  const wanted = [...fresh.children];
  const ids = new Set(wanted.map((child) => child.id));
  for (const child of [...old.children]) if (!ids.has(child.id) && !isHeld(child)) child.remove();
  let before = old.firstElementChild;
  for (const child of wanted) {
    const known = [...old.children].find((one) => one.id === child.id);
    if (!known) {
      old.insertBefore(child, before);
      child.dataset.new = "";
      if (child.dataset.say) say(child.dataset.say);
      continue;
    }
    if (known !== before && !isHeld(known)) old.insertBefore(known, before);
    const next = known.nextElementSibling;
    take(known, child);
    before = next;
  }
}

function takeAll(html) {
  const came = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of [...came.querySelectorAll("[id]")].filter((one) => !one.parentElement.closest("[id]"))) {
    const old = document.getElementById(fresh.id);
    if (old) take(old, document.importNode(fresh, true));
  }
  document.dispatchEvent(new CustomEvent("live:taken"));
}

function takeWaiting() {
  for (const [id, fresh] of [...waiting]) {
    const old = document.getElementById(id);
    if (old) take(old, fresh);
    else waiting.delete(id);
  }
}

addEventListener("focusout", () => setTimeout(takeWaiting));

// ---- Asking. Nobody asks while the page is hidden; whoever comes back asks at once. ----

const polls = [];

function follow(root) {
  const pause = Number(root.dataset.liveSeconds || 2) * 1_000;
  let wait = pause;
  let timer = 0;
  let asking = false;
  let again = false;
  let isLost = false;
  let isOver = false;

  const show = (words, { lost = true } = {}) => {
    const line = document.querySelector("[data-live-state]");
    if (line) {
      line.textContent = words;
      line.hidden = !words;
    }
    if (lost !== isLost || (lost && words !== root.dataset.liveSaid)) say(words || "The connection is back.");
    root.dataset.liveSaid = words;
    isLost = lost;
  };

  async function read(response) {
    if (response.status === 401) throw new Error("You were logged out. Log in in another tab; what you wrote stays here.");
    if (response.status === 403 || response.status === 404) {
      isOver = true;
      throw new Error("This page can't be followed any more. Load it again.");
    }
    if (!response.ok && response.status !== 304) throw new TypeError("the server is not there");
    if (response.status === 304) return;
    const html = await response.text();
    root.dataset.liveTag = response.headers.get("ETag") ?? "";
    takeAll(html);
  }

  async function ask() {
    clearTimeout(timer);
    if (asking) return void (again = true);
    if (document.hidden || isOver) return;
    asking = true;
    try {
      const headers = { ...HEADERS, "If-None-Match": root.dataset.liveTag };
      await read(await fetch(root.dataset.liveUrl, { headers, signal: AbortSignal.timeout(LONGEST_WAIT) }));
      wait = pause;
      if (isLost) show("", { lost: false });
    } catch (error) {
      const isSaid = error.constructor === Error;
      show(isSaid ? error.message : "No connection: what you see may be old. The page goes on trying.");
      wait = Math.min(wait * 2, LONGEST_WAIT);
    } finally {
      asking = false;
      timer = setTimeout(ask, again ? 0 : wait);
      again = false;
    }
  }

  polls.push(ask);
  timer = setTimeout(ask, pause);
}

const askAll = () => polls.forEach((ask) => ask());

document.addEventListener("visibilitychange", () => { if (!document.hidden) askAll(); });
addEventListener("online", askAll);
addEventListener("live:ask", () => { waiting.clear(); askAll(); }); // another script saved something: what waits is older than that
addEventListener("pageshow", (event) => { if (event.persisted) askAll(); });
document.querySelectorAll("[data-live-url]").forEach(follow);

// ---- Forms that stay on the page. A redirect means done; 422 brings the form with its errors, which are said here. ----

const isLive = (form) => Boolean(form?.matches?.("form[data-live-form]"));

function tell(form, words, tone = "error") {
  const told = form.querySelector("[data-form-told]");
  if (told) {
    told.textContent = words;
    told.dataset.tone = tone;
    told.hidden = !words;
  }
  if (words) say(words);
}

async function findErrors(form, response) {
  const came = new DOMParser().parseFromString(await response.text(), "text/html");
  const twin = form.id && response.status === 422 ? came.getElementById(form.id) : null; // 409 is said above the page
  const found = [...(twin ?? came).querySelectorAll(".error, [role=alert]")].map((one) => one.textContent.trim());
  return [...new Set(found)].filter(Boolean).join(" ") || "This was refused.";
}

function empty(form) {
  form.reset();
  for (const field of form.querySelectorAll("textarea")) {
    field.value = field.defaultValue = "";
    field.dispatchEvent(new Event("input", { bubbles: true })); // its preview is made again
  }
  for (const error of form.querySelectorAll(".error")) error.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  form.dispatchEvent(new CustomEvent("live:sent", { bubbles: true }));
}

async function send(form, submitter) {
  if (form.dataset.sending !== undefined) return;
  form.dataset.sending = "";
  const action = submitter?.hasAttribute("formaction") ? submitter.formAction : form.getAttribute("action");
  try {
    const options = { method: "POST", body: new FormData(form, submitter), headers: HEADERS, redirect: "manual" };
    const response = await fetch(action, options);
    if (response.type === "opaqueredirect" || response.status === 204) {
      tell(form, form.dataset.liveForm, "good");
      empty(form);
      askAll();
    } else if (response.status === 409 || response.status === 422) tell(form, await findErrors(form, response));
    else if (response.status === 401) tell(form, "Not sent: you were logged out. Log in in another tab, then send it again.");
    else if (response.status === 403) tell(form, "Not sent: you may not do this, or the page is too old. Keep your words and load it again.");
    else throw new TypeError("the server is not there");
  } catch {
    tell(form, "Not sent: there is no connection. Your words stay here; send them again when it is back.");
  } finally {
    delete form.dataset.sending;
  }
}

addEventListener("submit", (event) => {
  if (event.defaultPrevented || !isLive(event.target)) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !isLive(event.target.form)) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("form[data-live-form]")].some(hasWords)) event.preventDefault();
});
