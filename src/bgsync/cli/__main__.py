"""python -m bgsync.cli"""

from bgsync.start import main

main()
