"""The corrected texts keep what they promise, or rest on a choice that the page on repair names."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bgsync.contents import Content
from bgsync.judge.check import check
from bgsync.language.corrections import corrected
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.system.scenario import Bounds, adversities_of
from bgsync.targets import Wish, as_it_stands, own, question

PAGE = (Path(__file__).parents[1] / "docs" / "repair.md").read_text(encoding="utf-8")


def rows(head: str) -> dict[str, frozenset[str]]:
    """Give what each row of a table of the page names: the ids in its first two columns."""
    table = PAGE.partition(f"| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = ([cell.strip() for cell in row.split("|")[1:3]] for row in table)
    return {name.strip("`"): frozenset(re.findall(r"`([^`]+)`", told)) for name, told in cells}


EVERYWHERE, BY_ADVERSITY = frozenset(rows("property")), rows("adversity")
PERIODIC_EVERYWHERE, PERIODIC_BY_ADVERSITY = (
    frozenset(rows("property of periodic sync")),
    rows("adversity, periodic sync"),
)


def broken(content: Content, adversity: str, tags: int) -> dict[tuple[str, ...], frozenset[str]]:
    """Give what is broken in the corrected text at `step`, with and without an adversity."""
    target = own(content)
    made = replace(target, spec=corrected(target.spec, content.corrections))
    some = () if adversity == "none" else (adversity,)
    wish = Wish(granularities=("step",), adversities=some, each=False, bounds=Bounds(tags=tags, calls=2))
    found = [v for v in check(question(made, wish)).verdicts if v.verdict == "violated"]
    return {needs: frozenset(v.property for v in found if v.needs == needs) for needs in ((), some)}


def test_the_page_has_every_adversity() -> None:
    for content, told in ((ONE_OFF, BY_ADVERSITY), (PERIODIC, PERIODIC_BY_ADVERSITY)):
        assert set(told) == {"none", *adversities_of(content.world, own(content).spec)}


def test_with_one_tag_only_what_rests_on_a_named_choice_is_broken() -> None:
    assert broken(ONE_OFF, "none", 1) == {(): EVERYWHERE}
    assert broken(PERIODIC, "none", 1) == {(): PERIODIC_EVERYWHERE}


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("content", "tags", "everywhere", "adversity", "told"),
    [
        pytest.param(content, tags, everywhere, adversity, told, id=f"{content.name}-{adversity}")
        for content, tags, everywhere, table in (
            (ONE_OFF, 2, EVERYWHERE, BY_ADVERSITY),
            (PERIODIC, 2, PERIODIC_EVERYWHERE, PERIODIC_BY_ADVERSITY),
        )
        for adversity, told in table.items()
    ],
)
def test_with_two_calls_an_adversity_breaks_what_the_page_says(
    content: Content, tags: int, everywhere: frozenset[str], adversity: str, told: frozenset[str]
) -> None:
    found = broken(content, adversity, tags)
    assert found[()] == everywhere
    if adversity != "none":
        assert found[(adversity,)] == told


def test_the_slips_of_todays_periodic_text_are_mended_in_the_corrected_one() -> None:
    target = own(PERIODIC)
    made = replace(target, spec=corrected(target.spec, PERIODIC.corrections))
    before, now = (
        {v.property.split("/")[0] for v in as_it_stands(each).verdicts if v.verdict == "violated"}
        for each in (target, made)
    )
    assert {"receiver", "exit"} <= before - now
    assert now <= before
