"""Every word that an output says of its own is one that `explain` knows: the words are collected where they stand."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

import bgsync
from bgsync.cli import read
from bgsync.cli.show import explained, explained_by
from bgsync.cli.targets import candidates
from bgsync.compare.properties import ANY, ONE_SIDED
from bgsync.draw.changes import LISTED
from bgsync.draw.diagram import SIGNS as MARKS
from bgsync.report import comparison_text, text
from bgsync.report.lines import SIGNS
from bgsync.report.terms import TERMS
from bgsync.system.scenario import GRANULARITIES, Bounds
from tests.command import run
from tests.test_first_edit import blocks

ROOMS = (
    "report/*",
    "cli/read",
    "cli/check",
    "cli/diff",
    "cli/draw",
    "cli/picture",
    "draw/states",
    "draw/lifecycle",
    "telling",
)
"""Where check, check --base, diff, read and draw say what they say."""
WORDS = r"[a-z][\w,-]*(?: [\w,-]+){0,2}"
"""A label has three words at most; what is longer is a sentence."""
LABELS = (
    re.compile(rf"\[(?:[a-z ]+|\{{\}})\]({WORDS}):?\[/\]"),  # in a style of its own
    re.compile(rf"^\s*({WORDS})(?::(?=\s|$)|\s{{3}})"),  # before what it is about
    re.compile(rf"\(({WORDS})\)"),  # behind it
    re.compile(r"\[/\] ([a-z]+)$"),
)
STYLE = re.compile(r"(?:bold |dim )?(?:red|green|yellow|cyan)|dim|bold|")
PLAIN = {"", "none", "yes", "no", "true", "false", "must be true", "running", "1", "2"}
"""What is said of a change in a run, and needs no word."""
PENDING = {"pending"}
"""A state of registrations for one, and of a promise for everybody."""


def said(node: ast.AST) -> str:
    """Give a string of the source, with {} for what is put into it."""
    match node:
        case ast.Constant(value=str() as value):
            return value
        case ast.JoinedStr(values=parts):
            return "".join(said(part) or "{}" for part in parts)
        case _:
            return ""


def labels(source: str) -> Iterator[str]:
    """Give the labels that a module puts on what it says."""
    tree = ast.parse(source)
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and said(node.value)}
    skipped |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    refused = (node for node in ast.walk(tree) if isinstance(node, ast.Raise) or called(node) == "fail")
    skipped |= {id(part) for node in refused for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        yield from (found[1] for label in LABELS if (found := label.search(said(node))))
        match node:
            case ast.Call(args=[first, *_]) if called(node) == "_list":
                yield said(first)
            case ast.Call(args=args) if called(node) == "Told":
                yield from (part for arg in args if (part := said(arg).rpartition(": ")[2]) not in PLAIN | PENDING)
            case ast.Tuple(elts=[first, ast.Constant(value=str() as style), *_]) if STYLE.fullmatch(style):
                yield from re.findall(r"^[a-z].*", said(first))
            case ast.Assign(targets=[ast.Name(id="title")], value=value):
                yield from (said(part) for part in ast.walk(value) if isinstance(part, ast.Constant | ast.JoinedStr))


def called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def of_rooms() -> Iterator[str]:
    root = Path(bgsync.__file__).parent
    for room in ROOMS:
        for path in root.glob(f"{room}.py"):
            yield from labels(path.read_text(encoding="utf-8"))


def of_tables() -> Iterator[str]:
    yield from (*SIGNS.values(), *read.SIGNS.values(), *(sign for sign, _ in comparison_text.SIGNS.values()))
    yield from (sign.strip() for sign in MARKS.values())
    yield from (*SIGNS, *read.STYLES, *comparison_text.STYLES, *comparison_text.SIGNS, *text.LEGEND, *GRANULARITIES)
    yield from (title for _, title in (*text.TITLES, *text.UNDER))
    yield from (*(title for title, *_ in ONE_SIDED), *ANY)
    yield from MARKS.keys() - {"normal", "trace"}
    yield from (LISTED, *(f"{name} {value}" for name, value in asdict(Bounds()).items()), "walks", "steps", "seed")
    for content in candidates():
        yield from (content.name, *content.world.adversities, *content.world.words.invocations)


def of_pages() -> Iterator[str]:
    """Give the labels in the outputs of the tutorial."""
    for kind, block in blocks():
        if kind == "console":
            yield from re.findall(rf"^({WORDS}):\s", block, re.MULTILINE)


@pytest.fixture(scope="module")
def known() -> Mapping[str, str]:
    return {name: told for rows in explained().values() for name, told in rows.items()}


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (of_rooms(), {"note", "judged as", "no longer", "repaired", "decided by now", "markup",
                      "never happens", "in the list", "undecided", "never entered", "left out", "now"}),
        (of_tables(), {"holds", "abstracted", "rests on a reading with", "now vacuous", "any-text", "skipped"}),
        (of_pages(), {"in brackets", "looked at", "text"}),
    ],
    ids=["rooms", "tables", "pages"],
)  # fmt: skip
def test_every_label_of_an_output_is_explained(known: Mapping[str, str], words: Iterable[str], some: set[str]) -> None:
    found = {*words}
    assert some <= found
    assert [word for word in sorted(found) if word and explained_by(word, known) is None] == []


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("adversities", "adversity"), ("Properties", "property"), ("causes", "cause"), ("t2", "t1"),
        ("collect(t1) #2", "#1"), ("collect(t1)", "t1"), ("objects", "object A"),
        ("invocation #1", "invocation"), ("parcel B", "object A"), ("tags 1", "tags"),
        ("states 10000000", "states"), ("abort scope", "abort"), ("termination handler", "termination"),
        ("queue held", "queue"), ("sentence apart", "sentence"), ("broken by one reading", "broken by one reading"),
        ("register(t1)", "register(t1)"), ("asserts/collect.2.5", "asserts"),
    ],
)  # fmt: skip
def test_a_word_is_explained_in_the_form_in_which_an_output_has_it(word: str, told: str) -> None:
    done = run("explain", *word.split())
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{told}: ")


def test_several_words_are_explained_each_where_they_are_none_together() -> None:
    said = run("explain", "inconclusive", "gate").stdout
    assert said.split("\n\n", 1)[0] == run("explain", "inconclusive").stdout.strip()
    assert said.endswith(run("explain", "gate").stdout)
    missed = run("explain", "gate", "abort mission")
    assert (missed.exit_code, missed.stdout) == (2, "")
    assert "unknown word 'abort mission'" in missed.stderr


def test_a_word_that_means_nothing_is_not_explained_by_its_beginning(known: Mapping[str, str]) -> None:
    assert [explained_by(word, known) for word in ("abort mission", "text 3a", "bounds and leaps")] == [None] * 3


def test_no_explanation_says_a_sentence_twice() -> None:
    for word, told in TERMS.items():
        sentences = re.split(r"(?<=[.;:]) ", told)
        assert len(sentences) == len({*sentences}), word
