"""Periodic background sync."""
