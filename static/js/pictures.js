// Loaded with every Markdown field: pictures that are dropped on it, pasted into it, or chosen in a file field. markdownx
// can do the first two, but prints "Invalid response" into the text when one is refused, and stops words from being
// dragged; so files are taken here first, and everything else is left to the browser.

const isEditor = (target) => Boolean(target?.matches?.(".markdownx-editor"));

function say(editor, words, tone = "info") {
  const told = editor.closest("[data-markdown]").querySelector("[data-markdown-told]");
  told.textContent = words;
  told.dataset.tone = tone;
  told.hidden = !words;
}

// ---- Sending: one after the other, so that they stand in the text in the order they were given. ----

async function sendPicture(editor, file) {
  const body = new FormData();
  body.append("image", file);
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { Accept: "application/json", "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest" };
  const response = await fetch(editor.dataset.markdownxUploadUrlsPath, { method: "POST", body, headers });
  const isAnswer = response.headers.get("Content-Type")?.includes("json");
  if (!isAnswer) throw new Error("You may have been logged out.");
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer.markdown;
}

/** Puts the Markdown at the cursor; its description is selected when the writer waited for it. */
function putPicture(editor, markdown, waited) {
  const end = markdown.indexOf("](");
  const detail = { text: markdown, select: waited && end > 2 ? [2, end] : null, block: false };
  editor.dispatchEvent(new CustomEvent("markdown:insert", { detail, bubbles: true }));
}

async function takeFiles(editor, files) {
  const refused = [];
  for (const [index, file] of files.entries()) {
    say(editor, `Sending ${file.name}${files.length > 1 ? ` (${index + 1} of ${files.length})` : ""}…`);
    const caret = editor.selectionStart;
    try {
      const markdown = await sendPicture(editor, file);
      const isLast = index === files.length - 1;
      putPicture(editor, isLast ? markdown : `${markdown}\n`, isLast && editor.selectionStart === caret);
    } catch (error) {
      const reason = error instanceof TypeError ? "There is no connection." : error.message;
      refused.push(`${file.name} was not taken. ${reason}`);
    }
  }
  const done = files.length - refused.length;
  const taken = done === 1 ? "The picture is in the text. Say what it shows." : `${done} pictures are in the text.`;
  say(editor, refused.join(" ") || taken, refused.length ? "error" : "good");
}

// ---- Dropped, pasted, chosen. Text that comes along with a picture (a table from a spreadsheet) is what was meant. ----

addEventListener("drop", (event) => {
  if (!isEditor(event.target)) return;
  event.stopPropagation();
  const files = [...event.dataTransfer.files];
  event.target.closest("[data-markdown]").removeAttribute("data-dropping");
  if (!files.length) return;
  event.preventDefault();
  takeFiles(event.target, files);
}, { capture: true });

addEventListener("paste", (event) => {
  if (!isEditor(event.target)) return;
  event.stopPropagation();
  const { files, types } = event.clipboardData;
  if (!files.length || types.includes("text/plain")) return;
  event.preventDefault();
  takeFiles(event.target, [...files]);
}, { capture: true });

for (const type of ["dragenter", "dragover", "dragleave"]) {
  addEventListener(type, (event) => {
    if (!isEditor(event.target)) return;
    event.stopPropagation();
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.target.closest("[data-markdown]").toggleAttribute("data-dropping", type !== "dragleave");
  }, { capture: true });
}

addEventListener("change", (event) => {
  const chooser = event.target.closest?.("input[type=file][data-pictures]");
  const editor = chooser && document.querySelector(chooser.dataset.pictures);
  if (!editor || !chooser.files.length) return;
  takeFiles(editor, [...chooser.files]);
  chooser.value = "";
});
