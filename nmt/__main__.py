"""`python -m nmt`: the command line."""

from nmt.cli.__main__ import start

start()
