"""What the specs say: lifecycles and environment as `transitions` machines, algorithms in the language."""
