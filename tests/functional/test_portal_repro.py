"""What the portal took is used by the next run: `mast accept` and `dvc repro` in a checkout of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import paths
from pipeline.contract.store import read
from pipeline.portal.desk import Desk
from pipeline.portal.portal import Portal
from tests.functional.portal_client import at_a_portal, card, cards, clerk

pytestmark = pytest.mark.slow


def run(root: Path, *command: str) -> str:
    """A command of the project in ``root``, with this Python first; what it says."""
    here = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    given = os.environ | {"PYTHONPATH": str(root), "PATH": here}
    made = subprocess.run(
        [sys.executable, "-m", *command], cwd=root, env=given, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The code, the contracts and the order of the stages, without deliveries."""
    root = tmp_path / "checkout"
    for name in ("pipeline", "schemas"):
        shutil.copytree(paths.ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(paths.ROOT / "dvc.yaml", root)
    (root / "data" / "raw").mkdir(parents=True)
    run(root, "dvc", "init", "-q", "--no-scm")
    return root


def used(root: Path) -> list[str]:
    """The cards that the pipeline has after its first stage."""
    run(root, "dvc", "repro", "-q", "ingest")
    rows = read(root / "data" / "tables" / "delivered" / "postcards.parquet").to_pylist()
    return sorted(row["card_id"] for row in rows)


def test_what_is_accepted_is_used_and_what_is_withdrawn_is_gone(checkout: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    file = tmp_path / "portal.toml"
    file.write_text(f'state_folder = "{state.as_posix()}"\n', encoding="utf-8")
    config = ("--config", str(file))
    ids: list[str] = []

    async def deliver(portal: Portal) -> None:
        async with clerk(portal) as one:
            await one.log_in()
            for numbers in ((1, 2), (3,)):
                ids.append(await one.send("postcards", cards(*map(card, numbers))))
                await one.post(f"/kvittering/{ids[-1]}/bekraeft")

    at_a_portal(deliver, state)
    run(checkout, "pipeline.cli", "accept", *ids, "--note", "set igennem", *config)
    assert 'note = "set igennem"' in (checkout / "data/raw/deliveries.toml").read_text("utf-8")
    assert used(checkout) == ["K-1", "K-2", "K-3"]
    Desk(state).withdraw(ids[1], "en medarbejder")
    assert f"{ids[1]}: trukket tilbage" in run(checkout, "pipeline.cli", "accept", *config)
    assert used(checkout) == ["K-1", "K-2"]
