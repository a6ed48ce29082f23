"""One-off and periodic sync in one worker, with one tag in both: neither breaks what holds of the other one."""

from collections.abc import Container, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bgsync.contents import Content
from bgsync.judge.check import Question, check
from bgsync.judge.property import Safety
from bgsync.language import Add, Enqueue, Expr, Remove, Spec
from bgsync.language.beside import beside
from bgsync.language.expressions import ListOf
from bgsync.language.rewrite import rewrite
from bgsync.language.traversal import walk
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.monitors import SHARED_TAG
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.system.closures import queue_name
from bgsync.system.scenario import Bounds
from tests.command import run
from tests.periodic import periodic

SPECS = Path(__file__).parents[2] / "shared" / "specs"
AT_HAND = pytest.mark.skipif(not SPECS.is_dir(), reason="the spec sources are not at hand")
SMALL = periodic()
PAIRS = {"one-off": (ONE_OFF, SPEC, SMALL), "periodic": (PERIODIC, SMALL, SPEC)}
"""What is judged, and what is there beside it."""
OF_THE_OTHER = {"head-of-line"}
"""What is said of every queue, so also of that of the other one."""


def held(content: Content, spec: Spec, names: Container[str] | None = None) -> dict[str, str]:
    """Judge a spec by some properties, each invocation one action, with one tag and one call in flight."""
    properties = [prop for prop in content.properties if names is None or prop.id in names]
    asked = Question(spec, content.world, properties, "x", ("algorithm",), bounds=Bounds(1, 1))
    return {verdict.property: verdict.verdict for verdict in check(asked).verdicts}


@cache
def sound(name: str) -> dict[str, str]:
    """Give what is not broken of a content by itself."""
    content, spec, _ = PAIRS[name]
    return {each: verdict for each, verdict in held(content, spec).items() if verdict in ("holds", "conditional")}


def ids(properties: Iterable[str]) -> set[str]:
    return {each.split("/")[0] for each in properties}


@pytest.mark.parametrize("name", PAIRS)
def test_what_holds_of_either_kind_of_sync_is_not_broken_by_the_other_one_with_the_same_tag(name: str) -> None:
    content, spec, other = PAIRS[name]
    alone = {*sound(name)}
    together = held(content, beside(spec, other), ids(alone))
    kept = {each for each in alone if together[each] in ("holds", "conditional")}
    assert len(alone) > 20
    assert not {each for each in alone if together[each] == "violated"} - OF_THE_OTHER
    assert alone - kept <= {"attempts-bounded"} | OF_THE_OTHER, "all else is decided"


def test_a_list_of_one_name_in_both_is_what_they_would_meet_in() -> None:
    def shared(part: Expr) -> Expr:
        return ListOf(SPEC.type.list_name, part.owner) if isinstance(part, ListOf) else part

    algorithms = tuple(
        replace(part, steps=tuple(rewrite(each, shared) for each in part.steps)) for part in SMALL.algorithms
    )
    mixed = beside(SPEC, replace(SMALL, algorithms=algorithms))
    listed = [each.collection for each in walk(mixed.algorithm("unregister").steps) if isinstance(each, Add | Remove)]
    assert [one.name for one in listed if isinstance(one, ListOf)] == [SPEC.type.list_name]
    together = held(ONE_OFF, mixed, ("unique-tag", "outcome", "lifecycle"))
    assert {
        each for each, verdict in together.items() if verdict == "violated" and sound("one-off").get(each) == "holds"
    }


@pytest.mark.parametrize("name", PAIRS)
def test_no_safety_is_lost_where_two_registrations_of_a_worker_each_have_a_list_of_their_own(name: str) -> None:
    content, spec, _ = PAIRS[name]
    properties = (prop for prop in content.properties if prop.monitors != (SHARED_TAG,))
    safety = {prop.id for prop in properties if isinstance(prop, Safety)}
    alone = [each for each in sound(name) if ids([each]) <= safety]
    together = held(content, beside(spec, spec), ids(alone))
    assert len(alone) > 9
    assert {each: together[each] for each in alone if together[each] not in ("holds", "conditional")} == {}


def test_another_registration_has_a_list_and_queues_of_its_own() -> None:
    made = beside(SMALL, SMALL)
    bodies = {name: walk(body) for name, body in made.bodies()}
    lists = {each.collection.name for each in bodies["unregister"] if isinstance(each, Remove)}  # type: ignore[union-attr]
    (other,) = (name for name in bodies if name.startswith("unregister of another"))
    others = {each.collection.name for each in bodies[other] if isinstance(each, Remove)}  # type: ignore[union-attr]
    assert (lists, others) == ({SMALL.type.list_name}, {f"another {SMALL.type.list_name}"})
    queues = [
        queue_name(each.queue) for name in ("unregister", other) for each in bodies[name] if isinstance(each, Enqueue)
    ]
    assert len(queues) == len(set(queues)) == 2


def test_what_fires_its_events_in_another_way_is_for_no_worker_of_the_first() -> None:
    done = run("check", "jobs", "--beside", "one-off", "--limit", "100")
    assert done.exit_code == 2
    assert "are fired by 'start a job', those of Web Background Synchronization by 'Fire Functional" in done.output


def test_methods_of_one_name_are_told_apart_and_call_their_own_algorithms() -> None:
    made = beside(PERIODIC.spec or SPEC, SPEC)
    assert {"register", "register of sync registration", "fire a sync event"} <= {each.name for each in made.algorithms}
    renamed = made.algorithm("register of sync registration")
    assert {each.origin.algorithm for each in walk(renamed.steps) if each.origin} == {renamed.name}
    assert renamed.name in made.methods


@AT_HAND
def test_two_texts_are_checked_beside_each_other_from_the_command_line() -> None:
    texts = [str(SPECS / name) for name in ("one-off-94df522.bs", "periodic-f9973ae.bs")]
    done = run(
        "check", texts[0], "--beside", texts[1], "--granularity", "algorithm", "--with", "should", "--limit", "300",
        "--property", "fires-online", "--traces", "none",
    )  # fmt: skip
    assert f"{texts[0]} beside {texts[1]}: 1 of 1 properties broken" in done.stdout.replace("\n", " "), done.output


@AT_HAND
def test_a_term_that_two_texts_define_otherwise_is_told_with_both_sentences() -> None:
    done = run("read", str(SPECS / "one-off-94df522.bs"), "--terms", str(SPECS / "periodic-f9973ae.bs"))
    told = done.stdout.splitlines()
    assert told[0] == "✗ in the background: not alike"
    assert '"nested"' in told[2]
    assert "nested" not in told[1]
    assert told[3:] == ["✓ tag: alike"]


def test_texts_that_share_no_term_say_so(tmp_path: Path) -> None:
    for name, term in (("one", "loan"), ("other", "parcel")):
        (tmp_path / f"{name}.bs").write_text(f"# Terms # {{#terms}}\n\nA <dfn>{term}</dfn> is a thing.\n")
    done = run("read", str(tmp_path / "one.bs"), "--terms", str(tmp_path / "other.bs"))
    assert (done.exit_code, done.stdout) == (0, "no term is defined in both\n")
