// While an answer is on its way: the one that stands is marked as old, and what is pressed meanwhile is not lost.
const PATIENCE = 150; // milliseconds until an answer that is still worked out is marked
const LONGEST_PRESS = 2000; // milliseconds that an answer waits for a button to be let go

const pending = new Set();
const said = document.createElement("p");
let timer = null;
let late = false;
let left = ""; // where the focus was when the form was closed to writing

said.className = "working no-print";
said.setAttribute("role", "status");
document.body.append(said);

// Called when something is asked for and when it has come; what waits is marked once somebody would notice.
function asked(ctx) {
  pending.add(ctx);
  timer ??= setTimeout(() => {
    late = true;
    mark();
  }, PATIENCE);
  mark();
}

function come(ctx) {
  pending.delete(ctx);
  if (!pending.size) {
    clearTimeout(timer);
    timer = null;
    late = false;
  }
  mark();
}

// The focus is where it was, unless it went elsewhere meanwhile.
function refocus() {
  if (document.activeElement === document.body) document.getElementById(left)?.focus();
  left = "";
}

function mark() {
  const form = document.querySelector(".entry"), result = document.querySelector(".result");
  if (form) {
    const closed = [...pending].some((ctx) => ctx.replaces);
    if (closed && !form.inert && form.contains(document.activeElement)) left = document.activeElement.id;
    form.inert = closed;
    form.classList.toggle("is-waiting", late && form.inert);
  }
  if (result) {
    if (late) result.setAttribute("aria-busy", "true");
    else result.removeAttribute("aria-busy");
    result.classList.toggle("is-waiting", late);
  }
  const words = late ? "The answer is being worked out ..." : "";
  if (said.textContent !== words) said.textContent = words;
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.whole) asked(ctx);
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => come(ctx));
document.addEventListener("htmx:finally:swap", ({ detail: { ctx } }) => {
  if (ctx.whole) refocus();
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => come(ctx));

// An answer that comes while a button is held down would move the button away from under the pointer: it waits that long.
let held = null;
function hold({ type, key, target }) {
  if (held || (type === "keydown" && key !== " ") || !target.closest?.("button")) return;
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  held = { released, release, timer: setTimeout(letGo, LONGEST_PRESS) };
}
function letGo() {
  if (!held) return;
  clearTimeout(held.timer);
  const { release } = held;
  held = null;
  setTimeout(release); // the click comes first
}
for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, hold, true);
for (const name of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(name, letGo, true);
addEventListener("blur", letGo);

// Last of all that listen, so that it holds whoever answers.
addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const fetched = ctx.fetch;
  ctx.fetch = async (...request) => {
    const answer = await fetched(...request);
    await held?.released;
    return answer;
  };
});
