"""The world of a job scheduler: the constraints of a job, which are met together or not, and the device.

Sources: the documentation of Android's JobScheduler and WorkManager. A job that runs is stopped as soon as a constraint
is not met any more, so that moving away from `met` ends what runs.
"""

from bgsync.system.world import Adversity, Effect, Machine, Meaning, World
from bgsync.words import Signal, Words

MET = "met"
CONSTRAINTS = Machine(
    "constraints",
    "neither",
    (
        ("go online", "neither", "network"),
        ("go online", "charging", MET),
        ("plug in", "neither", "charging"),
        ("plug in", "network", MET),
        ("go offline", "network", "neither"),
        ("go offline", MET, "charging"),
        ("unplug", "charging", "neither"),
        ("unplug", MET, "network"),
    ),
    {"go offline": Effect.ENDS_HANDLERS, "unplug": Effect.ENDS_HANDLERS},
    recurs=MET,
)
DEVICE = Machine(
    "device",
    "running",
    (("restart", "running", "restarted"), ("resume", "restarted", "running")),
    {"restart": Effect.ENDS_HANDLERS, "resume": Effect.RESUMES},
)
WORLD = World(
    (CONSTRAINTS, DEVICE),
    {
        "restarted": Adversity("the device is restarted", ("restart", "resume")),
        "unsettled": Adversity("a job never ends", means=Meaning.UNSETTLED),
    },
    promises="schedule",
    key="name",
    words=Words(
        noun="job",
        duplicates="jobs of this name",
        user="app",
        agent="scheduler",
        worker="service of the app",
        caller="an app",
        handler="a job that runs",
        surroundings=("constraints",),
        signals={"constraints": Signal("constraints", "scheduler", by_state=True)},
        waits="back-off of a job",
    ),
)
