"""Explore every reachable state of a model."""

from bgsync.explore.graph import Graph
from bgsync.explore.model import Model
from bgsync.explore.search import explore

__all__ = ["Graph", "Model", "explore"]
