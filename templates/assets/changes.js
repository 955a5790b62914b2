// A form with data-guard is not left with unsaved changes unasked.
const first = new WeakMap();
let leaving = false;

const said = (form) => new URLSearchParams(new FormData(form)).toString();

export function guardChanges(root) {
  for (const form of root.querySelectorAll("form[data-guard]")) {
    if (!first.has(form)) first.set(form, form.dataset.guard === "changed" ? "" : said(form));
  }
}

export function leaveWithoutAsking() {
  leaving = true;
}

addEventListener("beforeunload", (event) => {
  if (leaving) return;
  const changed = [...document.querySelectorAll("form[data-guard]")].some((form) => first.get(form) !== said(form));
  if (changed) event.preventDefault();
});

// The browser kept the page and shows it again.
addEventListener("pageshow", () => { leaving = false; });
