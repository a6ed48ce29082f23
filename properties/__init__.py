"""What must hold: every property with its id, which is part of the public contract."""

from properties.liveness import LIVENESS
from properties.safety import SAFETY

PROPERTIES = (*SAFETY, *LIVENESS)

__all__ = ["LIVENESS", "PROPERTIES", "SAFETY"]
