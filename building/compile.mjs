// Compiles every Python file below a folder with the Python for browsers: node compile.mjs PYODIDE FOLDER
import { pathToFileURL } from "node:url";
const [, , pyodide, folder] = process.argv;
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide();
python.FS.mkdirTree("/compiled");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/compiled");
// Beside its source, so that it is found where the source is left out; by hash, so that the same source gives the same bytes.
const good = python.runPython(`
import compileall, py_compile
compileall.compile_dir("/compiled", maxlevels=20, stripdir="/compiled", quiet=1, legacy=True, optimize=0,
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
`);
process.exit(good ? 0 : 1);
