// Moving, removing and adding entries on the timeline, by mouse and by keyboard.
const IDLE = 400; // milliseconds without another arrow until a move is made
const DAY_OF_MONTH = 30.44;
let waiting = null; // the move that the arrows have asked for so far
let dragged = null;
let lastFocused = "";

const lanes = () => document.querySelector(".lanes");

function scale() {
  const { first, last, left, right } = lanes().dataset;
  return { perDay: (right - left) / (last - first), first: Number(first), left: Number(left) };
}

// What the pointer's place is in the drawing's own units.
function place(event) {
  const found = new DOMPoint(event.clientX, event.clientY).matrixTransform(lanes().getScreenCTM().inverse());
  return found.x;
}

function isoDay(ordinal) {
  return new Date((ordinal - 719163) * 86400000).toISOString().slice(0, 10);
}

function press(id, values) {
  const button = document.getElementById(id);
  for (const name of Object.keys(button.dataset)) delete button.dataset[name];
  for (const [name, value] of Object.entries(values)) button.dataset[name] = value;
  button.click();
}

function shift(mark, byX) {
  mark.setAttribute("transform", `translate(${byX},0)`);
}

function make() {
  const move = waiting;
  waiting = null;
  if (!move || (!move.months && !move.days)) return;
  press("timeline-move", { sendEntry: move.mark.dataset.entry, sendEnds: move.mark.dataset.ends, sendByMonths: move.months, sendByDays: move.days });
}

function arrow(mark, sign, byDay) {
  if (waiting && waiting.mark !== mark) make();
  waiting ??= { mark, months: 0, days: 0 };
  waiting[byDay ? "days" : "months"] += sign;
  shift(mark, (waiting.months * DAY_OF_MONTH + waiting.days) * scale().perDay);
  clearTimeout(waiting.timer);
  waiting.timer = setTimeout(make, IDLE);
}

document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.(".mark");
  if (!mark || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") arrow(mark, event.key === "ArrowRight" ? 1 : -1, event.shiftKey);
  else if (event.key === "Delete" || event.key === "Backspace") press("timeline-remove", { sendEntry: mark.dataset.entry });
  else if (event.key === "Enter" || event.key === " ") openEntry(mark);
  else return;
  event.preventDefault();
});

function openEntry(mark) {
  const entry = document.getElementById(mark.id.replace("mark-", "entry-"));
  entry?.querySelector("input, select")?.focus();
  entry?.scrollIntoView({ block: "center" });
}

document.addEventListener("focusin", (event) => {
  const mark = event.target.closest?.(".mark");
  if (!mark) return;
  lastFocused = mark.id;
  const said = document.getElementById("timeline-said");
  if (said) said.textContent = mark.dataset.words;
});

document.addEventListener("pointerdown", (event) => {
  const mark = event.target.closest?.(".mark");
  if (!mark || event.button) return;
  dragged = { mark, from: place(event), by: 0 };
  mark.focus();
});
document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  dragged.by = place(event) - dragged.from;
  shift(dragged.mark, dragged.by);
});
document.addEventListener("pointerup", () => {
  const drag = dragged;
  dragged = null;
  if (!drag) return;
  const days = Math.round(drag.by / scale().perDay);
  if (Math.abs(drag.by) < 3 || !days) return drag.mark.removeAttribute("transform");
  press("timeline-move", { sendEntry: drag.mark.dataset.entry, sendEnds: drag.mark.dataset.ends, sendByDays: days });
});
document.addEventListener("pointercancel", () => {
  dragged?.mark.removeAttribute("transform");
  dragged = null;
});

document.addEventListener("dblclick", (event) => {
  const lane = event.target.closest?.(".lane");
  const { perDay, first, left } = lane ? scale() : {};
  if (!lane || event.target.closest(".mark")) return;
  press("timeline-add", { sendList: lane.dataset.list, sendDay: isoDay(Math.round(first + (place(event) - left) / perDay)) });
});

// A mark that was moved stays selected: its element may be another one now.
document.addEventListener("htmx:after:swap", () => {
  for (const mark of document.querySelectorAll(".mark[transform]")) if (waiting?.mark !== mark) mark.removeAttribute("transform");
  if (lastFocused && (document.activeElement === document.body || !document.activeElement)) document.getElementById(lastFocused)?.focus();
});
