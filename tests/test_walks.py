"""Random walks find what is broken, tell it as any other finding, and never say that something holds."""

import json
from pathlib import Path

import pytest
from click.testing import Result

from bgsync.judge.budget import Budget
from bgsync.judge.check import check
from bgsync.judge.explorations import Walks
from bgsync.judge.property import Safety
from bgsync.judge.replay import moves, replay_safety
from bgsync.judge.verdict import Report
from bgsync.judge.walks import walk
from bgsync.judge.whole import watch
from bgsync.shipped.model.background_sync.monitors import CALLS
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.system import System
from bgsync.tables import explore
from tests import command
from tests.models import question, scenario
from tests.test_queues import QUEUED

SAFETY = [prop for prop in PROPERTIES if isinstance(prop, Safety) and CALLS in prop.monitors]
ASKED = scenario(SPEC, WORLD, monitor=CALLS)


def ask(walks: Walks | None, *ids: str, **more: int) -> Report:
    asked = [prop for prop in PROPERTIES if prop.id in ids]
    return check(question(SPEC, asked, ("step",), tags=more.get("tags", 1), walks=walks))


def test_the_same_seed_walks_the_same_way_and_another_one_does_not() -> None:
    first, again, other = (walk(System(ASKED), SAFETY, Walks(30, 50, seed)) for seed in (1, 1, 2))
    assert (first.visited, first.transitions, first.covered) == (again.visited, again.transitions, again.covered)
    assert first.visited != other.visited


def test_what_is_visited_is_reachable_and_many_walks_visit_all_of_a_small_system() -> None:
    asked = scenario(SPEC, WORLD, "algorithm", monitor=CALLS)
    few, many = (walk(System(asked), SAFETY, Walks(count, 50)) for count in (1, 300))
    for walked in (few, many):
        graph = explore(walked.tables)
        everything = {walked.tables.key(graph.state(number)) for number in range(len(graph))}
        assert walked.visited < everything if walked is few else walked.visited == everything


def test_they_see_of_a_small_system_what_looking_at_all_of_it_sees() -> None:
    asked = scenario(SPEC, WORLD, "algorithm", monitor=CALLS)
    all_of_it, walked = watch(System(asked), SAFETY), walk(System(asked), SAFETY, Walks(300, 50))
    assert set(walked.breaches) == set(all_of_it.breaches)
    assert walked.met == all_of_it.met
    assert walked.ran == all_of_it.ran


@pytest.mark.campaign
def test_a_finding_is_shortened_and_replays() -> None:
    walked, whole = walk(System(ASKED), SAFETY, Walks(300, 100)), watch(System(ASKED), SAFETY)
    assert len(walked.breaches) >= 3
    for name in walked.breaches:
        path = walked.path(name)
        safety = next(prop for prop in SAFETY if prop.id == name.split("/")[0])
        replay_safety(ASKED, moves(walked.system, path), safety, name)
        assert len(whole.path(name)) <= len(path) < 30


def test_verdicts_are_violated_with_a_trace_or_inconclusive_with_what_was_covered() -> None:
    report = ask(Walks(200, 100), "unique-tag", "gate", "firing-ends")
    verdicts = {verdict.property: verdict for verdict in report.verdicts}
    assert verdicts["unique-tag"].verdict == "violated"
    assert verdicts["unique-tag"].trace is not None
    assert verdicts["unique-tag"].locations
    assert verdicts["gate"].verdict == verdicts["firing-ends"].verdict == "inconclusive"
    assert "200 random walks (seed 0)" in verdicts["gate"].message
    assert "what they did not come to is not known" in verdicts["gate"].message
    assert not report.interrupted
    assert not any(explored.complete for explored in report.explorations)


def test_nothing_is_said_to_hold_or_never_to_occur_even_where_all_was_visited() -> None:
    report = check(question(QUEUED, PROPERTIES, ("algorithm",), tags=2, walks=Walks(100, 50)))
    assert {verdict.verdict for verdict in report.verdicts} <= {"violated", "inconclusive"}
    assert all(verdict.trace is not None for verdict in report.verdicts if verdict.verdict == "violated")


def test_what_walks_found_step_by_step_only_is_not_called_a_race() -> None:
    asked = [prop for prop in PROPERTIES if prop.id == "unique-tag"]
    report = check(question(SPEC, asked, walks=Walks(200, 100)))
    assert [(verdict.verdict, verdict.kind) for verdict in report.verdicts] == [("violated", None)]
    assert (report.bounds["walks"], report.bounds["seed"]) == (200, 0)


@pytest.mark.campaign
def test_several_tags_are_walked_through_as_a_whole() -> None:
    found = {verdict.property: verdict.verdict for verdict in ask(Walks(300, 100), "unique-tag", tags=3).verdicts}
    assert found == {"unique-tag": "violated"}


def test_a_budget_ends_them_with_what_was_covered() -> None:
    asked = [prop for prop in PROPERTIES if prop.id == "gate"]
    report = check(question(SPEC, asked, ("step",), walks=Walks(10_000), budget=Budget(1e-6)))
    (verdict,) = report.verdicts
    assert verdict.verdict == "inconclusive"
    assert "--time gives it more; 0 random walks" in verdict.message
    assert not report.interrupted


def test_the_command_line_walks_saves_and_refuses_what_it_cannot_use(tmp_path: Path) -> None:
    asked = ("check", "--granularity", "algorithm", "--property", "gate", "--with", "should", "--format", "json")

    def run(*more: str) -> Result:
        return command.run(*asked, *more)

    walked = run("--walks", "20", "--seed", "3")
    assert walked.exit_code == 3
    assert json.loads(walked.stdout)["bounds"]["seed"] == 3
    first, again = (run("--tags", "2", "--checkpoint", str(tmp_path / "saved")) for _ in range(2))
    assert (first.exit_code, first.stderr) == (again.exit_code, again.stderr) == (0, "")
    assert len(list((tmp_path / "saved").glob("*.npz"))) == 2
    sizes = [[e["states"] for e in json.loads(result.stdout)["explorations"]] for result in (first, again)]
    assert sizes[0] == sizes[1]
    refused = run("--tags", "2", "--checkpoint", str(tmp_path))
    assert refused.exit_code == 2
    assert "error: " in refused.stderr
    assert "no folder of checkpoints, it has 'saved'" in refused.stderr
