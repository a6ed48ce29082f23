"""Native job schedulers."""
