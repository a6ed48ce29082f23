"""Pictures generated from what was found, never by hand."""
