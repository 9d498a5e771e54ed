// The page of calendar addresses. Without it the address can be selected and copied by hand.

const live = document.querySelector("[data-live]");

for (const field of document.querySelectorAll(".feed__address input")) {
  field.addEventListener("focus", () => field.select());
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.focus(); // no clipboard over plain http: it is selected, ready to be copied
      return;
    }
    button.dataset.copied = "";
    if (live) live.textContent = "Address copied";
    setTimeout(() => delete button.dataset.copied, 2000);
  });
}
