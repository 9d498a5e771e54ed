// Forms of incidents: a long list of services becomes shorter while somebody types. The page works without it.

/** Hides what does not hold the typed words; what is ticked stays in view. */
function narrow(list, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  for (const line of list.querySelectorAll("label.check")) {
    const text = line.textContent.toLowerCase();
    line.hidden = !line.querySelector("input").checked && !wanted.every((word) => text.includes(word));
  }
}

for (const list of document.querySelectorAll("[data-narrow]")) {
  const field = list.querySelector("[data-narrow-by]");
  field?.addEventListener("input", () => narrow(list, field.value));
  // Enter would send the whole form; here it means "that one" when only one is left
  field?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const left = [...list.querySelectorAll("label.check:not([hidden]) input:not(:checked)")];
    if (left.length !== 1) return;
    left[0].checked = true;
    field.value = "";
    narrow(list, "");
  });
}
