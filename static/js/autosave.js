// Loaded where a runbook is edited: what is written goes to the server whenever typing pauses, as words that are kept but
// not saved, and the form says so. Nothing is stored in the browser.

const PAUSE = 2_000; // milliseconds without a key before words are sent
const LONGEST_WAIT = 60_000; // between two tries while there is no connection
const HEADERS = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" }; // or a login page would come
const KEEPALIVE_LIMIT = 60_000; // bytes that a browser still sends for a page that is going away

function say(text) {
  const live = document.querySelector("[data-live]");
  if (live) live.textContent = text;
}

/** What has to be kept, as one string to compare. */
function readWords(form) {
  return JSON.stringify(["markdown", "change_summary"].map((name) => form.elements[name].value));
}

function startKeeping(form) {
  const shown = document.querySelector("[data-keep-state]");
  let kept = form.dataset.guard === "dirty" ? null : readWords(form); // what the server has; null: not these words
  let timer = 0;
  let wait = PAUSE;
  let sending = null; // AbortController of the request on its way
  let leaving = false;

  const show = (words, tone = "") => {
    if (!shown) return;
    shown.textContent = words;
    shown.dataset.tone = tone;
    if (tone) say(words); // only what needs somebody; "kept" every two seconds would be noise
  };

  const schedule = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  };

  const takeAnswer = async (response, words) => {
    const isAnswer = response.headers.get("Content-Type")?.includes("json");
    if (response.status >= 500) throw new TypeError("the server is not there");
    if (!isAnswer) return show("Not kept: you may have been logged out. Log in in another tab, then type on here.", "error");
    const answer = await response.json();
    if (!response.ok) return show(`Not kept: ${answer.error}`, "error");
    kept = words;
    wait = PAUSE;
    if (kept === readWords(form)) show(answer.told);
  };

  async function send({ keepalive = false } = {}) {
    const words = readWords(form);
    if (leaving || words === kept) return;
    if (sending) return schedule(PAUSE);
    sending = new AbortController();
    show("Keeping…");
    const options = { method: "POST", body: new FormData(form), headers: HEADERS, keepalive };
    try {
      await takeAnswer(await fetch(form.dataset.keep, { ...options, signal: sending.signal }), words);
    } catch {
      if (leaving) return;
      show("Offline: not kept yet, will try again.", "warn");
      schedule(wait = Math.min(wait * 2, LONGEST_WAIT));
    } finally {
      sending = null;
    }
  }

  form.addEventListener("input", () => {
    if (readWords(form) === kept) return;
    if (shown && !shown.dataset.tone) show("Not kept yet");
    schedule(PAUSE);
  });
  form.addEventListener("submit", () => {
    leaving = true; // words that arrive after the save would come back as unsaved ones
    clearTimeout(timer);
    sending?.abort();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  addEventListener("online", () => { if (readWords(form) !== kept) schedule(0); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    clearTimeout(timer);
    send({ keepalive: form.elements.markdown.value.length * 3 < KEEPALIVE_LIMIT });
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && readWords(form) !== kept) event.preventDefault();
  });
  if (kept === null) schedule(PAUSE);
}

document.querySelectorAll("form[data-keep]").forEach(startKeeping);
