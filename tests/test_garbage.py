"""Where no garbage is looked for, and what follows it."""

import gc
import time
import weakref

import pytest

from bgsync import garbage
from bgsync.garbage import uncollected
from bgsync.sources import Source
from bgsync.texts import ledger, read
from tests import specs


def test_what_was_made_meanwhile_is_not_gone_through_as_soon_as_garbage_is_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(garbage, "_looked", time.process_time())
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
    with uncollected():
        left = weakref.ref(Knot())
    monkeypatch.setattr(garbage, "_looked", time.process_time())
    with uncollected():
        assert left() is not None, "work has just begun"
    monkeypatch.setattr(garbage, "EVERY", 0.0)
    with uncollected():
        assert left() is None


@pytest.mark.parametrize("text", [specs.PRINT_QUEUE, specs.RESPEC, specs.LIBRARY], ids=["list", "RESPEC", "library"])
def test_to_read_a_text_leaves_hardly_any_garbage(text: str) -> None:
    source = Source("text.bs", text)
    ledger(read(source))
    gc.collect()
    with uncollected():
        ledger(read(source))
        assert gc.collect() < 100
