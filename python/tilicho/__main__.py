# SPDX-License-Identifier: Apache-2.0
"""python -m tilicho compare MODEL, python -m tilicho run STAGE"""

from __future__ import annotations

import argparse
import sys

from tilicho import TilichoError
from tilicho import compare, run


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tilicho",
        description="Tilicho from Python; see also tilicho-compile and tilicho-run",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    compare.add_arguments(
        commands.add_parser("compare", help=compare.__doc__.splitlines()[0])
    )
    run.add_arguments(
        commands.add_parser("run", help=run.__doc__.splitlines()[0])
    )
    options = parser.parse_args(arguments)
    command = {"compare": compare.main, "run": run.main}[options.command]
    try:
        return command(options)
    except (TilichoError, ValueError, OSError, ImportError) as error:
        for line in str(error).splitlines():
            print(f"tilicho: {line}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
