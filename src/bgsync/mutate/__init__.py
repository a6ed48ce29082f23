"""Mutation analysis: every one-step edit of a spec, and which property, if any, notices it."""
