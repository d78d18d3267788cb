"""`python -m ippoolkit` is the command line."""

from .cli import main

main()
