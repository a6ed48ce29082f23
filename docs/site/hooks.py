"""Makes a site of this repository: its pages where they stand, so that their links are right, and what is generated."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import bgsync
from bgsync.cli.show import explained

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "SECURITY.md",
    "docs/*.md",
    "editors/vscode/README.md",
    "benchmarks/results.md",
    "diagrams/**/README.md",
)
BESIDE = (
    "LICENSE",
    "action/action.yml",
    "editors/tasks.json",
    "benchmarks/*.svg",
    "diagrams/**/*.svg",
    "diagrams/**/*.mmd",
)
"""What pages show or lead to."""
PYODIDE = Path(__file__).parent / "node_modules" / "pyodide"
"""Python for browsers, where `npm install` put it."""
OF_PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the repository, the glossary, the Python interface, and what the playground runs."""
    for pattern in (*PAGES, *BESIDE):
        for path in sorted(ROOT.glob(pattern)):
            files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    files.append(File.generated(config, "glossary.md", content="\n".join(glossary())))
    files.append(File.generated(config, "interface.md", content="\n".join(interface())))
    files.append(File.generated(config, "playground/bgsync.zip", content=packed()))
    for path in (PYODIDE / name for name in OF_PYODIDE if (PYODIDE / name).is_file()):
        files.append(File.generated(config, f"playground/pyodide/{path.name}", abs_src_path=str(path)))
    return files


def glossary() -> Iterator[str]:
    """Write what `bgsync explain` says of every word."""
    yield "# Glossary\n\nWhat `bgsync explain WORD` says of each word."
    for title, rows in explained().items():
        yield f"\n## {title.capitalize()}\n"
        for name, told in rows.items():
            yield f"### {name}\n\n" + told.replace("\n", "\n\n").replace("<", "&lt;") + "\n"


def interface() -> Iterator[str]:
    """Name everything that `import bgsync` gives; what it says of itself is put in by mkdocstrings."""
    yield "# The Python interface\n\nWhat `import bgsync` gives. [docs/python.md](docs/python.md) has examples.\n"
    for name in bgsync.__all__:
        yield f"::: {getattr(bgsync, name).__module__}.{name}\n"


def packed() -> bytes:
    """Put everything that reads a text into one archive."""
    made = io.BytesIO()
    package = ROOT / "src" / "bgsync"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, within in (
            (package, "bgsync"),
            (ROOT / "model", "bgsync/shipped/model"),
            (ROOT / "properties", "bgsync/shipped/properties"),
        ):
            for path in sorted(folder.rglob("*.py")):
                archive.write(path, f"{within}/{path.relative_to(folder).as_posix()}")
    return made.getvalue()
