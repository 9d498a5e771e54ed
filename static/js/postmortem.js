// Loaded where a post-mortem is written: each part shows how it will look, and words survive a lost connection. Saving asks
// the server in the background; only its answer changes the page, so what is typed stays until it is stored.

const PAUSE = 400; // milliseconds without a key before a preview is asked for
const HEADERS = { "X-Requested-With": "XMLHttpRequest" };
const LOST = "Not saved: there is no connection. Your words stay here; save again when it is back.";
const LOGGED_OUT = "Not saved: you may have been logged out. Log in in another tab, then save again here.";

/** A new token, for a form that was opened before somebody logged in again. */
async function freshenToken(form) {
  const response = await fetch(location.pathname, { headers: HEADERS });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const token = page.querySelector("[data-postmortem] [name=csrfmiddlewaretoken]");
  if (token) form.elements.csrfmiddlewaretoken.value = token.value;
}

function startPreviews(form) {
  for (const place of form.querySelectorAll("[data-preview-of]")) {
    const field = document.getElementById(place.dataset.previewOf);
    const box = place.closest("details");
    let timer = 0;
    let asked = null;
    const draw = async () => {
      if (!box.open || asked === field.value) return;
      asked = field.value;
      const body = new FormData();
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.set("text", field.value);
      try {
        const response = await fetch(form.dataset.previewUrl, { method: "POST", body, headers: HEADERS });
        if (!response.ok && response.status !== 422) throw new TypeError("no preview");
        const html = await response.text();
        if (asked === body.get("text")) place.innerHTML = html || "<p>Nothing is written yet.</p>";
      } catch {
        asked = null;
        place.textContent = "The preview waits for the network. It is made again when you type.";
      }
    };
    box.addEventListener("toggle", draw);
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(draw, PAUSE);
    });
  }
}

/** What was typed, as one string to compare; the token is no words. */
function readWords(form) {
  const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(pairs);
}

function startSaving(form, isDirty) {
  const saved = isDirty ? null : readWords(form);
  let isLeaving = false;
  let isSaving = false;
  const told = form.querySelector("[data-unsaved]");
  const say = (text) => {
    told.textContent = text;
    told.hidden = !text;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSaving) return;
    isSaving = true;
    const body = new FormData(form, event.submitter);
    try {
      const response = await fetch(location.href, { method: "POST", body, headers: HEADERS });
      if (response.status === 401 || response.status === 403) {
        say(LOGGED_OUT);
        await freshenToken(form);
      } else if (response.redirected) {
        isLeaving = true;
        location.assign(response.url);
      } else if (response.status === 200 || response.status === 422) {
        showAnswer(await response.text());
      } else say(`Not saved: the server answered ${response.status}. Your words stay here; try again in a moment.`);
    } catch {
      say(LOST);
    }
    isSaving = false;
  });

  const guard = (event) => {
    if (!form.isConnected) return removeEventListener("beforeunload", guard);
    if (!isLeaving && readWords(form) !== saved) event.preventDefault();
  };
  addEventListener("beforeunload", guard);
}

/** The form as the server gives it back: with what is wrong, or with previews. */
function showAnswer(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) return;
  document.querySelector("main").replaceWith(main);
  const form = main.querySelector("[data-postmortem]");
  if (!form) return;
  start(form, true);
  const told = main.querySelector("[role=alert]:not([hidden]), [role=status]");
  if (told) {
    told.tabIndex = -1;
    told.focus();
  }
}

// pictures.js sends what is pasted or dropped, and asks for its Markdown to be put in at the cursor.
addEventListener("markdown:insert", (event) => {
  const field = event.target;
  const { text, select } = event.detail;
  const from = field.selectionStart;
  field.setRangeText(text, from, field.selectionEnd, "end");
  if (select) field.setSelectionRange(from + select[0], from + select[1]);
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

function start(form, isDirty = false) {
  startPreviews(form);
  startSaving(form, isDirty);
}

for (const form of document.querySelectorAll("[data-postmortem]")) start(form);
