// Loaded on every page of the admin. Select2, which Django brings, names its boxes after what is chosen in them, so an
// empty one has no name: each gets the words of its label too (WCAG 4.1.2).

function nameBoxes() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const box = select.nextElementSibling?.querySelector("[role=combobox]");
    if (!box || "named" in box.dataset) continue;
    const words = select.labels?.[0]?.textContent ?? select.getAttribute("aria-label") ?? select.name;
    const shown = box.getAttribute("aria-labelledby");
    const name = Object.assign(document.createElement("span"), { id: `${select.id}-words`, textContent: words.trim(), hidden: true });
    select.before(name);
    box.setAttribute("aria-labelledby", shown ? `${name.id} ${shown}` : name.id);
    box.querySelector("[role=textbox]")?.setAttribute("aria-labelledby", name.id);
    box.dataset.named = "";
  }
}

// A hint that Django writes for screen readers onto an element that has no role and so may have no name.
function nameHints() {
  for (const hint of document.querySelectorAll(".help-tooltip[aria-label]:not([role])")) hint.setAttribute("role", "img");
}

function nameAll() {
  nameBoxes();
  nameHints();
}

// Both are made by scripts of Django at a time of their own, and again for every row that is added.
const content = document.querySelector("#content");
nameAll();
if (content) new MutationObserver(nameAll).observe(content, { childList: true, subtree: true });

// Lists and tables of rows scroll sideways where the screen is small: the keyboard must reach them.
for (const box of document.querySelectorAll("#changelist-form .results, .inline-group fieldset.module")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}
