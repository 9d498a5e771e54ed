// Loaded where a runbook is written: the menu of pieces to put into the text. markdown.js puts them in.

function insertPiece(menu, button) {
  const editor = document.querySelector(menu.dataset.insert);
  const { piece, first } = button.dataset;
  const at = piece.indexOf(first);
  menu.open = false;
  const detail = { text: piece, select: [at, at + first.length], block: true };
  editor.dispatchEvent(new CustomEvent("markdown:insert", { detail, bubbles: true }));
}

/** Up and Down go through the menu, also from the button that opens it; Home and End to its ends. */
function moveFocus(menu, key) {
  const items = [...menu.querySelectorAll("[data-piece]")];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[key];
  if (next === undefined) return false;
  menu.open = true;
  items[(next + items.length) % items.length].focus();
  return true;
}

for (const menu of document.querySelectorAll("[data-insert]")) {
  menu.addEventListener("click", (event) => {
    const button = event.target.closest("[data-piece]");
    if (button) insertPiece(menu, button);
  });
  menu.addEventListener("keydown", (event) => { if (moveFocus(menu, event.key)) event.preventDefault(); });
}
