"""Fuzz: the model drives a real implementation, or walks through its own states at random, and says what disagrees."""

try:
    import hypothesis  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError("bgsync.fuzz needs Hypothesis: pip install bgsync[fuzz]") from error

from bgsync.fuzz.adapter import Implementation, Unable
from bgsync.fuzz.coverage import Coverage
from bgsync.fuzz.machines import CoveredMachine, lifecycle_machine, run
from bgsync.fuzz.reference import Interpreted
from bgsync.fuzz.walk import Check, interpreter_machine

__all__ = [
    "Check",
    "Coverage",
    "CoveredMachine",
    "Implementation",
    "Interpreted",
    "Unable",
    "interpreter_machine",
    "lifecycle_machine",
    "run",
]
