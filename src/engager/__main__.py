"""`python -m engager`, where the command `engager` is not on the path."""

from engager.cli.main import main

main()
