// The page: what is typed is translated after a short pause; texts are only ever set as text, never as markup.

const $ = (id) => document.getElementById(id);
const PAUSE = 250; // milliseconds without typing
const ALTERNATIVES = 3;
const FLAGS = {
  repeated: "repeats itself",
  unfinished: "was cut at its greatest length",
  length: "is much shorter or longer than its source",
  script: "has letters of another script",
  unknown_words: "has words that the model does not know",
};
const STATUS = { inserted: "was put where its neighbour stands", lost: "is missing" };

let timer = 0;
let running = null; // the request on its way, which a newer one replaces
let glossary = "";
let shown = "";

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

async function ask(path, body, signal) {
  const options = { method: "POST", signal };
  if (body instanceof FormData) options.body = body;
  else {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.error || found.message || `the server answered ${answer.status}`);
  return found;
}

function say(message, error = false) {
  $("said").textContent = message;
  $("said").classList.toggle("error", error);
}

function withKey(body) {
  const key = $("key").value;
  return key ? { ...body, api_key: key } : body;
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(translate, PAUSE);
}

async function translate() {
  const text = $("text").value;
  $("count").textContent = text ? `${[...text].length} characters` : "";
  running?.abort();
  if (!text.trim()) {
    running = null;
    show({ details: [], alternatives: [] });
    return;
  }
  const own = (running = new AbortController());
  $("translation").classList.add("waiting");
  const body = { q: text, source: $("source").value, target: $("target").value, details: true, alternatives: ALTERNATIVES };
  if (glossary) body.glossary = glossary;
  try {
    const found = await ask("/translate", withKey(body), own.signal);
    if (running === own) show(found);
  } catch (error) {
    if (running === own && error.name !== "AbortError") say(error.message, true);
  } finally {
    if (running === own) {
      $("translation").classList.remove("waiting");
      running = null;
    }
  }
}

function show(found) {
  shown = found.translatedText || "";
  say("");
  const lines = found.details.map(lineOf);
  $("translation").replaceChildren(...lines.flat());
  $("translation").lang = $("target").value;
  $("translation").dir = "auto";
  const language = found.detectedLanguage?.language;
  $("detected").textContent = language ? `Read as ${nameOf(language)}` : "";
  listWarnings(found.details);
  const others = (found.alternatives || []).filter((text) => text !== shown);
  $("other").textContent = "Other translations";
  $("alternatives").replaceChildren(...others.map(alternative));
  $("others").hidden = !others.length;
}

function alternative(text) {
  const button = element("button", text, { type: "button", title: "Take this translation" });
  button.addEventListener("click", () => {
    shown = text;
    $("translation").replaceChildren(text);
    say("Taken.");
  });
  const item = element("li", "");
  item.append(button);
  return item;
}

// A line of the translation as words that light up together with those that they translate.
function lineOf(line, number, { length }) {
  const alone = length === 1; // other words are offered for a single line
  const parts = [];
  const items = line.items.filter((item) => item.target).sort((a, b) => a.target[0] - b.target[0]);
  const characters = [...line.text]; // offsets count characters, not UTF-16 units
  let word = -1;
  let place = 0;
  for (const [, space, text] of line.text.matchAll(/(\s*)(\S+)/gu)) {
    word += 1;
    const start = place + [...space].length;
    const end = start + [...text].length;
    parts.push(space);
    const sources = (line.alignment || []).filter(([, there]) => there === word).map(([here]) => here);
    const made = element("span", "", { class: "word" });
    let done = start;
    for (const item of items) {
      const from = Math.max(item.target[0], done);
      const to = Math.min(item.target[1], end);
      if (from >= to) continue;
      made.append(characters.slice(done, from).join(""));
      const title = `${item.kind}: ${item.text} (${item.status})`;
      made.append(element("span", characters.slice(from, to).join(""), { class: `item ${item.kind} ${item.status}`, title }));
      done = to;
    }
    made.append(characters.slice(done, end).join(""));
    if (alone) {
      const before = characters.slice(0, start).join("");
      made.addEventListener("click", () => offer(before, made.textContent));
    }
    if (sources.length) {
      made.title = sources.map((here) => wordsOf(line.source)[here]).filter(Boolean).join(" ");
      made.addEventListener("pointerenter", () => light(number, line, sources, made));
      made.addEventListener("pointerleave", dim);
    }
    parts.push(made);
    place = end;
  }
  parts.push(characters.slice(place).join("") + line.end);
  return parts;
}

// Other ways to go on from a place in the translation, at which a word was chosen.
async function offer(before, word) {
  const body = { q: $("text").value.trim(), source: $("source").value, target: $("target").value };
  try {
    const found = await ask("/translate", withKey({ ...body, prefix: before, alternatives: 2 * ALTERNATIVES }));
    const others = [found.translatedText, ...(found.alternatives || [])];
    $("other").textContent = `Instead of “${word}”`;
    $("alternatives").replaceChildren(...others.filter((text) => text !== shown).map(alternative));
    $("others").hidden = false;
  } catch (error) {
    say(error.message, true);
  }
}

const wordsOf = (text) => text.split(/\s+/u).filter(Boolean);

function light(number, line, sources, made) {
  dim();
  made.classList.add("pair");
  const words = wordsOf(line.source).map((word, place) => element(sources.includes(place) ? "mark" : "span", word));
  $("original").replaceChildren(...words.flatMap((word) => [word, " "]));
}

function dim() {
  for (const made of document.querySelectorAll(".word.pair")) made.classList.remove("pair");
  $("original").replaceChildren();
}

function listWarnings(details) {
  const warnings = [];
  details.forEach((line, number) => {
    const where = details.length > 1 ? `Line ${number + 1}` : "The translation";
    for (const flag of line.flags) warnings.push(`${where} ${FLAGS[flag] || flag}.`);
    for (const item of line.items) {
      if (STATUS[item.status]) warnings.push(`${where}: ${item.text} ${STATUS[item.status]}.`);
    }
  });
  $("warnings").replaceChildren(...warnings.map((text) => element("li", text)));
  $("notes").hidden = !warnings.length;
}

const nameOf = (code) => [...$("source").options].find((option) => option.value === code)?.textContent || code;

function swap() {
  const [source, target] = [$("source").value, $("target").value];
  const from = source === "auto" ? [...$("source").options].find((each) => each.value !== "auto" && each.value !== target) : null;
  $("source").value = target;
  $("target").value = from ? from.value : source;
  if (shown) $("text").value = shown;
  translate();
}

async function readGlossary() {
  const [file] = $("glossary").files;
  glossary = file ? await file.text() : "";
  $("forget").hidden = !glossary;
  translate();
}

async function translateDocument() {
  const [file] = $("document").files;
  if (!file) return;
  const form = new FormData();
  for (const [name, value] of Object.entries(withKey({ source: $("source").value, target: $("target").value }))) form.set(name, value);
  form.set("file", file);
  $("progress").hidden = false;
  $("done").hidden = true;
  try {
    const found = await ask("/translate_file", form);
    $("done").href = found.translatedFileUrl;
    $("done").textContent = `Download ${file.name}`;
    $("done").download = file.name;
    $("done").hidden = false;
    say("The document is translated.");
  } catch (error) {
    say(error.message, true);
  } finally {
    $("progress").hidden = true;
  }
}

async function start() {
  const [languages, settings] = await Promise.all([fetch("/languages"), fetch("/frontend/settings")].map(async (each) => (await each).json()));
  $("source").append(element("option", "any language", { value: "auto" }));
  for (const { code, name } of languages) $("source").append(element("option", name, { value: code }));
  const targets = new Set(languages.flatMap(({ code, targets }) => targets.filter((each) => each !== code)));
  for (const code of targets) $("target").append(element("option", nameOf(code), { value: code }));
  $("source").value = settings.language.source.code;
  $("target").value = settings.language.target.code;
  $("text").maxLength = settings.charLimit;
  $("keys").hidden = !settings.keyRequired;
  $("files").hidden = !settings.filesTranslation;
  $("text").addEventListener("input", later);
  for (const id of ["source", "target", "key"]) $(id).addEventListener("change", translate);
  $("swap").addEventListener("click", swap);
  $("glossary").addEventListener("change", readGlossary);
  $("document").addEventListener("change", translateDocument);
  $("forget").addEventListener("click", () => {
    $("glossary").value = "";
    readGlossary();
  });
  $("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText(shown);
    say("Copied.");
  });
}

start().catch((error) => say(error.message, true));
