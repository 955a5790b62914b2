// Colours for a JSON field, and the place of its first error while typing. The text itself stays in
// the textarea, which is what is sent; the server judges it when it is saved.
const TOKEN = /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;

export function adoptJson(root) {
  for (const box of root.querySelectorAll("[data-json]:not(.live)")) adopt(box);
}

function adopt(box) {
  const text = box.querySelector("textarea");
  const colours = document.createElement("pre");
  colours.setAttribute("aria-hidden", "true");
  const word = document.createElement("p");
  word.className = "word";
  word.setAttribute("role", "status");
  box.prepend(colours);
  box.append(word);
  box.classList.add("live");
  const show = () => {
    paint(colours, text.value);
    follow();
  };
  const follow = () => {
    colours.scrollTop = text.scrollTop;
    colours.scrollLeft = text.scrollLeft;
  };
  let resting;
  const judge = () => {
    const fault = firstFault(text.value, box.dataset);
    word.textContent = fault ?? box.dataset.right;
    word.classList.toggle("wrong", fault !== null);
  };
  text.addEventListener("input", () => {
    show();
    clearTimeout(resting);
    resting = setTimeout(judge, 250);
  });
  text.addEventListener("scroll", follow);
  show();
  if (text.value.trim() !== "") judge();
}

function paint(place, text) {
  const parts = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    parts.append(text.slice(at, found.index));
    const part = document.createElement("span");
    part.className = found[2] ? "key" : found[1] ? "string" : "literal";
    part.textContent = found[1] ?? found[0];
    parts.append(part, found[2] ?? "");
    at = found.index + found[0].length;
  }
  parts.append(text.slice(at), "\n");
  place.replaceChildren(parts);
}

// Line, column and reason of the first error; null if there is none.
function firstFault(text, said) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? null : said.noObject;
  } catch (error) {
    const named = /at position (\d+)/.exec(error.message) ?? /line (\d+) column (\d+)/.exec(error.message);
    const before = named?.length === 2 ? text.slice(0, Number(named[1])) : text;
    const lines = before.split("\n");
    const [line, column] = named?.length === 3 ? [named[1], named[2]] : [lines.length, [...lines.at(-1)].length + 1];
    const reason = error.message.replace(/,? ?(in JSON)? at (position|line).*$/s, "").replace(/^JSON\.parse: /, "");
    return [line, column, reason].reduce((whole, part) => whole.replace("{}", part), said.wrong);
  }
}
