// Python in a worker of the page: answers with the program itself what a server would answer. It asks no other host.
// Which folder this is of: what the browser has kept of an earlier one is not taken for it.
const VERSION = new URL(import.meta.url).search;
const PARTS = new URL("../engine/", import.meta.url);
const HOME = "/program";

async function part(name) {
  const found = await fetch(new URL(name + VERSION, PARTS));
  if (!found.ok) throw new Error(`${name} cannot be fetched (${found.status})`);
  return found;
}

// The large parts lie there compressed, under names that no file server takes for compressed pages.
async function unpacked(name) {
  return (await part(`${name}.bin`)).body.pipeThrough(new DecompressionStream("gzip"));
}

// Python asks for its own parts by the names that they have unpacked.
function unpackingFetch() {
  const plain = globalThis.fetch;
  const types = { "pyodide.asm.wasm": "application/wasm", "stdlib.zip": "application/zip" };
  globalThis.fetch = async (asked, options) => {
    const name = new URL(asked.url ?? asked, PARTS).pathname.split("/").pop();
    if (!(name in types)) return plain(asked, options);
    return new Response(await unpacked(name), { headers: { "Content-Type": types[name] } });
  };
}

// Many files in one: a line of JSON that lists them, then their contents.
function put(python, packed) {
  const end = packed.indexOf(10);
  let at = end + 1;
  const made = new Set();
  for (const [name, size] of JSON.parse(new TextDecoder().decode(packed.subarray(0, end)))) {
    const path = `${HOME}/${name}`, folder = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(folder)) python.FS.mkdirTree(folder);
    made.add(folder);
    python.FS.writeFile(path, packed.subarray(at, at + size), { canOwn: true });
    at += size;
  }
}

// Python with the program in it. `say` is told how far it is, in words.
export async function start(say) {
  unpackingFetch();
  say("Fetching the program");
  const files = Promise.all(["program", "data"].map(async (name) => new Uint8Array(await new Response(await unpacked(name)).arrayBuffer())));
  files.catch(() => {});
  const lockFileContents = await (await part("pyodide-lock.json")).text();
  const { loadPyodide } = await import(new URL(`pyodide.mjs${VERSION}`, PARTS));
  const python = await loadPyodide({ indexURL: PARTS.href, stdLibURL: new URL("stdlib.zip", PARTS).href, lockFileContents });
  say("Unpacking the program");
  for (const packed of await files) put(python, packed);
  say("Opening the rules");
  python.globals.set("HOME", HOME);
  python.runPython("import sys; sys.path.insert(0, HOME)");
  return python;
}

export function opened(python) {
  // What is read once stays: to look through it again and again for garbage would take a fifth of the time.
  const inside = python.runPython("import gc; gc.disable(); from mrdguide.workbench.alone.inside import Inside; Inside(HOME)");
  python.runPython("gc.freeze(); gc.enable()");
  return inside;
}

// What waits to be answered. A change goes before the pieces that a page fetches afterwards, and what nobody waits for any
// more is not begun.
const waiting = [];

async function serve() {
  let inside;
  addEventListener("message", ({ data }) => {
    const at = waiting.findIndex(({ number }) => number === data.left);
    if (at >= 0) waiting.splice(at, 1);
    if (data.path) waiting.push(data);
    // Messages that have come meanwhile are taken in before the next is answered.
    setTimeout(() => next(inside), 0);
  });
  inside = opened(await start((words) => postMessage({ said: words })));
  postMessage({ ready: true });
  waiting.slice().forEach(() => setTimeout(() => next(inside), 0));
}

function next(inside) {
  if (!inside || !waiting.length) return;
  const first = waiting.findIndex(({ piece }) => !piece);
  const [asked] = waiting.splice(Math.max(first, 0), 1);
  answer(inside, asked);
}

function answer(inside, { number, path, body }) {
  try {
    const found = inside.answer(path, body);
    const [status, type, text] = found.toJs();
    found.destroy();
    postMessage({ number, status, type, text });
  } catch (error) {
    postMessage({ number, failed: String(error) });
  }
}

if (globalThis.WorkerGlobalScope) serve().catch((error) => postMessage({ failed: String(error) }));
