"""Runs commands of the product one after the other in one interpreter.

To import the product takes longer than most of its commands. `python -m launcher.commands
"db upgrade" "seed --profile demo"` does what `flask --app wsgi` does with each of them, and ends
with the first that fails.
"""

import shlex
import sys

from flask.cli import FlaskGroup


def main(commands: list[str]) -> None:
    """Run each command line. Raises SystemExit with the code of the first that fails."""
    from wsgi import app

    group = FlaskGroup(create_app=lambda: app)
    for command in commands:
        try:
            group.main(shlex.split(command), prog_name="flask")
        except SystemExit as end:
            if end.code:
                raise


if __name__ == "__main__":
    main(sys.argv[1:])
