"""Work that makes no garbage in cycles, so that nothing looks for it: trees, states and steps are not cyclic."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage in cycles in this block, which would take a tenth of its time and more.

    What it made counts as old afterwards: it is not all gone through as soon as garbage is looked for again.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
