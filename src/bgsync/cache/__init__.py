"""What was worked out is kept between runs, so that what has not changed is not worked out again.

`digest` tells what is the same, `values` writes what was found as plain JSON, in which nothing can be run, `store` is
the folder in which it lies, and `results` keeps what explorations gave. Where anything cannot be told for certain,
such as what a function of somebody else's does, nothing is kept.
"""
