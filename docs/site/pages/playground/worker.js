// Runs Python beside the page, so that the page stays quick: is handed a text, and hands back what is said of it.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const here = (name) => new URL(name, import.meta.url).href;

async function fetched(name) {
  const answer = await fetch(here(name));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer;
}

async function ready() {
  const [python, archive, script] = await Promise.all([
    loadPyodide({ indexURL: here("pyodide/") }),
    fetched("bgsync.zip").then((answer) => answer.arrayBuffer()),
    fetched("playground.py").then((answer) => answer.text()),
  ]);
  python.unpackArchive(archive, "zip");
  python.FS.writeFile("playground.py", script);
  return python.pyimport("playground");
}

const made = ready();
made.then(
  () => postMessage({ ready: true }),
  (error) => postMessage({ failed: String(error) }),
);

onmessage = async ({ data }) => {
  const playground = await made;
  try {
    postMessage({ number: data.number, told: JSON.parse(playground.told(data.text)) });
  } catch (error) {
    postMessage({ number: data.number, told: { problem: String(error) } });
  }
};
