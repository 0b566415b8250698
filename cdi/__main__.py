"""``python -m cdi``."""

from cdi.cli import main

main()
