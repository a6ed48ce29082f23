"""Work that makes hardly any garbage in cycles on its way, so that nothing looks for it meanwhile."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

LEAST, SHARE, MOST = 10.0, 20, 60.0
"""What earlier work has left is looked for after so many seconds of processor time at least, and so many times as long
as looking took the last time: where much is alive, most of what is gone through is no garbage. But where most of it is,
the time that looking takes grows with what was not looked for: after so many seconds it is done at any rate."""

_due = 0.0
"""The processor time of this process from which on that is done again."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage in cycles in this block, which would take a tenth of its time and more.

    What it made counts as old afterwards: it is not all gone through as soon as garbage is looked for again. A system
    and its tables refer to each other; so where work goes on and on, what is left of them is looked for when a block
    begins, now and then.
    """
    global _due  # of the process, as garbage is
    began = time.process_time()
    if began >= _due:
        gc.collect()
        ended = time.process_time()
        _due = ended + min(max(LEAST, SHARE * (ended - began)), MOST)
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
