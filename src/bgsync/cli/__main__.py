"""python -m bgsync.cli"""

from bgsync.cli import main

main()
