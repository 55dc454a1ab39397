"""How a stage's ``main`` is run from the command line."""

import sys
from collections.abc import Callable

from pipeline.text import ProblemError


def run_stage(main: Callable[[], None]) -> None:
    """Run ``main``; a ProblemError becomes its lines on standard error and exit code 1, never a trace."""
    try:
        main()
    except ProblemError as error:
        for problem in error.problems:
            print(problem.line(), file=sys.stderr)
        sys.exit(1)
