"""Background Sync: the algorithms of its spec as data, its lifecycle, its application, and what is remembered of a run."""
