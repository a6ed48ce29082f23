"""An adapter, loaded from a user's file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bgsync.fuzz.adapter import AdapterError
from bgsync.machines.loading import run_file
from bgsync.machines.table import MachineError


def load_adapter(place: str) -> tuple[Callable[[], Any], tuple[str, ...], str]:
    """Load the class or function that `path/to/file.py:name` names, which makes an adapter without arguments.

    Gives it, the lines that import it into a test, and its name. The file is run. Raises AdapterError.
    """
    file, _, name = place.rpartition(":")
    if not file or not name:
        raise AdapterError(f"{place!r} names no adapter: write path/to/file.py:Class")
    path = Path(file)
    try:
        module = run_file(path)
    except MachineError as error:
        raise AdapterError(str(error)) from None
    made = getattr(module, name, None)
    if not callable(made):
        there = sorted(key for key, value in vars(module).items() if isinstance(value, type) and key[0] != "_")
        raise AdapterError(f"{path}: there is no {name!r}: name one of {', '.join(there) or 'its classes'}")
    return made, (f"from {path.stem} import {name}",), name
