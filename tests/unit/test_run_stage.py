"""What a person reads when a stage cannot go on."""

import pytest

from pipeline.stages.run import run_stage
from pipeline.text import Problem, ProblemError, Text

PROBLEM = Problem("kort.csv", 7, "Mødedato", "bad_date", Text("forkert", "wrong"), "critical")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ProblemError([PROBLEM, PROBLEM]), f"{PROBLEM.line()}\n{PROBLEM.line()}\n"),
        (MemoryError("for stor · too large"), "for stor · too large\n"),
        (MemoryError(), "hukommelsen slap op · out of memory\n"),
    ],
    ids=["problems", "said", "unsaid"],
)
def test_what_can_be_mended_is_lines_and_no_trace(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def main() -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        run_stage(main)
    assert (ended.value.code, capsys.readouterr().err) == (1, said)
