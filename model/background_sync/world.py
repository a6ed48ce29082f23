"""The world of background sync: the platform's, where `register` promises an event, and a tag tells what it is for."""

from dataclasses import replace

from ..environment import WORLD as PLATFORM

WORLD = replace(PLATFORM, promises="register", key="tag", noun="registration", waits="wait for a retry")
