"""Where no garbage is looked for, and what follows it."""

import gc

from bgsync.garbage import uncollected


def test_what_was_made_meanwhile_is_not_gone_through_as_soon_as_garbage_is_looked_for_again() -> None:
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
