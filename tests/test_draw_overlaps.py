"""What the pictures promise a reader at the width of a page: no words cover anything, and none are too small."""

import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgsync.draw.diagram import Change, Diagram, Edge, EdgeKind, Node, edge_in_words
from bgsync.draw.flow import flow_diagram
from bgsync.draw.gallery import Gallery
from bgsync.draw.links import to_lines
from bgsync.draw.metrics import width, wrapped
from bgsync.draw.render import render
from bgsync.draw.sequence import Item, Lane, Sequence, sequence_diagram
from bgsync.draw.svg import PAGE, to_svg
from bgsync.judge.check import Question, check
from bgsync.language import (
    Abort,
    Break,
    Call,
    Continue,
    Else,
    ForEach,
    If,
    InParallel,
    Input,
    Is,
    Let,
    Return,
    Spec,
    Statement,
    Steps,
    Upon,
    Wait,
    While,
    algorithm,
    v,
)
from bgsync.shipped.model.background_sync.one_off import SYNC_REGISTRATION
from bgsync.shipped.model.background_sync.published import ADDRESSES
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.sources import Source
from bgsync.telling import Told
from bgsync.texts import Text, read
from tests.overlaps import overlaps, smallest
from tests.specs import PRINT_QUEUE

PICTURES = sorted((Path(__file__).parents[1] / "diagrams").glob("*.svg"))
REAL = Path(__file__).parents[2] / "shared/specs/periodic-f9973ae.bs"
READ: Statement = Let("page", True)
WORDS = (
    "add",
    "the registration",
    "to its",
    "list",
    "when the",
    "network",
    "is",
    "otherwise",
    "reregisteredWhileFiring",
)


def is_legible(svg: str) -> None:
    assert overlaps(svg) == []
    assert smallest(svg, PAGE) >= 11


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_no_words_cover_anything_in_the_gallery_of_the_built_in_model(picture: Path) -> None:
    is_legible(picture.read_text(encoding="utf-8"))


def test_no_words_cover_anything_in_the_gallery_of_a_small_text() -> None:
    entries = list(Gallery(PERIODIC, read(Source("queue.bs", PRINT_QUEUE), None, PERIODIC)).entries())
    assert {"lifecycle", "states", "algorithm-register", "trace-unique-tag"} <= {entry.name for entry in entries}
    for entry in entries:
        is_legible(render(entry.picture, "svg").decode())


@pytest.mark.campaign
@pytest.mark.skipif(not REAL.is_file(), reason="the text is not here")
def test_no_words_cover_anything_in_the_pictures_of_periodic_sync() -> None:
    text = read(Source(REAL.name, REAL.read_text(encoding="utf-8")), None, PERIODIC)
    gallery = Gallery(PERIODIC, text)
    entries = [*gallery.lifecycles(), *gallery.states(), *gallery.algorithms()]
    assert len(entries) >= 9
    for entry in entries:
        is_legible(render(entry.picture, "svg").decode())
    for picture in _traces(text, "gate", "fires-online"):
        is_legible(render(picture, "svg").decode())


def _traces(text: Text, *names: str) -> Iterator[Sequence]:
    props = [prop for prop in PERIODIC.properties if prop.id in names]
    asked = Question(text.reading.spec, PERIODIC.world, props, "periodic", granularities=("algorithm",))
    for verdict in check(asked).verdicts:
        if verdict.trace is not None:
            yield sequence_diagram(verdict, to_lines, PERIODIC.world.words)


def said(chance: random.Random, most: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))


def graph(chance: random.Random, states: int, arrows: int) -> Diagram:
    """Make a graph of states with long words and every kind of line."""
    changes: tuple[Change, ...] = ("normal", "added", "removed", "changed")
    kinds: tuple[EdgeKind, ...] = (*changes, "apart", "trace")
    nodes = [
        Node(str(n), f"{n} {said(chance, 5)}", "initial" if n == 0 else "final" if n > states - 3 else "normal",
             change=chance.choice(changes))
        for n in range(states)
    ]  # fmt: skip
    edges = [
        Edge(str(chance.randrange(states)), str(chance.randrange(states)), said(chance, 6), said(chance, 4),
             chance.choice(kinds), said(chance, 9) if chance.random() < 0.3 else "")
        for _ in range(arrows)
    ]  # fmt: skip
    meanings: tuple[tuple[EdgeKind, str], ...] = (("added", said(chance, 7)), ("apart", said(chance, 9)))
    return Diagram("t", "", tuple(nodes), tuple(edges), meanings=meanings)


@pytest.mark.parametrize(("states", "arrows", "seed"), [(4, 7, 1), (6, 14, 2), (9, 20, 3), (3, 12, 4)])
def test_no_words_cover_anything_in_a_graph_of_any_kind(states: int, arrows: int, seed: int) -> None:
    is_legible(to_svg(graph(random.Random(seed), states, arrows)))


def test_a_graph_too_wide_for_a_page_is_split_and_every_arrow_is_in_a_part() -> None:
    picture = graph(random.Random(5), 14, 60)
    svg = to_svg(picture)
    is_legible(svg)
    assert "Part 2 of " in svg
    titles = [title.text or "" for title in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}title")]
    labels = {node.id: node.label for node in picture.nodes}
    for edge in picture.edges:
        assert any(edge_in_words(edge, labels) in title for title in titles)


def steps_of(chance: random.Random, deep: int) -> Steps:
    """Make a list of steps that branch, loop, wait, end and start others."""
    made: list[Statement | tuple[Statement, ...]] = []
    for _ in range(chance.randint(1, 4)):
        inner, condition = steps_of(chance, deep + 1) if deep < 3 else Steps((READ,)), Is(v.book, said(chance, 12))
        ends: tuple[Statement, ...] = (chance.choice((Abort(), Return(), READ)),)
        match chance.randrange(7):
            case 0:
                made += [If(condition, inner), Else(chance.choice((inner, ends)))]
            case 1:
                made.append(If(condition, ends))
            case 2:
                made.append(ForEach("book", v.books, Steps((*inner, If(condition, (Continue(),))))))
            case 3:
                made.append(While(condition, Steps((*inner, If(condition, (Break(),))))))
            case 4:
                made.append(chance.choice((InParallel(inner), Upon(("fulfilled",), v.promise, inner))))
            case 5:
                made.append(Wait(Input(said(chance, 40))))
            case _:
                made.append(chance.choice((Call("lend"), Let("page", Input(said(chance, 20))))))
    return Steps(tuple(made))


@pytest.mark.parametrize("seed", range(6))
def test_no_words_cover_anything_in_a_flow_of_any_shape(seed: int) -> None:
    lend = algorithm("lend", (), steps_of(random.Random(seed), 0), file="t.py")
    spec = Spec("Library", "", SYNC_REGISTRATION, (lend,), methods=())
    is_legible(to_svg(flow_diagram(spec, "lend", to_lines)))


def test_no_words_cover_anything_in_a_long_trace() -> None:
    chance = random.Random(6)
    lanes = ["page", "user agent", *(f"register(t1) #{n}" for n in range(1, 5)), "worker", "network", "server"]
    items = []
    for number in range(1, 60):
        source = chance.choice(lanes)
        target = chance.choice(lanes) if chance.random() < 0.4 else source
        where = "" if chance.random() < 0.2 else f"Process periodic sync registrations 1.{number}"
        changes = (Told(said(chance, 8), said(chance, 3), "firing"),) if chance.random() < 0.4 else ()
        items.append(Item(number, source, target, where, said(chance, 25), changes, blamed=number == 30))
    is_legible(
        render(
            Sequence(
                "t", "", tuple(Lane(name, name.startswith("register")) for name in lanes), tuple(items), 40,
                said(chance, 40), "user agent",
            ),
            "svg",
        ).decode()
    )  # fmt: skip


def test_every_algorithm_of_a_text_is_as_wide_as_a_page() -> None:
    spec = read(Source("queue.bs", PRINT_QUEUE), None, PERIODIC).reading.spec
    for name, _ in spec.bodies():
        assert 'width="830"' in to_svg(flow_diagram(spec, name, lambda origin: ADDRESSES.get(origin.algorithm, "")))


SHEET = '<svg xmlns="http://www.w3.org/2000/svg" width="830">{}</svg>'
ONE = '<g class="edge-label"><title>a</title><text x="10" y="20" font-size="13">pending</text></g>'


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        ('<g class="edge-label"><title>b</title><text x="30" y="24" font-size="13">b</text></g>', "cover words 'b'"),
        ('<g class="node"><title>b</title><path d="M30,0 H90 V40 H30 Z"/></g>', "cover box 'b'"),
        ('<g class="edge"><title>b</title><path d="M30,0 C30,20 30,30 30,40"/></g>', "struck by the line 'b'"),
        ('<g class="edge"><title>a</title><path d="M30,0 L30,40"/></g>', "struck by its own"),
        ('<path class="lifeline" d="M30,0 V40"/>', "struck by the line"),
        ('<g class="step"><rect class="box" x="200" y="0" width="30" height="20"/>'
         '<text x="205" y="15" font-size="13">pending</text></g>', "leave their box"),
        ('<g class="edge"><title>b</title><path d="M200,10 H300"/></g>'
         '<g class="node"><title>c</title><path d="M240,0 H260 V40 H240 Z"/></g>', "'b' runs through box 'c'"),
    ],
)  # fmt: skip
def test_what_covers_words_is_found(drawn: str, told: str) -> None:
    assert overlaps(SHEET.format(ONE)) == []
    (found,) = overlaps(SHEET.format(ONE + drawn))
    assert told in found


def test_the_smallest_words_are_measured_as_they_are_shown() -> None:
    assert smallest(SHEET.format(ONE), 830) == 13
    assert smallest(SHEET.format(ONE).replace("830", "1660"), 830) == 6.5


def test_text_is_at_least_as_wide_as_the_font_that_paints_it_says() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")
    fonts = pytest.importorskip("font_source_sans_pro").font_files_ttf
    for bold, name in ((False, "SourceSansPro"), (True, "SourceSansProBold")):
        font = ttlib.TTFont(fonts[name])
        widths, glyphs, units = font["hmtx"], font.getBestCmap(), font["head"].unitsPerEm
        for code in (*range(32, 127), *map(ord, "…—–−±→·•")):
            assert width(chr(code), 1, bold) >= widths[glyphs[code]][0] / units - 0.001


def test_lines_are_broken_between_words_and_a_word_that_does_not_fit_within_itself() -> None:
    assert wrapped("a bb ccc", width("a bb", 10), 10) == ["a bb", "ccc"]
    assert "".join(wrapped("m" * 50, 100, 10)) == "m" * 50
    assert all(width(line, 10) <= 100 for line in wrapped(f"a {'m' * 50} b", 100, 10))
