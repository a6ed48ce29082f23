"""A spec closed with an environment and bounds: what can happen."""
