"""Reads the source of a spec, Bikeshed, ReSpec or published HTML, into the algorithm language."""
