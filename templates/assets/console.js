// What scripts add to the console. Every page works without them: buttons post forms, answers are
// whole pages, and what is here only saves the round trip of the whole page.
import { adoptDialogs } from "./dialogs.js";
import { guardChanges, leaveWithoutAsking } from "./changes.js";
import { swap } from "./swap.js";

// The word on what was done is said once: a reload or a bookmark does not repeat it.
const address = new URL(location.href);
if (address.searchParams.has("done")) {
  address.searchParams.delete("done");
  history.replaceState(null, "", address);
  setTimeout(() => document.querySelector(".toast.good")?.remove(), 8000);
}

function start(root) {
  adoptDialogs(root);
  guardChanges(root);
  focusFault(root);
  // Only pages with a JSON field need it.
  if (root.querySelector("[data-json]")) import("./json-editor.js").then((editor) => editor.adoptJson(root));
}

// After a refused form the first field at fault has the focus.
function focusFault(root) {
  if (root.querySelector("[data-faults]")) root.querySelector("[aria-invalid=true]")?.focus();
}

// A button with data-swap="ID" posts its form and puts #ID of the answer in the place of ours.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const target = button?.dataset.swap;
  if (!target) return leaveWithoutAsking(event.target);
  event.preventDefault();
  swap(event.target, button, target).then(start);
});

// Enter in a line of text presses the form's first button; data-enter names another one.
document.addEventListener("keydown", (event) => {
  const name = event.target.dataset?.enter;
  if (event.key !== "Enter" || !name) return;
  event.preventDefault();
  document.getElementById(name)?.click();
});

// Typing in a field with data-typed="ID" presses that button once the fingers rest.
let resting;
document.addEventListener("input", (event) => {
  const name = event.target.dataset?.typed;
  if (!name) return;
  clearTimeout(resting);
  resting = setTimeout(() => document.getElementById(name)?.click(), 200);
});

document.addEventListener("change", (event) => {
  // A choice with data-press="ID" presses that button.
  const name = event.target.dataset?.press;
  if (name) document.getElementById(name)?.click();
  // A file with data-into="ID" is read into that field, which is what is sent.
  const into = event.target.dataset?.into;
  const file = event.target.files?.[0];
  if (into && file) file.text().then((text) => { document.getElementById(into).value = text; });
  // A box with data-all="NAME" ticks all boxes of that name.
  const all = event.target.dataset?.all;
  if (all) for (const box of event.target.form.querySelectorAll(`input[name="${CSS.escape(all)}"]`)) box.checked = event.target.checked;
});

// data-copy="ID" copies the text of an element.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  button.textContent = button.dataset.copied;
});

start(document);
