// The page of a logout: tells in words what each application answers, and goes on when all have. Without
// scripts each frame shows its answer itself, and the page is loaded again after the time that is waited.
const page = document.getElementById("logout");
const { address } = page.dataset;
const rows = new Map([...page.querySelectorAll("li")].map(row => [Number(row.dataset.place), row]));
for (const row of rows.values()) {
  row.querySelector(".state").hidden = false;
  for (const part of row.querySelectorAll("iframe, a")) part.hidden = true;
}

async function look() {
  const answer = await fetch(`${address}/progress`);
  if (!answer.ok) return;
  const { applications, over, complete } = await answer.json();
  for (const { place, state, text } of applications) {
    const row = rows.get(place);
    const words = row.querySelector(".state");
    if (words.textContent !== text) words.textContent = text;
    row.dataset.state = over && state === "WAITING" ? "SILENT" : state;
    if (over) {
      // Nothing is loaded any more for one that never answers.
      row.querySelector("iframe")?.remove();
      const link = row.querySelector("a");
      if (link) link.hidden = state === "CONFIRMED";
    }
  }
  // Whoever asked is answered at once; a person gets to read what could not be done.
  if (over && (complete || "asked" in page.dataset)) location.replace(address);
  else setTimeout(look, over ? 2000 : 500);
}
look();
