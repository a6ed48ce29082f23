"""Numbered steps of invented specs, read as a whole: what stands where, and what calls what."""

import json

import pytest
from click.testing import CliRunner

from bgsync.cli import main
from bgsync.language import say
from bgsync.language.statements import Statement, body_of
from bgsync.prose.reader import read_document
from bgsync.prose.reading import Reading, read_spec
from bgsync.prose.surroundings import Vocabulary
from tests.specs import PRINT_QUEUE


def reading(*steps: str) -> Reading:
    listed = "\n".join(steps)
    text = f"<div algorithm>\nTo <dfn>lend</dfn> a |book|, run these steps:\n\n{listed}\n</div>\n"
    return read_spec(read_document(text, "library.bs"), Vocabulary())


def outline(*steps: str) -> list[str]:
    """Say the steps of an algorithm, indented by how deep they stand."""
    (lend,) = reading(*steps).spec.algorithms
    return list(_outline(lend.steps, ""))


def _outline(body: tuple[Statement, ...], indent: str) -> list[str]:
    made = []
    for each in body:
        made += [indent + say(each).split(":")[0].split(" [")[0], *_outline(body_of(each), indent + "  ")]
    return made


def test_the_remaining_steps_are_those_that_come_after() -> None:
    said = outline("1. Let |a| be 1.", "1. Return |a|, and run the remaining steps in parallel:", "1. Set |a| to 2.")
    assert said == ["let a be 1", "in parallel", "  set a to 2", "return a"]


def test_steps_below_a_bare_line_are_done() -> None:
    assert outline("1. Do the following:", "    1. Set |book| to 1.", "1. Abort these steps.") == [
        "set book to 1",
        "abort these steps",
    ]


def test_an_abort_beside_a_task_ends_the_steps_and_not_the_task() -> None:
    assert outline("1. [=Queue a task=] to set |book| to 1, and abort these steps.", "1. Set |book| to 2.") == [
        "enqueue to event loop",
        "  set book to 1",
        "abort these steps",
        "set book to 2",
    ]


ASK = """
<div algorithm>
To <dfn>ask whether it waits</dfn>, given a [=print job=] |job| and a promise |promise|:

1. [=Resolve=] |promise|.
1. Return whether |job|'s [=job state=] is [=queued=].
</div>
"""


def settles(text: str) -> str:
    asked = ("--property", "promise-settles", "--granularity", "algorithm", "--with", "skipped", "--format", "json")
    report = json.loads(CliRunner().invoke(main, ["check", "-", *asked], input=text).stdout)
    return str(next(each["verdict"] for each in report["verdicts"] if not each["needs"]))


@pytest.mark.parametrize(
    "use",
    [
        "Let |waits| be the result of [=ask whether it waits=] with |job| and |promise|.",
        "If the result of [=ask whether it waits=] with |job| and |promise| is true, set |alone| to true.",
        "Set |alone| to the result of [=ask whether it waits=] with |job| and |promise|.",
    ],
)
def test_an_algorithm_whose_result_is_used_is_run(use: str) -> None:
    asked = PRINT_QUEUE.replace("1. [=Resolve=] |promise|.", f"1. {use}") + ASK
    assert settles(PRINT_QUEUE) == settles(asked) == "holds"
    assert settles(asked.replace("1. [=Resolve=] |promise|.\n1. Return", "1. Return")) == "violated"
