"""Fuzz: the model drives a real implementation, or walks through its own states at random, and says what disagrees."""

try:
    import hypothesis  # noqa: F401
except ModuleNotFoundError as error:
    from bgsync.extras import command

    raise ImportError(f"bgsync.fuzz needs Hypothesis: {command('fuzz')}") from error

from bgsync.driving import Operation, Operations, Unable
from bgsync.fuzz.campaign import Plan, Result, campaign
from bgsync.fuzz.coverage import Coverage
from bgsync.fuzz.finding import Finding
from bgsync.fuzz.machines import CoveredMachine, lifecycle_machine, run
from bgsync.fuzz.text import oracle
from bgsync.fuzz.walk import Check, interpreter_machine, safety_checks

__all__ = [
    "Check",
    "Coverage",
    "CoveredMachine",
    "Finding",
    "Operation",
    "Operations",
    "Plan",
    "Result",
    "Unable",
    "campaign",
    "interpreter_machine",
    "lifecycle_machine",
    "oracle",
    "run",
    "safety_checks",
]
