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

// Where the text stops being a JSON object, in words; null if it is one.
function firstFault(text, said) {
  const at = end(text);
  if (at === null) return text.trimStart().startsWith("{") ? null : said.noObject;
  const lines = text.slice(0, at).split("\n");
  return [lines.length, [...lines.at(-1)].length + 1].reduce((whole, part) => whole.replace("{}", part), said.wrong);
}

const BLANK = /[ \t\n\r]*/y;
const PLAIN = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const NAME = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

// The index of the first character that does not fit JSON's grammar; null if all fits.
function end(text) {
  let at = 0;
  const skip = (pattern) => {
    pattern.lastIndex = at;
    const fits = pattern.test(text);
    if (fits) at = pattern.lastIndex;
    return fits;
  };
  const sign = (character) => {
    skip(BLANK);
    const fits = text[at] === character;
    if (fits) at += 1;
    return fits;
  };
  const list = (last, item) => {
    if (sign(last)) return true;
    do if (!item()) return false; while (sign(","));
    return sign(last);
  };
  const value = () => {
    if (sign("{")) return list("}", () => skip(BLANK) && skip(NAME) && sign(":") && value());
    if (sign("[")) return list("]", value);
    return skip(PLAIN);
  };
  if (!value()) return at;
  skip(BLANK);
  return at < text.length ? at : null;
}
