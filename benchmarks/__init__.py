"""The engines of bgsync and other model checkers, in turn, on the same models: `python -m benchmarks`."""
