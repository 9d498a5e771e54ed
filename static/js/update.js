// Loaded where an update is written: the preview follows the words, and a chosen template is taken at once.

const PAUSE = 300; // milliseconds without a key before the preview is asked for
const form = document.querySelector("[data-update-preview]");
let timer = 0;
let asked = 0;

/** What came takes its places; brackets that are being filled are left alone. */
function take(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const id of ["update-preview", "update-gaps"]) {
    const old = document.getElementById(id);
    const twin = fresh.getElementById(id);
    if (old && twin && !old.contains(document.activeElement)) old.replaceWith(twin);
  }
}

async function ask() {
  const number = ++asked;
  try {
    const answer = await fetch(form.dataset.updatePreview, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    const html = answer.ok ? await answer.text() : "";
    if (html && number === asked) take(html);
  } catch { /* no connection: the button “Preview” and sending itself say so */ }
}

function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

if (form) {
  const use = form.querySelector("[data-update-use]");
  use.hidden = true;
  form.querySelector("[data-update-show]").hidden = true;
  form.addEventListener("input", askSoon);
  form.addEventListener("change", (event) => {
    if (event.target.name === "template") return form.requestSubmit(use);
    askSoon();
  });
  form.addEventListener("focusout", (event) => { if (event.target.name === "gap_words") askSoon(); });
}
