"""The checker says what its page says: held to an interpreter that was written from docs/semantics.md alone."""

import random

import pytest

from bgsync.language import LanguageError
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.one_off import SPEC
from tests.by_the_page.compare import differences, of_the_checker, of_the_page
from tests.by_the_page.mutants import mutants
from tests.by_the_page.values import NotOnThePage


@pytest.mark.parametrize("adversity", ["", *ONE_OFF.world.adversities])
def test_the_one_off_model_breaks_by_the_page_what_the_checker_says_it_breaks(adversity: str) -> None:
    page = of_the_page(SPEC, "algorithm", adversity, calls=1)
    assert page.complete
    assert differences(page, of_the_checker(SPEC, "algorithm", adversity, calls=1)) == ()


def test_step_by_step_too() -> None:
    page = of_the_page(SPEC, "step", calls=1)
    assert page.complete
    assert differences(page, of_the_checker(SPEC, "step", calls=1)) == ()


@pytest.mark.campaign
def test_what_takes_two_calls_is_a_race_by_the_page() -> None:
    whole, stepwise = of_the_page(SPEC, "algorithm"), of_the_page(SPEC, "step", limit=700)
    assert whole.complete
    assert (whole.verdicts["unique-tag"], stepwise.verdicts["unique-tag"]) == ("holds", "violated")


@pytest.mark.parametrize("many", [5, pytest.param(12, marks=pytest.mark.campaign)])
def test_edits_of_one_step_break_by_the_page_what_the_checker_says_they_break(many: int) -> None:
    violated, held = 0, 0
    for mutant in random.Random(3).sample(mutants(SPEC), many):
        try:
            page, checker = of_the_page(mutant.spec, "algorithm", limit=150), of_the_checker(mutant.spec, "algorithm")
        except (NotOnThePage, LanguageError):
            continue
        assert differences(page, checker) == (), mutant.name
        violated += sum(verdict == "violated" for verdict in page.verdicts.values())
        held += page.complete
    assert violated > many
    assert held > many // 2


def test_an_edit_takes_one_step_and_keeps_the_others_where_they_were() -> None:
    found = {mutant.name: mutant.spec for mutant in mutants(SPEC)}
    assert len(found) == len(mutants(SPEC))
    assert SPEC not in found.values()
    fewer = found["drop fire a sync event 4 Set"]
    assert [each.origin for each in fewer.algorithm("fire a sync event").steps] == [
        each.origin for each in SPEC.algorithm("fire a sync event").steps if str(each.origin) != "fire a sync event 4"
    ]
