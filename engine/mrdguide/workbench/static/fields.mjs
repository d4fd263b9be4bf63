// What is in the fields while an answer is on its way: what was entered after the request was sent is kept, everything else
// becomes what the answer says.

// What leaves every entry where it is; whatever else is done puts other entries, or another patient, in the place of those shown.
const LEAVES_ENTRIES = ["do/patient/set", "do/patient/pane", "do/patient/suppose", "do/patient/drop"];

// Fields in which something was entered since the last request was sent, by id.
const entered = new Set();
// Fields that are being typed in: what stands in them is no value yet, and is not sent as one.
const unfinished = new Set();
let kept = null;

const asked = () => document.querySelector("input[name=question]")?.value;

document.addEventListener("input", ({ target }) => {
  if (!target.id || target.form?.id !== "bench") return;
  entered.add(target.id);
  if (target.tagName === "INPUT" && target.closest("[hx-trigger='change']")) unfinished.add(target.id);
});
document.addEventListener("change", ({ target }) => unfinished.delete(target.id), true);
// A field that an answer was put around while it was typed in says itself that it is finished when it is left.
document.addEventListener("focusout", ({ target }) => {
  if (unfinished.has(target.id)) target.dispatchEvent(new Event("change", { bubbles: true }));
});

// The fields of the page as they are sent. What replaces entries or the patient takes everything, and nothing typed outlives it.
function sentFields(replaces) {
  const body = new URLSearchParams(new FormData(document.getElementById("bench")));
  if (replaces) unfinished.clear();
  for (const id of unfinished) {
    const field = document.getElementById(id);
    if (field) body.delete(field.name);
  }
  entered.clear();
  for (const id of unfinished) entered.add(id);
  return body;
}

// Before an answer is put in place: what it must not overwrite.
function keep() {
  const values = new Map();
  for (const id of entered) {
    const field = document.getElementById(id);
    if (field) values.set(id, field.value);
  }
  kept = { values, question: asked() };
}

// After it: what was entered meanwhile is there as before, and every other field holds what the answer says.
function putBack() {
  const { values, question } = kept ?? { values: new Map(), question: asked() };
  kept = null;
  for (const field of document.querySelectorAll("#view :is(select, input, textarea)")) {
    if (["radio", "checkbox", "file", "range", "hidden"].includes(field.type)) continue;
    const sameQuestion = !field.name.startsWith("q.") || question === asked();
    if (values.has(field.id) && sameQuestion) set(field, values.get(field.id));
    else if (field.tagName === "SELECT") set(field, [...field.options].find((option) => option.hasAttribute("selected"))?.value ?? field.value);
    else if (field.tagName !== "TEXTAREA") set(field, field.defaultValue);
    if (!sameQuestion) entered.delete(field.id);
  }
}

function set(field, value) {
  if (field.value !== value) field.value = value;
}

// A request is for the whole view or for a piece of it that is fetched after the rest; pieces hold no fields and answer nothing entered.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  ctx.address = ctx.sourceElement.getAttribute("hx-post");
  ctx.whole = ctx.sourceElement.getAttribute("hx-target") === "#view";
  ctx.replaces = ctx.whole && !LEAVES_ENTRIES.includes(ctx.address);
});
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.whole) ctx.fields = sentFields(ctx.replaces);
});
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx.whole) keep();
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.whole && !(ctx.response?.status >= 400)) putBack();
});
