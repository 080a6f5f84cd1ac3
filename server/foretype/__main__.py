"""``python -m foretype`` is ``foretype``."""

from foretype.cli.main import main

main()
