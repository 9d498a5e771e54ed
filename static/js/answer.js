// Loaded on the pages of reviews. The form behind a link in a message is sent as soon as somebody looks at it, so that the
// answer costs one click; never while a browser only looks ahead, nor when somebody comes back to the page. And on the page
// of a review, a link to a folded answer opens it.

const form = document.querySelector("[data-answer-now]");

function send() {
  const told = document.querySelector("[data-answer-told]");
  if (told) told.textContent = "Recording your answer…";
  form.requestSubmit();
}

function whenSeen() {
  if (document.visibilityState === "visible") return send();
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send(), { once: true });
}

const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
if (form && !cameBack) {
  if (document.prerendering) document.addEventListener("prerenderingchange", whenSeen, { once: true });
  else whenSeen();
}

function openNamed() {
  const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = named && named.closest("details.answer");
  if (!folded) return;
  folded.open = true;
  folded.scrollIntoView();
  folded.querySelector("textarea, input:not([type=hidden])")?.focus({ preventScroll: true });
}

addEventListener("hashchange", openNamed);
if (location.hash) openNamed();
