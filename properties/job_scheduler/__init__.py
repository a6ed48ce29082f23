"""What must hold of a native job scheduler: what it shares with sync, and what it promises beyond that."""

from collections.abc import Hashable, Iterator
from dataclasses import replace

from bgsync.judge.property import Liveness, Property, Safety, Seen, View, state_in
from bgsync.system.monitor import NOTHING
from bgsync.system.observation import Dispatched, Observation, Removed
from bgsync.system.step import State
from bgsync.system.system import System

from ...model.job_scheduler.jobs import FILE, LIFECYCLE, RUNNING
from ...model.job_scheduler.world import MET
from .. import general
from ..background_sync import SAFETY as ONE_OFF

SPEC = "Android, JobScheduler and WorkManager: "
ALIKE = {
    # what sync promises in the same words: what it rests on here
    "unique-tag": "unique work, of which there is one of a name",
    "one-event": "a job that runs is not started again",
}


def _together(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, Dispatched) and seen.slot is not None:
        met = view.context("constraints") == MET
        yield Seen(None if met else "a job starts while one of its constraints is not met")


def _only_listed(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, Dispatched) and seen.slot is not None:
        yield Seen("a job starts that was cancelled or replaced" if view.listed(seen) is False else None)


def _waiting(system: System, state: State) -> Iterator[Hashable]:
    """Give the jobs that are listed and do not run."""
    for slot, known in enumerate(state.shared.heap):
        if known is not None and known.listed and not state.disjoint and state_in(system, known.fields) != RUNNING:
            yield slot


def _starts(view: View, slot: Hashable) -> bool:
    """A job starts, or is taken out of the list."""
    seen = view.step.observations
    return view.step.action.disjoint is not None or any(
        isinstance(each, Dispatched | Removed) and each.slot == slot for each in seen
    )


CONSTRAINTS_TOGETHER = Safety(
    "constraints-together",
    "A job starts only while all of its constraints are met together.",
    "A job that was to wait for a charger and the network empties the battery, or fails at once.",
    SPEC + "a job runs when all of its constraints are met",
    (Dispatched,),
    _together,
    broken="A job is started while one of its constraints is not met.",
)
JOBS_LISTED = Safety(
    "jobs-listed",
    "A job that was cancelled, or replaced by one of its name, is not started.",
    "The app was told that it is over, and does the work twice.",
    SPEC + "cancel; unique work, by which the one that is there is replaced",
    (Dispatched,),
    _only_listed,
    broken="A job is started that was cancelled or replaced.",
)
JOB_RUNS = Liveness(
    "job-runs",
    "A job that is scheduled is started in the end, where its constraints are met together again and again.",
    "What was handed to the scheduler is forgotten, and the app is not told.",
    SPEC + "work is guaranteed to be executed, also when the app exits or the device restarts",
    _waiting,
    _starts,
    broken="A job is there, and is never started.",
)
_PROPERTIES: tuple[Property, ...] = (
    CONSTRAINTS_TOGETHER,
    JOBS_LISTED,
    *(replace(prop, reference=SPEC + ALIKE[prop.id]) for prop in ONE_OFF if prop.id in ALIKE),
    general.SETTLED_ONCE,
    general.SETTLES,
    *general.held_to(LIFECYCLE, FILE),
    JOB_RUNS,
)
PROPERTIES: tuple[Property, ...] = tuple(replace(prop, monitors=(NOTHING,)) for prop in _PROPERTIES)
