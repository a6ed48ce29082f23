"""The world of background sync: the platform's, where `register` promises an event, and a tag tells what it is for."""

from dataclasses import replace

from ..environment import WORLD as PLATFORM
from .monitors import OUTBOX_REMARK

WORDS = replace(
    PLATFORM.words,
    noun="registration",
    duplicates="registrations with this tag",
    stores=OUTBOX_REMARK,
    store="the outbox",
    waits="wait for a retry",
    elsewhere=(
        ("its sync is registered", "its call has succeeded"),
        ("no sync event", "no event"),
    ),
    terms=(
        (
            "registration",
            "what a page asks for with register(tag): that its service worker be woken with a sync event when the "
            "network is there",
        ),
        ("register(t1)", "a call of register with the tag t1"),
        ("tag", "the name under which a page registers; registering it again finds the same registration"),
        ("pending", "a registration's state: its event is due as soon as the network is there"),
        ("waiting", "a registration's state: an event has failed, and the next attempt comes after a delay"),
        ("firing", "a registration's state: its event runs in the service worker"),
        (
            "reregisteredWhileFiring",
            "a registration's state: its event runs, and the tag was registered again meanwhile, so another one is due",
        ),
        ("success", "how a registration ends whose event was fulfilled: it is taken out of the list"),
        ("failed", "how a registration ends whose last chance was rejected: it is taken out of the list"),
        ("lastChance", "a member of the event: true where no attempt follows if this one fails"),
    ),
)
REFUSALS = {
    # the part of the environment that a call is refused for: the error
    "service worker": "InvalidStateError",
    "permission": "NotAllowedError",
    "window clients": "InvalidAccessError",
}
WORLD = replace(PLATFORM, promises="register", key="tag", words=WORDS)
