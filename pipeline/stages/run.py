"""How a stage's ``main`` is run from the command line."""

import sys
from collections.abc import Callable

from pipeline.text import ProblemError


def run_stage(main: Callable[[], None]) -> None:
    """Run ``main``; what a person can mend becomes lines on standard error and exit code 1, never a trace.

    That is a ProblemError, and a MemoryError: too large a delivery, or too small a machine.
    """
    try:
        main()
    except ProblemError as error:
        for problem in error.problems:
            print(problem.line(), file=sys.stderr)
        sys.exit(1)
    except MemoryError as error:
        print(str(error) or "hukommelsen slap op · out of memory", file=sys.stderr)
        sys.exit(1)
