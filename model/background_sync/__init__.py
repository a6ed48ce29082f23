"""Background Sync: the algorithms of its spec as data, its lifecycle, its application, what is remembered of runs."""
