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
    terms=(
        (
            "registration",
            "what a page asks for with register(tag): that its service worker be woken with a sync event when the "
            "network is there",
        ),
        ("register(t1)", "a call of register with the tag t1"),
    ),
)
REFUSALS = {
    # the part of the environment that a call is refused for: the error
    "service worker": "InvalidStateError",
    "permission": "NotAllowedError",
    "window clients": "InvalidAccessError",
}
WORLD = replace(PLATFORM, promises="register", key="tag", words=WORDS)
