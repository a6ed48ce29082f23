"""What the Service Worker spec defines and the algorithms here rely on.

Source: Service Workers Nightly, "Fire Functional Event", "Should Skip Event", "Run Service Worker", "Terminate Service
Worker". A task queued on the event loop of a worker that is terminated is discarded, and the steps that were to
follow the dispatch are then never run. Left out: soft update, and waiting for an activating worker, since a run begins
with an active one.
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
            )
        ),
    ),
    file="model/service_worker.py",
)
