"""A user's `transitions` machine: loaded, tabulated, explored and judged."""
