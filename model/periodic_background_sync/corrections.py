"""The smallest changes to periodic background sync that mend what is found in it, with the findings that they mend."""

from bgsync.language import Field, v
from bgsync.language.corrections import Correction, about, in_place, valued

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
        "The loop that fires an event waits for its outcome itself, so that what ends it ends the loop.",
        ("exit", "no-endless-firing", "attempts-bounded", "one-event", "firing-ends"),
        "fire a periodicsync event",
        "6.7",
        "6.7",
        in_place,
    ),
    Correction(
        "The time of an event counts for the interval of its origin though the event failed.",
        ("rate-capped",),
        "fire a periodicsync event",
        "6.7.3",
        "6.7.3",
        in_place,
    ),
    Correction(
        "The origin is that of the service worker registration: there is no periodic sync registration yet.",
        ("defined-before-use",),
        "Process periodic sync registrations",
        "1.3.3.1",
        "1.3.3.1",
        valued(Field(v.registration, "origin")),
    ),
)
