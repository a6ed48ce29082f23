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
)
WORLD = replace(PLATFORM, promises="register", key="tag", words=WORDS)
