"""`python -m engager.cli`."""

from engager.cli.main import main

main()
