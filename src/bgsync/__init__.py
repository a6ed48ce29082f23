"""bgsync: an executable model of Web Background Sync, and a checker for its spec."""
