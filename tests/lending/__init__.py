"""A content that is no web API at all: a library that lends books. It proves that the engine knows no spec."""
