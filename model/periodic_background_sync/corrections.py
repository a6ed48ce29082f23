"""The smallest changes to periodic background sync that mend what is found in it, with the findings that they mend."""

from bgsync.language import Apply, Break, Continue, Field, If, Is, Not, v
from bgsync.language.corrections import (
    Correction,
    about,
    also_on,
    also_where,
    between,
    in_next,
    in_place,
    in_reverse,
    valued,
)

DUE_LONGEST = Apply("the one of its origin that has been due for longest", (v.periodicSyncRegistration,))

CORRECTIONS = (
    Correction(
        "Registering again sets the state of the registration, and not of the service worker registration.",
        ("receiver", "dead-row"),
        "register",
        "10.2",
        "10.2",
        about("serviceWorkerRegistration", "currentRegistration"),
    ),
    Correction(
        "A page in a frame is no reason to refuse a call, as it is none for an event to be in the background.",
        ("gate",),
        "register",
        "6.1",
        "6.1",
        also_where(Is(Field(v.client, "frame type"), "nested")),
        rests_on="what the definition of running in the background says of an event is meant for a call, too",
    ),
    Correction(
        "The loop that fires an event waits for its outcome itself, so that what ends it ends the loop.",
        ("exit", "no-endless-firing", "attempts-bounded", "one-event", "firing-ends"),
        "fire a periodicsync event",
        "6.7",
        "6.7",
        in_place,
    ),
    Correction(
        "A worker that is terminated has failed, so that what fired does not wait for it for ever.",
        ("firing-ends", "periodic-continues", "promise-settles", "queue-drains"),
        "fire a periodicsync event",
        "6.6",
        "6.6",
        also_on("terminated"),
    ),
    Correction(
        "The time of an event counts for the interval of its origin though its last attempt failed.",
        ("rate-capped",),
        "fire a periodicsync event",
        "6.7.3",
        "6.7.4",
        in_next,
    ),
    Correction(
        "The time of an event is noted before its registration may fire again: a restart in between does not lose it.",
        ("interval-kept",),
        "fire a periodicsync event",
        "6.7.4.1",
        "6.7.4.2",
        in_reverse,
    ),
    Correction(
        "The origin is that of the service worker registration: there is no periodic sync registration yet.",
        ("defined-before-use",),
        "Process periodic sync registrations",
        "1.3.3.1",
        "1.3.3.1",
        valued(Field(v.registration, "origin")),
    ),
    Correction(
        "One registration of an origin is fired in a round, the one that has been due for longest.",
        ("rate-capped",),
        "Process periodic sync registrations",
        "1.3.3.3.3",
        "1.3.3.3.4",
        between(If(Not(DUE_LONGEST), (Continue(),)), Break()),
        rests_on="every registration has been due for longest again and again",
    ),
)
