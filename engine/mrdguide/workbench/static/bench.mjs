// What the page does itself: posts what it holds now, keeps what is being typed, takes dropped files, prints.
const FILE = "\x1c", TEXT = "\x1d";
const SUPPOSE = "do/patient/suppose", DROP = "do/patient/drop", TRIES = [SUPPOSE, DROP, "do/patient/pane"];
const view = () => document.getElementById("view");
const form = () => document.getElementById("bench");

let shown = view().dataset.view;

// What a button sends is taken when it is pressed: another answer may come before a queued request is sent, and change the button.
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  ctx.sent = Object.entries(ctx.sourceElement.dataset).filter(([name]) => name.startsWith("send"));
  ctx.pressed = ctx.sourceElement.id;
});

// The rest of the body is made when the request is sent and not when it was asked for, so that a queued one holds the newest state.
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  const body = ctx.fields ?? new URLSearchParams(new FormData(form()));
  for (const [name, value] of ctx.sent) body.set(name.slice(4).replace(/[A-Z]/g, (sign, at) => (at ? "_" : "") + sign.toLowerCase()), value);
  ctx.request.body = body;
});

// Where the cohort was left for a patient, on the page and in the list beside it.
const AT_THE_TOP = { page: 0, list: 0 };
let leftAt = AT_THE_TOP;

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.whole && shown === "cohort") leftAt = { page: scrollY, list: document.querySelector(".whom")?.scrollTop ?? 0 };
  // What to find out first stays as it is until it comes anew, where the patient is the same.
  if (ctx.whole) htmx.config.morphSkipChildren = TRIES.includes(ctx.address) ? ".first-part" : undefined;
});

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.response?.status >= 400) return; // nothing was put in place, and why is said
  if (!ctx.whole) return fetchParts();
  // What was pasted stays until it could be read.
  const pasted = document.getElementById("pasted");
  if (pasted && ctx.pressed === "open-pasted") pasted.value = pasted.defaultValue;
  fetchParts();
  // What makes it another answer is followed by the answer itself.
  if (["keep", "undo", "new", "open-pasted", "open-example"].includes(ctx.pressed)) document.querySelector(".result").scrollTop = 0;
  // Another view begins at its top, wherever the one before was left; so does another case. A cohort is gone back to where it was left.
  if (view().dataset.view !== shown || ctx.address === "do/teach/open") {
    const { page, list } = view().dataset.view === "cohort" ? leftAt : AT_THE_TOP;
    scrollTo(0, page);
    document.querySelector(".whom")?.scrollTo(0, list);
  }
  shown = view().dataset.view;
  const wanted = view().dataset.focus;
  if (wanted) {
    document.getElementById(wanted)?.focus();
    view().dataset.focus = "";
  }
  if (ctx.address === "do/teach/answer") (document.querySelector("#choice-problem, .notice pre") ?? document.getElementById("given"))?.scrollIntoView({ block: "center" });
  showTrial(ctx);
  const trouble = document.getElementById("trouble");
  trouble.hidden = true;
});

// A result that is tried comes into view, and what was pressed for it when it is left again.
let tried = "";
function showTrial(ctx) {
  if (ctx.address === SUPPOSE) tried = ctx.pressed;
  const shown = document.getElementById(ctx.address === SUPPOSE ? "supposed-title" : ctx.address === DROP ? tried : "");
  if (!shown) return;
  shown.scrollIntoView({ block: ctx.address === SUPPOSE ? "start" : "center" });
  shown.focus({ preventScroll: true });
}

// What takes longer than the answer is fetched after it.
function fetchParts() {
  for (const part of document.querySelectorAll("[data-waiting]")) {
    part.removeAttribute("data-waiting");
    part.dispatchEvent(new Event("fetch-part"));
  }
}

function say(words) {
  const trouble = document.getElementById("trouble");
  trouble.textContent = words;
  trouble.hidden = false;
}

document.addEventListener("htmx:response:error", (event) => {
  let words = "The workbench could not do that; the page is as it was.";
  try { words = JSON.parse(event.detail.ctx.text).error.message; } catch { /* no words of its own */ }
  say(words);
  leaveOut(event.detail.ctx);
});
document.addEventListener("htmx:error", ({ detail }) => {
  say(document.getElementById("trouble").dataset.silent);
  leaveOut(detail.ctx);
});

// A piece that is fetched after the rest and does not come is not waited for any longer.
function leaveOut(ctx) {
  if (ctx && ctx.whole === false) ctx.sourceElement.textContent = "This could not be worked out, or took too long; all else on this page holds.";
}

async function open(files) {
  const texts = await Promise.all([...files].map(async (file) => FILE + file.name + TEXT + await file.text()));
  const pasted = document.getElementById("pasted");
  if (!pasted || !texts.length) return;
  pasted.value = texts.join("");
  document.getElementById("open-pasted").click();
}

document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  open(event.dataTransfer.files);
});
document.addEventListener("change", (event) => {
  if (event.target.id === "files") open(event.target.files);
});
// What was found of a layer, and the folder to save, are those of the text that was checked last.
document.addEventListener("input", (event) => {
  if (event.target.id === "layer") document.getElementById("layer-part").classList.add("text-changed");
});
document.addEventListener("click", (event) => {
  if (event.target.id === "print") window.print();
});
// Enter in the answer to a question answers it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing && event.target.matches(".ask > .grid input")) {
    event.preventDefault();
    document.getElementById("ask-answer").click();
  }
});
document.addEventListener("submit", (event) => event.preventDefault());

// A link to an invented patient, or to a teaching case by its number: it stands in the fragment, which is never sent, and is taken out of the address.
function openLinked() {
  const [, kind, name] = location.hash.match(/^#(example|case)=([\w-]+)$/) ?? [];
  const opener = document.getElementById(kind === "case" ? "open-linked-case" : "open-linked");
  if (!name || !opener) return;
  history.replaceState(null, "", location.pathname + location.search);
  opener.dataset[kind === "case" ? "sendCase" : "sendExample"] = name;
  opener.click();
}
addEventListener("hashchange", openLinked);

// htmx takes the page over a moment after it is loaded; what is asked for before that would be lost.
function begin() {
  if (!document.getElementById("open-linked")?.hasAttribute("data-htmx-powered")) return setTimeout(begin, 20);
  fetchParts();
  openLinked();
}
begin();
