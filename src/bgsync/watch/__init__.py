"""Checks a text whenever it is saved, and says what changed since the last time."""

from bgsync.watch.saves import MissingWatchError, Saves, settled
from bgsync.watch.session import News, NothingReadError, Session, Stopper

__all__ = ["MissingWatchError", "News", "NothingReadError", "Saves", "Session", "Stopper", "settled"]
