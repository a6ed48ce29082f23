"""Small changes that mend a finding: found by themselves, the smallest first, and never at the cost of what held."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bgsync.cache.results import cache
from bgsync.compare.data import same_data
from bgsync.judge.budget import SpentError
from bgsync.judge.check import check
from bgsync.judge.explorations import Effort
from bgsync.judge.structure.finding import Known
from bgsync.judge.structure.text import known
from bgsync.judge.verdict import Coverage, Report, Verdict
from bgsync.mutate.mutants import Mutant
from bgsync.repair.changes import SIZES
from bgsync.repair.search import Proposal, Search
from bgsync.repair.text import lines
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.sources import Source
from bgsync.system.scenario import Bounds
from bgsync.targets import Target, Wish, as_it_stands, of_text, own, question
from bgsync.texts import read
from tests.command import run
from tests.specs import PRINT_QUEUE

pytestmark = pytest.mark.usefixtures("explored_once")  # many tests ask about one text first
COARSE = Wish(granularities=("algorithm",), each=False)
FIRED_ON = ("}} on |owner| with", "}} on |job| with")
ASKED = ["--property", "receiver", "--granularity", "algorithm", "--with", "skipped", "--jobs", "1", "--most", "1"]
INVERTED = ("[=active worker=] is null", "[=active worker=] is not null")


def target(*replacements: tuple[str, str]) -> Target:
    text = PRINT_QUEUE
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return of_text(read(Source("print.bs", text, "")))


def search(about: Target) -> Search:
    assert about.text is not None
    wish = kept(COARSE)
    return Search(about, wish, known(about.text.reading), check(question(about, wish)))


def kept(wish: Wish) -> Wish:
    """Ask so that what is asked again is not explored again."""
    return replace(wish, effort=Effort(cache=cache()))


def finding(of: Search, name: str) -> Verdict:
    every = (*of.report.verdicts, *as_it_stands(of.target).verdicts)
    return next(v for v in every if v.verdict == "violated" and v.property.split("/")[0] == name)


def proposals(of: Search, name: str, most: int = 1) -> list[Proposal]:
    return list(of.proposals(finding(of, name), most, 1, lambda told: None))


def test_an_inverted_test_is_turned_round_again() -> None:
    (found,) = proposals(search(target(INVERTED)), "gate")
    assert found.changes[0].operator == "negate"
    assert str(found.changes[0].origin) == "register 2"
    assert same_data(found.spec, target().spec)


def test_an_event_is_fired_on_the_object_that_has_a_worker() -> None:
    (found,) = proposals(search(target(FIRED_ON)), "receiver")
    assert found.changes[0].operator == "receiver"
    assert same_data(found.spec, target().spec)


def test_what_is_proposed_breaks_nothing_that_held() -> None:
    of = search(target(INVERTED))
    held = {v.property for v in of.report.verdicts if v.verdict == "holds"}
    for found in proposals(of, "gate", 3):
        new = check(question(replace(of.target, spec=found.spec), of.wish)).verdicts
        assert {v.property for v in new if v.verdict == "violated"}.isdisjoint(held)


def test_a_change_that_only_stops_what_happens_is_not_proposed() -> None:
    of = search(target(FIRED_ON))
    dropped = [each for each in of.candidates(finding(of, "receiver")) if each.operator == "drop"]
    assert any(of.mends(finding(of, "receiver"), each) for each in dropped)
    assert not [each for each in proposals(of, "receiver", 20) if each.changes[0].operator == "drop"]


def test_a_race_is_mended_by_making_its_steps_one_action() -> None:
    about = target()
    fine = Wish(properties=("unique-tag",), granularities=("step",), each=False)
    assert about.text is not None
    of = Search(about, fine, known(about.text.reading), check(question(about, fine)))
    race = finding(of, "unique-tag")
    atomic = {each.words: each for each in of.candidates(race) if each.operator == "atomic"}
    assert of.mends(race, atomic["atomically: register 7 to 8.3"])
    assert not of.mends(race, atomic["atomically: register 8.1 to 8.3"])


def test_a_loop_that_nothing_leaves_gets_an_exit() -> None:
    about = own(PERIODIC)
    of = Search(about, COARSE, Known(), Report("", "", {}, (), Coverage(0, 0, 0), ()))
    endless = finding(of, "exit")
    in_place = [each for each in of.candidates(endless) if each.operator == "in-place"]
    assert [str(each.origin) for each in in_place if of.mends(endless, each)] == ["fire a periodicsync event 6.7"]


def test_the_object_that_has_the_state_is_taken_instead_of_one_that_has_none() -> None:
    about = own(PERIODIC)
    of = Search(about, COARSE, Known(), Report("", "", {}, (), Coverage(0, 0, 0), ()))
    wrong = finding(of, "receiver")
    mending = [each.words for each in of.candidates(wrong) if each.operator == "receiver" and of.mends(wrong, each)]
    assert "another object: set currentRegistration's state to reregistered-while-firing" in mending


class Rated(Search):
    """A search in which every change mends, and leaves the less, the more words it takes."""

    def left(self, finding: Verdict, change: Mutant) -> tuple[Verdict, ...] | None:
        """Take all of them as mending."""
        return ()

    def whole(self, change: Mutant) -> Proposal | None:
        """Break nothing."""
        return Proposal((change,), None, (), (), 100 - len(change.words))


def test_of_changes_of_one_size_that_which_leaves_the_fewest_findings_comes_first() -> None:
    of = search(target(INVERTED))
    rated = Rated(of.target, of.wish, of.known, of.report)
    found = proposals(rated, "gate", 20)
    small = [each for each in found if each.size == 1]
    assert {each.changes[0].operator for each in small} > {"negate"}
    assert [each.leaves for each in small] == sorted(each.leaves for each in small)
    assert len({each.leaves for each in small}) > 1


def test_a_second_change_does_not_bring_back_what_the_first_one_made_go() -> None:
    of = search(target(INVERTED))
    inverted = finding(of, "gate")
    nothing = replace(of.candidates(inverted)[0], spec=of.target.spec)
    another = replace(inverted, message="what a first change brought")
    assert of.mends(another, nothing)
    assert not replace(of, gone=(inverted,)).mends(another, nothing)


def test_a_finding_beside_another_one_is_mended_only_where_it_goes_itself() -> None:
    about = target(
        FIRED_ON, ("Set |job|'s [=job state=] to [=printing=]", "Set |owner|'s [=job state=] to [=printing=]")
    )
    assert about.text is not None
    of = Search(about, COARSE, known(about.text.reading), Report("", "", {}, (), Coverage(0, 0, 0), ()))
    wrong = [v for v in as_it_stands(of.target).verdicts if v.property.startswith("receiver/")]
    assert [v.locations[0].step for v in wrong] == ["3", "4"]
    for mine in wrong:
        mending = [
            each.origin.step for each in of.candidates(mine) if each.operator == "receiver" and of.mends(mine, each)
        ]
        assert set(mending) == {mine.locations[0].step}


def test_what_hides_a_finding_is_mended_at_the_price_of_that_finding() -> None:
    asked = ("firing-ends", "periodic-continues", "promise-settles", "interval-kept")
    about, bounds = own(PERIODIC), Bounds(tags=1, calls=1)
    wish = kept(replace(COARSE, adversities=("terminated",), bounds=bounds, properties=asked))
    of = Search(about, wish, Known(), check(question(about, wish)))
    endless = finding(of, "exit")
    made = {each.words: each for each in of.candidates(endless)}
    found = of.whole(made["in place, and not in parallel"])
    assert found is not None
    assert {(each.property, each.needs) for each in found.breaks} == {
        ("firing-ends", ("terminated",)),
        ("periodic-continues", ("terminated",)),
    }
    assert (
        "at a price: breaks firing-ends with terminated, periodic-continues with terminated, which held"
        in "\n".join(lines(1, found, "", ""))
    )
    stopping = next(each for words, each in made.items() if words.startswith("drop: while"))
    assert of.mends(endless, stopping)
    assert of.whole(stopping) is None


def test_changes_are_made_near_a_finding_only() -> None:
    of = search(target(FIRED_ON))
    made = of.candidates(finding(of, "receiver"))
    assert {each.origin.algorithm for each in made} == {"start printing"}
    assert {each.operator for each in made} <= set(SIZES)


class Hurried(Search):
    """A search whose time is up as soon as a text is checked as a whole."""

    def whole(self, change: Mutant) -> Proposal | None:
        """End."""
        raise SpentError(f"the time is up at {change.origin}")


def test_a_text_that_is_not_checked_as_a_whole_gets_proposals_that_say_so() -> None:
    of = search(target(FIRED_ON))
    (found,) = proposals(replace(of, report=replace(of.report, interrupted=True)), "receiver")
    assert found.compared is None
    (found,) = proposals(Hurried(of.target, of.wish, of.known, of.report), "receiver")
    assert found.compared is None
    assert "what else it does is not known: the text was not checked as a whole" in "\n".join(lines(1, found, "", ""))


@pytest.mark.parametrize(("more", "status"), [([], 0), (["--finding", "99"], 2)])
def test_the_command_proposes_it_with_its_place(more: list[str], status: int, tmp_path: Path) -> None:
    file = tmp_path / "print.bs"
    file.write_text(PRINT_QUEUE.replace(*FIRED_ON))
    found = run("repair", str(file), *ASKED, *more)
    assert found.exit_code == status
    if not status:
        assert "start printing 4 (receiver)" in found.output
        assert '+1. [=Fire functional event=] "`print`" using {{PrintEvent}} on |owner|' in found.output
        assert "breaks nothing that held" in found.output


def test_what_was_found_before_the_time_is_up_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, proposals = tmp_path / "print.bs", Search.proposals
    file.write_text(PRINT_QUEUE.replace(*FIRED_ON))

    def hurried(of: Search, *asked: Any) -> Iterator[Proposal]:
        for proposal in proposals(of, *asked):
            of.wish.budget.spent = "ran out of time"
            monkeypatch.setattr(of.wish.budget, "finish", of.wish.budget.check)  # every pause from here on ends it
            yield proposal
            of.wish.budget.check()

    monkeypatch.setattr(Search, "proposals", hurried)
    found = run("repair", str(file), *ASKED[:-2], "--time", "300")
    assert found.exit_code == 0
    assert '+1. [=Fire functional event=] "`print`" using {{PrintEvent}} on |owner|' in found.output


def test_the_patch_makes_the_text_what_it_is_to_be(tmp_path: Path) -> None:
    file = tmp_path / "print.bs"
    file.write_text(PRINT_QUEUE.replace(*FIRED_ON))
    with chdir(tmp_path):
        told = run("repair", "print.bs", *ASKED, "--format", "patch")
    assert told.exit_code == 0
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=told.stdout.encode(), check=True)
    assert file.read_text() == PRINT_QUEUE


def test_no_patch_is_made_of_what_is_no_text() -> None:
    found = run("repair", "one-off", "--format", "patch")
    assert found.exit_code == 2
    assert "name the file of a text" in found.output
