"""Whether a batch that fires holds its queue: two readings, and what each of them breaks."""

from pathlib import Path

import pytest

from bgsync.judge.check import Question, check
from bgsync.judge.explorations import Effort
from bgsync.judge.verdict import Report, Verdict
from bgsync.language import Call, InParallel, Is, Wait, While, steps
from bgsync.language.traversal import walk
from bgsync.shipped.model.background_sync.one_off import SPEC as ONE_OFF
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.system.batches import QUEUE_READINGS, fires_in_batches, freed
from bgsync.system.scenario import Bounds
from bgsync.targets import Wish, judged, own
from tests.periodic import ATTEMPT, CALM, periodic, retrying

DOCS = Path(__file__).parents[1] / "docs"
RETRYING = periodic(attempts=retrying(Wait("a small back-off time")))
"""It retries until it succeeds, or the user agent gives up."""
WORD = {"violated": "broken", "holds": "holds", "vacuous": "holds", "inconclusive": "not found broken"}


def asked(queue: str) -> dict[str, Verdict]:
    """Judge the small model that retries, each invocation one action, by a reading."""
    question = Question(
        RETRYING, CALM, PERIODIC.properties, "small", granularities=("algorithm",), bounds=Bounds(1, 1, queue=queue)
    )
    return {verdict.property: verdict for verdict in check(question).verdicts}


@pytest.fixture(scope="module")
def by() -> dict[str, dict[str, Verdict]]:
    return {queue: asked(queue) for queue in QUEUE_READINGS}


def test_what_a_batch_calls_and_what_fires_runs_beside_it_by_the_reading_free() -> None:
    parts = freed(PERIODIC.spec or ONE_OFF)
    (beside,) = (each for rule in parts.rules for each in walk(rule.steps) if isinstance(each, InParallel))
    (called,) = walk(beside.body)  # type: ignore[arg-type]  # it is built
    assert isinstance(called, Call)
    assert called.algorithm == "fire a periodicsync event"
    assert beside.origin == called.origin


def test_a_text_in_which_no_batch_fires_is_the_same_by_both_readings() -> None:
    assert not fires_in_batches(ONE_OFF)
    assert freed(ONE_OFF) is ONE_OFF


def test_a_reading_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown reading of queue 'half': one of held, free"):
        Bounds(queue="half")


@pytest.mark.parametrize(
    ("name", "breaks"),
    [
        ("queue-drains", "held"),
        ("promise-settles", "held"),
        ("head-of-line", "held"),
        ("unregistered-silent", "free"),
        ("fires-listed", "free"),
        ("lifecycle", "free"),
    ],
)
def test_what_one_reading_alone_breaks_is_told_by_either(
    by: dict[str, dict[str, Verdict]], name: str, breaks: str
) -> None:
    (keeps,) = set(QUEUE_READINGS) - {breaks}
    assert (by[breaks][name].verdict, by[breaks][name].reading) == ("violated", breaks)
    assert by[keeps][name].verdict == "conditional"
    assert by[keeps][name].message.startswith(f"by the reading `{keeps}` of queue; by `{breaks}`: ")


def test_what_was_removed_may_go_on_for_ever_beside_those_that_it_shares_nothing_with() -> None:
    endless = periodic(attempts=(While(Is(True, True), steps(*ATTEMPT)),))
    props = [each for each in PERIODIC.properties if each.id in ("no-endless-firing", "attempts-bounded")]
    question = Question(
        endless, CALM, props, "small", granularities=("algorithm",), bounds=Bounds(1, 1, queue="free"),
        effort=Effort(limit=3_000),
    )  # fmt: skip
    assert [each.verdict for each in check(question).verdicts] == ["violated", "violated"]


def test_what_both_readings_break_or_keep_rests_on_none(by: dict[str, dict[str, Verdict]]) -> None:
    for queue in QUEUE_READINGS:
        both = [by[queue][name] for name in ("attempts-bounded", "unique-tag", "permitted")]
        assert [(one.verdict, one.reading) for one in both] == [("violated", ""), ("holds", ""), ("holds", "")]


def todays(queue: str, limit: int | None) -> Report:
    """Judge the model of today's text by a reading, as quickly as can be."""
    effort = Effort(limit)
    wish = Wish((), each=False, granularities=("algorithm",), bounds=Bounds(calls=1, queue=queue), effort=effort)
    return judged(own(PERIODIC), wish)


def row(name: str, held: Verdict, free: Verdict) -> str:
    """Say of a property what it is by each reading."""
    words = ["holds" if held.verdict == "conditional" else WORD[held.verdict], WORD[free.verdict]]
    return f"| `{name}` | {' | '.join(words)} |"


def test_the_page_on_periodic_sync_says_what_each_reading_breaks_in_todays_text() -> None:
    held, free = (
        {verdict.property: verdict for verdict in todays(queue, limit).verdicts if verdict.granularity != "text"}
        for queue, limit in (("held", None), ("free", 2_500))
    )
    rows = [
        row(name, one, free[name])
        for name, one in held.items()
        if one.kind != "structure" and "violated" in (one.verdict, free[name].verdict)
    ]
    table = "\n".join(("| property | `held` | `free` (first 2,500 states) |", "|---|---|---|", *rows))
    assert table in (DOCS / "periodic.md").read_text(encoding="utf-8"), table
