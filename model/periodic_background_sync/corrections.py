"""The smallest changes to periodic background sync that mend what is found in it, with the findings that they mend."""

from bgsync.language.corrections import Correction, about, in_place

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
        "The origin is that of the registration whose steps are enqueued: the other one is not there yet.",
        ("defined-before-use", "rate-capped"),
        "Process periodic sync registrations",
        "1.3.3.1",
        "1.3.3.1",
        about("periodicSyncRegistration", "registration"),
    ),
)
