// Posts a form and takes one element of the answer over. The answer is a page of ours, in which
// every value of people is escaped; nothing else ever reaches the policy.
const policy = globalThis.trustedTypes?.createPolicy("vestibule", { createHTML: (text) => text });

// By the element that is exchanged: a newer question for it ends the older one, and no other.
const running = new Map();

export async function swap(form, button, id) {
  running.get(id)?.abort();
  const mine = new AbortController();
  running.set(id, mine);
  const target = document.getElementById(id);
  const focused = document.activeElement;
  const sent = new Map([...target.querySelectorAll("[name][id]")].map((field) => [field.id, stateOf(field)]));
  const fields = new URLSearchParams(new FormData(form, button));
  // A field may be called "method" or "action", so the attributes are asked.
  const method = (form.getAttribute("method") ?? "get").toUpperCase();
  const address = new URL(button.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
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
    const present = document.getElementById(id);
    // Its surroundings were exchanged in the meantime, and what stands there now is newer.
    if (!present) return document.createElement("div");
    keepTyped(present, adopted, sent);
    const now = document.activeElement;
    const place = [now?.selectionStart, now?.selectionEnd];
    const wasInside = present.contains(now);
    present.replaceWith(adopted);
    const asked = now === focused || now === document.body ? adopted.querySelector("[data-focus]") : null;
    const wanted = asked ?? (now?.id ? document.getElementById(now.id) : null) ?? (wasInside ? standIn(adopted, now) : null);
    if (wanted && !wanted.closest("dialog:not([open])")) {
      wanted.focus();
      if (wanted.id === now?.id && place[0] != null && wanted.setSelectionRange) wanted.setSelectionRange(...place);
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
    if (running.get(id) === mine) {
      running.delete(id);
      const present = document.getElementById(id);
      present?.classList.remove("busy");
      present?.removeAttribute("aria-busy");
    }
  }
}

// The same button, or the next best place to go on from.
const standIn = (adopted, gone) =>
  adopted.querySelector(`button[value="${CSS.escape(gone.value ?? "")}"]`) ?? adopted.querySelector("input:not([type=hidden]), select, textarea, button");

const stateOf = (field) => (/^(checkbox|radio)$/.test(field.type) ? field.checked : field.value);

// What was typed while the answer was on its way is newer than the answer.
function keepTyped(present, adopted, sent) {
  for (const field of present.querySelectorAll("[name][id]")) {
    const state = stateOf(field);
    if (!sent.has(field.id) || sent.get(field.id) === state) continue;
    const same = adopted.querySelector(`#${CSS.escape(field.id)}`);
    if (!same) continue;
    if (typeof state === "boolean") same.checked = state;
    else same.value = state;
  }
}
