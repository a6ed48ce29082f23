"""What must hold of one-off background sync."""

from bgsync.judge.property import Property

from .liveness import LIVENESS
from .safety import SAFETY

PROPERTIES: tuple[Property, ...] = (*SAFETY, *LIVENESS)

__all__ = ["LIVENESS", "PROPERTIES", "SAFETY"]
