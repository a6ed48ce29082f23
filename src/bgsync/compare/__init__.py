"""What an edit of a spec did: the steps it changed, what can be observed of it, the promises broken and repaired."""
