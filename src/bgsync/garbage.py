"""Work that makes hardly any garbage in cycles on its way, so that nothing looks for it meanwhile."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

EVERY = 10.0
"""After how much work what earlier work has left is looked for, in seconds of processor time."""

_looked = 0.0
"""The processor time of this process when that was done last."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage in cycles in this block, which would take a tenth of its time and more.

    What it made counts as old afterwards: it is not all gone through as soon as garbage is looked for again. A system
    and its tables refer to each other; so where work goes on and on, what is left of them is looked for when a block
    begins, now and then.
    """
    global _looked  # of the process, as garbage is
    if time.process_time() - _looked > EVERY:
        gc.collect()
        _looked = time.process_time()
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
