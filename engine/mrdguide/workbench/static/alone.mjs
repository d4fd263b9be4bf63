// A page without a server: what htmx would fetch is answered by the program in a worker.
const view = document.getElementById("view");
const progress = document.getElementById("progress");
const sentence = document.getElementById("loading");
const asked = new Map();
let worker;
let last = 0;

function giveUp(words) {
  progress.hidden = true;
  sentence.textContent = words;
  sentence.setAttribute("role", "alert");
}

// The worker begins as text of this page, so that the browser holds it to the content policy of the page.
function begin() {
  const engine = new URL(`engine.mjs${new URL(import.meta.url).search}`, import.meta.url).href;
  worker = new Worker(URL.createObjectURL(new Blob([`import ${JSON.stringify(engine)};`], { type: "text/javascript" })), { type: "module" });
  worker.addEventListener("message", ({ data }) => {
    if (data.said) {
      progress.hidden = false;
      progress.value += 1;
      sentence.textContent = `${data.said} ...`;
    } else if (data.ready) show();
    else if (data.number) settle(data);
    else giveUp(`The workbench could not be started: ${data.failed}. Load the page again; if that does not help, write the folder anew.`);
  });
  worker.addEventListener("error", () => giveUp("The workbench could not be started: the file server has to hand out every file of the folder, and those that end in .mjs as JavaScript."));
}

function settle({ number, failed, status, type, text }) {
  const { resolve, reject } = asked.get(number) ?? {};
  if (!asked.delete(number)) return; // nobody waits for it any more
  if (failed) reject(new Error(failed));
  else resolve(new Response(text, { status, headers: { "Content-Type": type } }));
}

function answered(action, { body, signal }, piece) {
  return new Promise((resolve, reject) => {
    const number = ++last;
    asked.set(number, { resolve, reject });
    signal?.addEventListener("abort", () => {
      if (asked.delete(number)) worker.postMessage({ left: number });
      reject(new DOMException("not wanted any more", "AbortError"));
    });
    const path = new URL(action, document.baseURI).href.slice(new URL(".", document.baseURI).href.length);
    worker.postMessage({ number, path, body: String(body ?? ""), piece });
  });
}

// A piece of the page that is fetched after the rest waits for what was done meanwhile.
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail, piece = /^(fetch-part|load)$/.test(ctx.sourceElement.getAttribute("hx-trigger"));
  ctx.fetch = (action, request) => answered(action, request, piece);
});

function show() {
  if (!view.hasAttribute("data-htmx-powered")) return setTimeout(show, 20);
  view.dispatchEvent(new Event("opened"));
}

if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") {
  giveUp("This browser cannot run the workbench, because it lacks WebAssembly or does not permit it. Use a browser of 2023 or later, or `mrdguide workbench`.");
} else begin();
