"""Properties, verdicts, shortest traces: what is wrong."""
