"""State machines that others wrote otherwise, read as machines of `transitions`."""

from pathlib import Path

from bgsync.files import no_file
from bgsync.machines.others.chart import ChartMachine, machine_of
from bgsync.machines.others.scxml import read_scxml
from bgsync.machines.others.statemachine import is_statemachine, read_statemachine
from bgsync.machines.others.xstate import read_xstate
from bgsync.machines.table import MachineError

__all__ = ["ChartMachine", "is_chart", "is_statemachine", "machine_of", "read_chart", "read_statemachine"]

_READERS = {".scxml": read_scxml, ".json": read_xstate}


def is_chart(target: str) -> bool:
    """Tell whether a target is a file that holds a state chart, by its name."""
    return target.endswith(tuple(_READERS))


def read_chart(path: Path) -> ChartMachine:
    """Read a file of SCXML (.scxml) or of XState (.json). Raises MachineError."""
    if kind := no_file(path):
        raise MachineError(f"{path}: {kind}, where a file is needed; name a file")
    try:
        text = path.read_bytes()
    except OSError as error:
        raise MachineError(f"{path}: cannot be read ({error.strerror}); correct the path") from None
    return machine_of(_READERS[path.suffix](text, str(path)), str(path))
