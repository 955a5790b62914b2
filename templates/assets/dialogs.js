// A dialog comes open with the page, as a part of it; with scripts it stands above the page, keeps
// the focus inside and gives it back.
export function adoptDialogs(root) {
  const dialogs = [...root.querySelectorAll("dialog[open]")];
  if (root.matches?.("dialog[open]")) dialogs.push(root);
  for (const dialog of dialogs) {
    const opener = document.activeElement;
    dialog.close();
    dialog.showModal();
    dialog.addEventListener("close", () => {
      const back = document.getElementById(dialog.dataset.opener) ?? opener;
      back?.focus?.();
    }, { once: true });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }
}
