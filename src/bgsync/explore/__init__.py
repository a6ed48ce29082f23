"""Explore every reachable state of a model."""
