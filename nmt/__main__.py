"""`python -m nmt`: the command line."""

import sys

try:
    from nmt.cli.__main__ import start
except ModuleNotFoundError as error:
    if error.name != "nmt.cli":
        raise
    # The source folder has the commands beside the package, from where only an installation takes them into it.
    print(
        "nmt: error: the folder nmt here hides the one that is installed; change to another folder, or install by: "
        "pip install --editable .",
        file=sys.stderr,
    )
    sys.exit(2)

start()
