"""A job scheduler as native platforms have it, small: what is told of one job, and of another one of its name.

A job names constraints, here two: a network, and a charger. It starts when both are met together; all jobs that wait
for that start then, in any order. One that fails, or is stopped, is tried again after a back-off. A job of the same
name replaces the one that is there. What is scheduled survives a restart of the device: the scheduler keeps its list,
and takes what ran as stopped.
"""

from bgsync.judge.lifecycle import Lifecycle
from bgsync.language import (
    Abort,
    Add,
    Atomically,
    Call,
    Contains,
    Dispatch,
    Environment,
    Field,
    Find,
    FireEvent,
    If,
    Input,
    Is,
    Let,
    ListOf,
    Member,
    New,
    Not,
    ObjectType,
    Remove,
    Resolve,
    RunPostDispatchSteps,
    Set,
    Spec,
    Upon,
    Wait,
    WaitUntil,
    algorithm,
    steps,
    v,
)

from .world import MET

FILE = "model/job_scheduler/jobs.py"
SCHEDULED, RUNNING, BACKING_OFF = "scheduled", "running", "backing off"
DONE, CANCELLED = "done", "cancelled"
LIFECYCLE = Lifecycle(
    "job",
    (SCHEDULED, RUNNING, BACKING_OFF, DONE, CANCELLED),
    SCHEDULED,
    (
        ("start", SCHEDULED, RUNNING, "run 1.3"),
        ("finish", RUNNING, DONE, "run 1.4.1.1.2"),
        ("fail", RUNNING, BACKING_OFF, "run 1.4.2.1.2"),
        ("back off", BACKING_OFF, SCHEDULED, "run 1.4.2.3.2"),
        ("cancel", SCHEDULED, CANCELLED, "cancel 1.2"),
        ("cancel", RUNNING, CANCELLED, "cancel 1.2"),
        ("cancel", BACKING_OFF, CANCELLED, "cancel 1.2"),
    ),
    DONE,
    colours={SCHEDULED: "blue", RUNNING: "orange", BACKING_OFF: "yellow", DONE: "green", CANCELLED: "grey"},
    withdrawn=CANCELLED,
)
JOBS = ListOf("list of jobs")
STATE = Field(v.job, "state")
GONE = If(Not(Contains(JOBS, v.job)), Abort())
RUN_IT = Call("run", (v.job,))
DONE_WITH = Remove(v.job, JOBS)
AGAIN = (
    Atomically(steps(GONE, Set(STATE, BACKING_OFF))),
    Wait(Input("a back-off that grows with each attempt")),
    Atomically(steps(GONE, Set(STATE, SCHEDULED))),
    RUN_IT,
)

START = algorithm("start a job", (), steps(Dispatch(), RunPostDispatchSteps()), file=FILE)
SCHEDULE = algorithm(
    "schedule",
    ("name",),
    steps(
        Atomically(
            steps(
                Let("old", Find(JOBS, "name", v.name)),
                If(Not(Is(v.old, None)), Remove(v.old, JOBS)),
                Let("job", New("job")),
                Set(Field(v.job, "name"), v.name),
                Add(v.job, JOBS),
                Resolve(v.promise),
            )
        ),
        RUN_IT,
    ),
    returns="promise",
    file=FILE,
)
CANCEL = algorithm(
    "cancel",
    ("name",),
    steps(
        Atomically(
            steps(
                Let("job", Find(JOBS, "name", v.name)),
                If(Not(Is(v.job, None)), Remove(v.job, JOBS)),
                Resolve(v.promise),
            )
        )
    ),
    returns="promise",
    file=FILE,
)
RUN = algorithm(
    "run",
    ("job",),
    steps(
        Atomically(
            steps(
                WaitUntil(Environment("constraints", (MET,))),
                GONE,
                Set(STATE, RUNNING),
                FireEvent(
                    "job",
                    v.job,
                    (("name", Field(v.job, "name")),),
                    "event",
                    steps(
                        Upon(("fulfilled",), Field(v.event, "promise"), steps(Atomically(steps(GONE, DONE_WITH)))),
                        Upon(("rejected", "terminated"), Field(v.event, "promise"), steps(*AGAIN)),
                    ),
                ),
            )
        ),
    ),
    file=FILE,
)
JOB = ObjectType(
    "job",
    "list of jobs",
    (Member("name", fixed=True), Member("state", (SCHEDULED, RUNNING, BACKING_OFF), initial=SCHEDULED)),
    unique="name",
)
SPEC = Spec(
    "Job scheduler",
    "",
    JOB,
    (SCHEDULE, CANCEL, RUN),
    firing=START,
    methods=("schedule", "cancel"),
)
