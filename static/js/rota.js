// Loaded where people are put in order: arrows instead of numbers, and a preview that follows each change.

/** The numbers follow the rows; who is not ticked has none and stands below. */
function number(list) {
  let place = 0;
  for (const row of list.querySelectorAll("[data-person]")) {
    const isIn = row.querySelector("input[type=checkbox]").checked;
    row.querySelector("input[type=number]").value = isIn ? (place += 1) : "";
    row.toggleAttribute("data-out", !isIn);
  }
}

function say(text) {
  const live = document.querySelector("[data-live]");
  if (live) live.textContent = text;
}

function move(button) {
  const row = button.closest("[data-person]");
  const step = Number(button.dataset.move);
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  number(row.parentElement);
  button.focus();
  const place = row.querySelector("input[type=number]").value;
  say(`${row.querySelector("b").textContent}${place ? `, place ${place}` : ""}`);
  row.closest("form").dispatchEvent(new Event("moved"));
  row.closest("form").dispatchEvent(new Event("input", { bubbles: true })); // unsaved from now on
}

for (const list of document.querySelectorAll("[data-people-list]")) {
  number(list);
  list.addEventListener("change", () => number(list));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) move(button);
  });
}

// On a narrow screen the weeks stand below the form: whoever asks for them is taken there.
document.querySelector("[data-preview]")?.addEventListener("click", () => {
  const look = document.querySelector("#preview");
  if (look.getBoundingClientRect().top > innerHeight * 0.6) look.scrollIntoView();
});
