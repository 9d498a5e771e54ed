// Loaded with every Markdown field (runbooks/widgets.py), in the pages as in the admin, beside markdownx's own file: keys
// that markdownx would take, what the server answers it, the lines of findings, words that other files want put in.

const fields = [...document.querySelectorAll("[data-markdown]")];
const editorIn = (field) => field.querySelector(".markdownx-editor");
const previewIn = (field) => field.querySelector(".markdownx-preview");
const isEditor = (target) => Boolean(target?.matches?.(".markdownx-editor"));

// ---- Keys. markdownx binds Tab, Ctrl+D, Ctrl+[ and Ctrl+]. Tab would be a trap for whoever has no mouse (WCAG 2.1.2), and
// all four write the whole value anew, which loses the way back with Ctrl+Z. They are stopped before markdownx hears
// them, so the browser does what it does everywhere: Tab goes on to the next field. ----

const TAKEN_WITH_CTRL = new Set(["d", "[", "]"]);

addEventListener("keydown", (event) => {
  if (!isEditor(event.target)) return;
  const isTaken = event.key === "Tab" || ((event.ctrlKey || event.metaKey) && TAKEN_WITH_CTRL.has(event.key));
  if (isTaken) event.stopPropagation();
}, { capture: true });

// ---- Putting words in, so that Ctrl+Z takes them out again. Other files ask with an event:
// detail = { text, select: [from, to] inside the text or null, block: whether it stands on lines of its own }. ----

/** The line breaks that are missing around a block at the cursor. */
function padBlock(editor, text) {
  const before = editor.value.slice(0, editor.selectionStart);
  const after = editor.value.slice(editor.selectionEnd);
  let start = "\n\n";
  if (!before.trim() || before.endsWith("\n\n")) start = "";
  else if (before.endsWith("\n")) start = "\n";
  let end = "\n\n";
  if (after.startsWith("\n\n")) end = "";
  else if (after.startsWith("\n") || !after) end = "\n";
  return { padded: start + text + end, shift: start.length };
}

/** Selects words and scrolls to them: a browser does so only for a cursor, when the field gets the focus. */
function reveal(editor, from, to) {
  editor.setSelectionRange(to, to);
  editor.blur();
  editor.focus();
  editor.setSelectionRange(from, to);
}

function putIn(editor, { text, select, block }) {
  const { padded, shift } = block ? padBlock(editor, text) : { padded: text, shift: 0 };
  const start = editor.selectionStart;
  const before = document.activeElement;
  editor.focus({ preventScroll: true });
  if (!document.execCommand("insertText", false, padded)) {
    editor.setRangeText(padded, start, editor.selectionEnd, "end");
    editor.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (select) return reveal(editor, start + shift + select[0], start + shift + select[1]);
  if (before && before !== editor && before !== document.body) before.focus({ preventScroll: true });
}

addEventListener("markdown:insert", (event) => {
  if (isEditor(event.target)) putIn(event.target, event.detail);
});

// ---- A finding's line is selected in the text. ----

function selectLine(editor, number) {
  const lines = editor.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  editor.scrollTop = 0; // so that the line comes up at the middle, whatever was shown before
  reveal(editor, start, start + (lines[number - 1] ?? "").length);
}

addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-line]");
  const editor = (link?.closest("[data-markdown]") ?? document).querySelector(".markdownx-editor");
  if (!link || !editor) return;
  event.preventDefault();
  showSide(editor.closest("[data-markdown]"), "write");
  selectLine(editor, Number(link.dataset.line));
});

// The first conflict of a merge is where writing starts.
for (const editor of fields.map(editorIn)) {
  const conflict = editor.value.split("\n").findIndex((line) => line.startsWith("<<<<<<<"));
  if (conflict >= 0) selectLine(editor, conflict + 1);
}

// ---- What markdownx got: the text as it will be read, and its findings. It prints whatever comes, a login page too. ----

const NO_LOOK = "The preview could not be made. You may have been logged out: log in in another tab, then go on here.";
const NO_NET = "The preview waits for the network. It is made again when you type.";

function explain(field, words) {
  const told = document.createElement("p");
  told.className = "muted";
  told.textContent = words;
  previewIn(field).replaceChildren(told);
}

/** Findings have a place of their own beside the text, so that the preview can scroll alone. */
function showFindings(field) {
  const found = previewIn(field).querySelector("[data-findings]");
  const home = field.querySelector("[data-findings-home]");
  if (!found || !home) return;
  home.querySelector("[data-findings]")?.remove();
  home.append(found);
  home.hidden = false;
  const count = home.querySelector("[data-findings-count]");
  if (count) count.textContent = found.dataset.count === "0" ? "" : found.dataset.count;
}

for (const field of fields) {
  field.addEventListener("markdownx.update", () => {
    if (!previewIn(field).querySelector("[data-look]")) return explain(field, NO_LOOK);
    showFindings(field);
    field.dispatchEvent(new CustomEvent("markdown:drawn", { bubbles: true }));
  });
  field.addEventListener("markdownx.updateError", () => explain(field, NO_NET));
}

// A link in the preview must not take the page, and what is being written, away.
addEventListener("click", (event) => {
  const link = event.target.closest?.(".markdownx-preview a[href]");
  if (!link) return;
  event.preventDefault();
  const target = link.getAttribute("href");
  if (!target.startsWith("#")) return void window.open(link.href, "_blank", "noopener,noreferrer");
  const anchor = CSS.escape(decodeURIComponent(target.slice(1)));
  link.closest(".markdownx-preview").querySelector(`[id="${anchor}"]`)?.scrollIntoView({ block: "nearest" });
});

// ---- Where there is no room for both, one is shown: the text or how it will look. ----

function showSide(field, side) {
  field.dataset.side = side;
  for (const button of field.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === side));
  }
}

addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-markdown] [data-show]");
  if (button) showSide(button.closest("[data-markdown]"), button.dataset.show);
});
