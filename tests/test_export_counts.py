"""How many states of a check are in an exported model: all but those where a removed object is followed by itself."""

from __future__ import annotations

from functools import lru_cache

import pytest

from bgsync.judge.whole import watch
from bgsync.system.system import System
from tests.campaign.exports import Counted, asked_of, counts
from tests.test_export_models import broken, counted, seen_by
from tests.test_mutants import MUTANTS, edited

PLAIN = ""
NEVER_FIRING = "the state firing is never entered"


@lru_cache
def both(edit: str, tags: int) -> tuple[Counted, int]:
    """Give the states of a check by what becomes of them, and those of the product, which is what is exported."""
    asked = asked_of(edited(MUTANTS[edit][0] if edit else {}), tags)
    return counts(watch(System(asked), [])), counted(asked)[0]


@pytest.mark.parametrize(
    ("edit", "one", "two"), [(PLAIN, (48, 2, 4), (1_152, 2, 8)), (NEVER_FIRING, (184, 2, 58), (19_448, 2, 116))]
)
def test_a_check_has_the_exported_states_and_those_of_removed_objects(
    edit: str, one: tuple[int, int, int], two: tuple[int, int, int]
) -> None:
    for tags, expected in ((1, one), (2, two)):
        found, exported = both(edit, tags)
        assert found == expected
        assert exported == found.exported


@pytest.mark.parametrize("edit", [PLAIN, NEVER_FIRING])
def test_what_is_left_of_a_removed_object_is_there_once_for_each_tag_and_nothing_at_all_once_for_all(edit: str) -> None:
    (one, _), (two, _) = both(edit, 1), both(edit, 2)
    assert two.bare == one.bare
    assert two.alone == 2 * one.alone


def test_what_the_old_timers_of_a_removed_registration_add_is_none_one_or_many_online_or_offline() -> None:
    asked = asked_of(edited({}), 1)
    whole = watch(System(asked), [])
    states = [whole.graph.state(number) for number in range(whole.states)]
    alone = sorted((len(s.processes), s.shared.context[0]) for s in states if s.disjoint)
    assert alone == [(many, network) for many in (0, 1, 2) for network in ("offline", "online")]
    at = {whole.system.program.code[whole.system.process(n).pc].op for s in states if s.disjoint for n in s.processes}
    assert at == {"wait"}


def test_a_property_that_breaks_around_a_removed_object_alone_is_not_broken_in_the_export() -> None:
    asked = asked_of(edited(MUTANTS[NEVER_FIRING][0]), 1)
    whole = watch(System(asked), seen_by(asked))
    assert set(whole.breaches) - broken(asked) == {"asserts/fire-a-sync-event.3", "fires-listed", "removes-listed"}
    assert broken(asked) <= set(whole.breaches)
