"""What must hold of periodic background sync."""

from bgsync.judge.property import Property

from ..background_sync import PERIODIC

PROPERTIES: tuple[Property, ...] = PERIODIC
