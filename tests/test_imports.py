"""What imports what: no module comes back to itself, and rooms import only rooms before them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

from bgsync.contents import SHIPPED

ROOT = Path(__file__).parents[1]
FOLDERS = {
    "bgsync": ROOT / "src" / "bgsync",
    "bgsync.shipped.model": ROOT / "model",
    "bgsync.shipped.properties": ROOT / "properties",
}
"""The folder of each package, by the name under which it is imported."""

ROOMS = (
    "errors",
    "extras",
    "pauses",
    "workers",
    "plain",
    "files",
    "garbage",
    "words",
    "sources",
    "language",
    "prose",
    "explore",
    "system",
    "machines",
    "pytest_plugin",
    "tables",
    "product",
    "judge",
    "cache",
    "driving",
    "observing",
    "browser",
    "contents",
    "model",
    "properties",
    "shipped",
    "texts",
    "telling",
    "compare",
    "draw",
    "report",
    "simulator",
    "export",
    "fuzz",
    "targets",
    "watch",
    "start",
    "lsp",
    "mutate",
    "repair",
    "results",
    "api",
    "cli",
    "bgsync",
)
"""A room imports only rooms before it. The content, model and properties, has its place among them; the modules that
put both together are `shipped`. The package itself comes last, since it hands on names of others. What is named in a
string and imported when it is wanted is no import."""

MADE = {place.partition(":")[0] for place in SHIPPED}
"""The modules that make a content of model and properties."""


def modules() -> dict[str, Path]:
    """Give the file of each module by its name; a package is its __init__."""
    found = {}
    for name, folder in FOLDERS.items():
        for file in sorted(folder.rglob("*.py")):
            parts = (name, *file.relative_to(folder).with_suffix("").parts)
            found[".".join(parts).removesuffix(".__init__")] = file
    return found


def imported(tree: ast.AST, package: str) -> Iterator[tuple[str, str, int]]:
    """Give each import, at any depth: of what, which name of it ("" for all), and in which line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            where = ".".join([*base, *filter(None, [node.module])])
            yield from ((where, alias.name, node.lineno) for alias in node.names)


def graph_of(files: dict[str, Path]) -> "nx.DiGraph[str]":
    """Make the graph of modules; an edge has the line of an import."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(files)
    for name, file in files.items():
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        for module, what, line in imported(ast.parse(file.read_bytes()), package):
            target = next((known for known in (f"{module}.{what}", module) if known in files), None)
            if target is not None and target != name:
                graph.add_edge(name, target, line=line)
    return graph


def circles(graph: "nx.DiGraph[str]") -> list[str]:
    """Tell each circle, with the lines of its imports."""
    told = []
    for members in nx.strongly_connected_components(graph):
        if len(members) > 1:
            part = graph.subgraph(members)
            told.append("; ".join(sorted(f"{a}:{part.edges[a, b]['line']} imports {b}" for a, b in part.edges)))
    return sorted(told)


def room(module: str) -> str:
    """Give the room of a module: a folder or a module of bgsync, the package itself, or a part of the content."""
    if module in MADE:
        return "shipped"
    parts = module.removeprefix("bgsync.shipped.").split(".")
    return parts[1] if parts[0] == "bgsync" and parts[1:] else parts[0]


def backwards(graph: "nx.DiGraph[str]") -> dict[tuple[str, str], int]:
    """Give each import of a room that comes later, with its line."""
    return {
        (source, target): graph.edges[source, target]["line"]
        for source, target in graph.edges
        if ROOMS.index(room(source)) < ROOMS.index(room(target))
    }


@pytest.fixture(scope="module")
def graph() -> "nx.DiGraph[str]":
    return graph_of(modules())


def test_no_module_comes_back_to_itself(graph: "nx.DiGraph[str]") -> None:
    found = circles(graph)
    assert not found, "\n".join(["circles of imports:", *found])


def test_rooms_import_only_rooms_before_them(graph: "nx.DiGraph[str]") -> None:
    found = backwards(graph)
    told = [f"{a}:{line} imports {b}" for (a, b), line in sorted(found.items())]
    assert not told, "\n".join(["against the order of rooms:", *told])


def test_every_room_has_its_place(graph: "nx.DiGraph[str]") -> None:
    assert {room(module) for module in graph} == set(ROOMS)


def test_the_engine_imports_no_content(graph: "nx.DiGraph[str]") -> None:
    content = {module for module in graph if room(module) in ("model", "properties", "shipped")}
    assert len(content) > 10
    assert [edge for edge in graph.edges if edge[0] not in content and edge[1] in content] == []


def test_imports_are_seen_at_any_depth_and_in_any_form(tmp_path: Path) -> None:
    texts = {
        "p/__init__.py": "",
        "p/a.py": "from p import b",
        "p/b.py": "def later():\n    import p.c",
        "p/c.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .d.e import x",
        "p/d/__init__.py": "from .. import a",
        "p/d/e.py": "from . import y",
    }
    (tmp_path / "p" / "d").mkdir(parents=True)
    files = {}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        files[name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")] = tmp_path / name
    (told,) = circles(graph_of(files))
    assert told == ("p.a:1 imports p.b; p.b:2 imports p.c; p.c:3 imports p.d.e; p.d.e:1 imports p.d; p.d:1 imports p.a")
