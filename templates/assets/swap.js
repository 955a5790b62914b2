// Posts a form and takes one element of the answer over. The answer is a page of ours, in which
// every value of people is escaped; nothing else ever reaches the policy.
const policy = globalThis.trustedTypes?.createPolicy("vestibule", { createHTML: (text) => text });

let running;

export async function swap(form, button, id) {
  running?.abort();
  const mine = (running = new AbortController());
  const target = document.getElementById(id);
  const focused = document.activeElement?.id;
  const place = [document.activeElement?.selectionStart, document.activeElement?.selectionEnd];
  const fields = new URLSearchParams(new FormData(form, button));
  const method = form.method.toUpperCase();
  const address = new URL(button.hasAttribute("formaction") ? button.formAction : form.action);
  if (method === "GET") address.search = fields;
  target.classList.add("busy");
  target.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { method, body: method === "GET" ? null : fields, signal: mine.signal, redirect: "follow" });
    const text = await answer.text();
    const page = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
    const found = page.getElementById(id);
    // Another page altogether: the sign-in page, or one that says why not.
    if (!found) {
      location.assign(answer.redirected ? answer.url : location.href);
      return document.createElement("div");
    }
    const adopted = document.adoptNode(found);
    document.getElementById(id).replaceWith(adopted);
    const wanted = adopted.querySelector("[data-focus]") ?? (focused && document.getElementById(focused));
    if (wanted && !wanted.closest("dialog:not([open])")) {
      wanted.focus();
      if (wanted.id === focused && place[0] != null && wanted.setSelectionRange) wanted.setSelectionRange(...place);
    }
    return adopted;
  } catch (error) {
    // The browser goes the long way then, and says itself what is wrong.
    if (error.name !== "AbortError") {
      delete button.dataset.swap;
      form.requestSubmit(button);
    }
    return document.createElement("div");
  } finally {
    const present = document.getElementById(id);
    present?.classList.remove("busy");
    present?.removeAttribute("aria-busy");
  }
}
