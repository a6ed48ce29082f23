"""What an exploration of a product may use beyond the memory of one process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import Client

    from bgsync.product.checkpoint import Folder


@dataclass(frozen=True)
class Resources:
    """A folder of checkpoints, a folder for what does not fit into memory, a cluster; without any of them, memory."""

    checkpoints: Folder | None = None
    disk: Path | None = None
    cluster: Client | None = None


NOTHING_ELSE = Resources()
