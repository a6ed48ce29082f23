"""Where no garbage is looked for, and what follows it."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from bgsync import garbage
from bgsync.garbage import uncollected
from bgsync.language import Remark
from bgsync.sources import Source
from bgsync.system.system import System
from bgsync.texts import ledger, read
from tests import specs
from tests.models import outbox, verdicts

NEVER = float("inf")


@pytest.fixture
def enabled() -> Iterator[None]:
    """Garbage is looked for as in any program, but not among what earlier tests have left."""
    known = gc.get_threshold()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()
    yield
    gc.disable()
    gc.set_threshold(*known)
    gc.freeze()


@pytest.mark.usefixtures("enabled")
def test_what_was_made_meanwhile_is_not_gone_through_as_soon_as_garbage_is_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(garbage, "_due", NEVER)
    looked = list[str]()

    def look(phase: str, _: dict[str, int]) -> None:
        looked.append(phase)

    threshold, _, _ = gc.get_threshold()
    gc.callbacks.append(look)
    try:
        with uncollected():
            made = [[number] for number in range(2 * threshold)]
            assert not gc.isenabled()
        made.append([1])
        assert looked == []
        made += [[number] for number in range(2 * threshold)]
        assert looked, "it is looked for again"
    finally:
        gc.callbacks.remove(look)


class Knot:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.self = self


def test_what_earlier_work_has_left_is_looked_for_when_more_begins_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(garbage, "_due", NEVER)
    with uncollected():
        left = weakref.ref(Knot())
    with uncollected():
        assert left() is not None, "work has just begun"
    monkeypatch.setattr(garbage, "_due", 0.0)
    with uncollected():
        assert left() is None


@pytest.mark.parametrize(("takes", "rests"), [(0.1, garbage.LEAST), (2.0, 2.0 * garbage.SHARE), (9.0, garbage.MOST)])
def test_what_takes_long_to_look_for_is_looked_for_less_often(
    monkeypatch: pytest.MonkeyPatch, takes: float, rests: float
) -> None:
    clock = iter([100.0, 100.0 + takes])
    monkeypatch.setattr(garbage, "_due", 0.0)
    monkeypatch.setattr("bgsync.garbage.time.process_time", lambda: next(clock))
    monkeypatch.setattr("bgsync.garbage.gc.collect", lambda: 0)
    with uncollected():
        pass
    assert garbage._due == pytest.approx(100.0 + takes + rests)


@pytest.mark.parametrize("text", [specs.PRINT_QUEUE, specs.RESPEC, specs.LIBRARY], ids=["list", "RESPEC", "library"])
def test_to_read_a_text_leaves_hardly_any_garbage(text: str) -> None:
    source = Source("text.bs", text)
    ledger(read(source))
    gc.freeze()
    with uncollected():
        ledger(read(source))
        assert gc.collect() < 100


def test_of_many_texts_that_were_checked_few_systems_are_remembered() -> None:
    for number in range(20):
        spec = outbox(besides=(Remark(f"remark {number}"),), rejected=())
        assert verdicts(spec, ["delivered", "outcome"], ("algorithm",))
    gc.collect()
    assert sum(isinstance(each, System) for each in gc.get_objects()) <= 30  # each check makes several
