// Lets an authenticator answer a question of this house. A form names by its attributes what is asked and
// where; the answer goes with the form itself. Browsers that know no passkeys show nothing of it.
const knows = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

async function answer(form) {
  const fields = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  if ("second" in form.dataset) fields.set("second", "1");
  const told = await fetch(form.dataset.passkey, { method: "POST", body: fields, redirect: "error" });
  if (!told.ok) throw new Error(`answered ${told.status}`);
  const { ceremony, options } = await told.json();
  const credential =
    "add" in form.dataset
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  form.elements.ceremony.value = ceremony;
  form.elements.credential.value = JSON.stringify(credential.toJSON());
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!knows) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    button.disabled = true;
    try {
      await answer(form);
    } catch {
      // The person changed their mind, or the device has none: both are told alike by browsers.
      failed.hidden = false;
      button.disabled = false;
    }
  });
}
