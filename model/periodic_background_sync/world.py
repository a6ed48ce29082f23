"""The world of periodic background sync: the platform's, where `register` promises events, again and again."""

from dataclasses import replace

from ..environment import WORLD as PLATFORM

WORDS = replace(
    PLATFORM.words,
    noun="registration",
    duplicates="registrations with this tag",
    waits="wait for the next round, or for a retry",
    terms=(
        (
            "registration",
            "what a page asks for with register(tag, options): that its service worker be woken with a periodicsync "
            "event again and again",
        ),
        ("register(t1)", "a call of register with the tag t1"),
        ("tag", "the name under which a page registers; registering it again finds the same registration"),
        ("pending", "a registration's state: its next event comes when its time has come"),
        ("firing", "a registration's state: its event runs in the service worker, or is tried again"),
        (
            "reregistered-while-firing",
            "a registration's state: its event runs, and the tag was registered again meanwhile",
        ),
        ("suspended", "a registration's state, which the text declares and no step sets"),
        ("minimum interval", "how long after an event of a registration the next one comes at the earliest"),
        ("anchor time", "when the last event of a registration was over, or when it was registered"),
        ("time of last fire", "when the last event of an origin was fulfilled"),
    ),
)
WORLD = replace(PLATFORM, promises="register", key="tag", words=WORDS)
