// Python in a worker of the page: answers with the program itself what a server would answer. It asks no other host.
import { loadPyodide } from "../engine/pyodide.mjs";

const PARTS = new URL("../engine/", import.meta.url);
const HOME = "/program";

async function part(name) {
  const found = await fetch(new URL(name, PARTS));
  if (!found.ok) throw new Error(`${name} cannot be fetched (${found.status})`);
  return found;
}

// The engine of Python lies there packed; it asks for it by the name that it has unpacked.
function unpackingFetch() {
  const plain = globalThis.fetch;
  globalThis.fetch = async (asked, options) => {
    const url = String(asked.url ?? asked);
    if (!url.endsWith(".asm.wasm")) return plain(asked, options);
    const packed = await plain(`${url}.bin`, options);
    return new Response(packed.body.pipeThrough(new DecompressionStream("gzip")), { headers: { "Content-Type": "application/wasm" } });
  };
}

// `say` is told how far it is, in words.
export async function start(say) {
  unpackingFetch();
  say("Fetching the program");
  const zips = ["packages.zip", "program.zip", "data.zip"].map(async (name) => (await part(name)).arrayBuffer());
  for (const zip of zips) zip.catch(() => {});
  const python = await loadPyodide({
    indexURL: PARTS.href, stdLibURL: new URL("stdlib.zip", PARTS).href, lockFileContents: await (await part("pyodide-lock.json")).text(),
  });
  say("Unpacking the program");
  for (const zip of await Promise.all(zips)) python.unpackArchive(zip, "zip", { extractDir: HOME });
  say("Opening the rules");
  python.globals.set("HOME", HOME);
  python.runPython("import sys; sys.path.insert(0, HOME)");
  return python;
}

export function opened(python) {
  return python.runPython("from mrdguide.workbench.alone.inside import Inside; Inside(HOME)");
}

async function serve() {
  const waiting = [];
  const early = (event) => waiting.push(event);
  addEventListener("message", early);
  const python = await start((words) => postMessage({ said: words }));
  const inside = opened(python);
  const answer = ({ data: { number, path, body } }) => {
    const found = inside.answer(path, body);
    const [status, type, text] = found.toJs();
    found.destroy();
    postMessage({ number, status, type, text });
  };
  removeEventListener("message", early);
  addEventListener("message", (event) => {
    try { answer(event); } catch (error) { postMessage({ number: event.data.number, failed: String(error) }); }
  });
  postMessage({ ready: true });
}

if (globalThis.WorkerGlobalScope) serve().catch((error) => postMessage({ failed: String(error) }));
