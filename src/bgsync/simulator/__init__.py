"""The simulator: a person takes any step, back and forward, from any state; nothing is decided here.

What can happen is what the interpreter says; this room tells it, keeps the way, and serves a page for it.
"""
