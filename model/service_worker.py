"""What the Service Worker spec defines and the algorithms here rely on.

Source: Service Workers Nightly, "Fire Functional Event", "Should Skip Event", "Run Service Worker", "Terminate Service
Worker". A task for a functional event that is queued on the event loop of a worker when that is terminated is kept with
the registration, and runs when the worker has started again ("Terminate Service Worker"). Left out: soft update, and
waiting for an activating worker, since a run begins with an active one.
"""

from bgsync.language import (
    Assert,
    Choice,
    Dispatch,
    Environment,
    If,
    QueueTask,
    Return,
    RunPostDispatchSteps,
    algorithm,
    steps,
)

ACTIVE_WORKER = Environment("service worker", ("active",))
SHOULD_SKIP = Choice("the worker has no listener for the event", adversity="skipped")
START_FAILS = Choice("the worker fails to start", adversity="skipped")

FIRE_FUNCTIONAL_EVENT = algorithm(
    "Fire Functional Event",
    (),
    steps(
        Assert(ACTIVE_WORKER),
        If(SHOULD_SKIP, Return()),
        If(START_FAILS, Return()),
        QueueTask(
            steps(
                Dispatch(),
                RunPostDispatchSteps(),
            ),
            kept=True,
        ),
    ),
    file="model/service_worker.py",
)
