// Forms: the summary of mistakes takes focus, or the one field that is wrong; a second press sends nothing; changing the language keeps what was typed.
const wrong = document.querySelector("[data-focus]");
(document.getElementById(wrong?.dataset.focus) ?? wrong)?.focus();

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sending) return event.preventDefault();
  form.dataset.sending = "1";
  const pressed = event.submitter;
  if (pressed?.dataset.busy) {
    pressed.setAttribute("aria-disabled", "true");
    pressed.textContent = pressed.dataset.busy;
  }
});
// Back from the browser's memory: the form may be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) delete form.dataset.sending;
});

const KEPT = "typed";
const fields = () => [...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")].filter((f) => f.name && f.type !== "password");
document.querySelector("[data-language]")?.addEventListener("click", () => {
  const typed = fields().map((f) => [f.name, f.value, f.type === "radio" || f.type === "checkbox" ? f.checked : null]);
  sessionStorage.setItem(KEPT, JSON.stringify([location.pathname, typed]));
});
const [path, typed] = JSON.parse(sessionStorage.getItem(KEPT) ?? "[null, []]");
sessionStorage.removeItem(KEPT);
if (path === location.pathname) {
  for (const [name, value, checked] of typed) {
    for (const field of fields().filter((f) => f.name === name)) {
      if (checked === null) field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
}
