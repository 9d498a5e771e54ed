// Loaded where a runbook is written: a warning before unsaved words are lost, Ctrl+Enter to save, pictures put into the text.

for (const form of document.querySelectorAll("form[data-guard]")) {
  let dirty = form.dataset.guard === "dirty"; // the server gave back a refused form: its words are not saved yet
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

// Ctrl+Enter (Command+Enter) sends the form the text stands in.
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.target.closest?.("form[data-guard]")?.requestSubmit();
});

// A finding's line is selected in the text; the first conflict of a merge is where writing starts.

function selectLine(field, number) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  field.scrollTop = (number / lines.length) * field.scrollHeight - field.clientHeight / 2;
}

const text = document.querySelector("textarea[name=markdown]");
const conflict = text?.value.split("\n").findIndex((line) => line.startsWith("<<<<<<<")) ?? -1;
if (conflict >= 0) selectLine(text, conflict + 1);

addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-line]");
  if (!link || !text) return;
  event.preventDefault();
  selectLine(text, Number(link.dataset.line));
});

// A picture is sent aside; its Markdown goes where the cursor stands in the text.

function insertText(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

async function sendPicture(form) {
  const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer.markdown;
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const told = form.querySelector("[data-upload-error]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.hidden = true;
    try {
      insertText(document.querySelector(form.dataset.upload), await sendPicture(form));
      form.reset();
    } catch (error) {
      told.textContent = error.message || "The picture could not be sent.";
      told.hidden = false;
    }
  });
}
