"""What ``dvc repro`` costs, beside DVC's own price: the same DAG of empty commands, in the same run.

Run with ``./run bench repro``. It works in copies of the committed files below a temporary folder.
Printed: a full run from nothing, a run with nothing to do, a run after one cost parameter changed (which
must not ingest again), and each stage's wall time and peak memory.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from pipeline import paths

REPEATS = 5
MEMORY_TARGET_GB = 1.5
FULL_TARGET = (4.0, 60.0)
IDLE_TARGET = 1.3


def checkout(folder: Path) -> Path:
    """A copy of the files git tracks, as a repository of its own with no DVC cache."""
    subprocess.run(["git", "clone", "-q", str(paths.ROOT), str(folder)], check=True)
    (folder / ".venv").symlink_to(paths.ROOT / ".venv")
    return folder


def empty_dag(folder: Path) -> Path:
    """The same stages, deps and outs, where each command only makes its outs."""
    dag: dict[str, Any] = yaml.safe_load((folder / "dvc.yaml").read_text("utf-8"))
    for stage in dag["stages"].values():
        outs = [next(iter(out)) if isinstance(out, dict) else out for out in stage["outs"]]
        makes = [f"touch {out}" if Path(out).suffix else _makes_folder(out, dag["stages"]) for out in outs]
        stage["cmd"] = " && ".join(
            f"mkdir -p {Path(out).parent} && {make}" for out, make in zip(outs, makes, strict=True)
        )
    (folder / "dvc.yaml").write_text(yaml.safe_dump(dag), encoding="utf-8")
    (folder / "dvc.lock").unlink(missing_ok=True)
    return folder


def _makes_folder(out: str, stages: dict[str, Any]) -> str:
    needed = {dep for stage in stages.values() for dep in stage["deps"] if dep.startswith(f"{out}/")}
    return f"mkdir -p {out} && touch {' '.join(sorted(needed | {f'{out}/made'}))}"


def dvc(folder: Path, *arguments: str) -> tuple[float, str]:
    """Seconds and output of one ``dvc`` command in a folder."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(folder),
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        sys.exit(f"dvc {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")
    return seconds, done.stdout


def _environment(folder: Path) -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "DVC_NO_ANALYTICS": "1",
        "PYTHONPATH": str(folder),
        "PATH": f"{scripts}:{os.environ['PATH']}",
    }


def stage_cost(folder: Path, stage: str) -> tuple[float, float]:
    """Wall seconds and peak gigabytes of one stage run by itself, as the kernel accounts for it."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", f"pipeline.stages.{stage}"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env=_environment(folder),
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"stage {stage} failed")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024**2


def change_a_cost(folder: Path) -> None:
    """Move the first plain value of the section ``costs`` within its range."""
    file = folder / "pipeline" / "params.yaml"
    before, costs = file.read_text("utf-8").split("\ncosts:", 1)
    found = re.search(r"\bvalue: (\d+(?:\.\d+)?)\b.*?\bhigh: (\d+(?:\.\d+)?)", costs, re.DOTALL)
    if not found:
        sys.exit("no cost parameter found")
    changed = costs[: found.start(1)] + found.group(2) + costs[found.end(1) :]
    file.write_text(f"{before}\ncosts:{changed}", encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        real = checkout(Path(name) / "real")
        empty = empty_dag(checkout(Path(name) / "empty"))
        dvc_full, _ = dvc(empty, "repro")
        full, _ = dvc(real, "repro")
        idle_times = [(dvc(real, "repro")[0], dvc(empty, "repro")[0]) for _ in range(REPEATS)]
        idle, dvc_idle = (statistics.median(column) for column in zip(*idle_times, strict=True))
        ratio_idle = statistics.median(mine / peer for mine, peer in idle_times)
        change_a_cost(real)
        changed, output = dvc(real, "repro")
        rerun = re.findall(r"Running stage '(\w+)'", output)
        stages = list(yaml.safe_load((real / "dvc.yaml").read_text("utf-8"))["stages"])
        costs = {stage: stage_cost(real, stage) for stage in stages}

    limit = FULL_TARGET[0] * dvc_full + FULL_TARGET[1]
    print(f"full run from nothing      {full:7.1f} s   empty DAG {dvc_full:5.1f} s   target ≤ {limit:.1f} s")
    print(
        f"nothing to do (median of {REPEATS}) {idle:5.2f} s   empty DAG {dvc_idle:5.2f} s   "
        f"ratio {ratio_idle:.2f} (target ≤ {IDLE_TARGET})"
    )
    print(f"one cost parameter changed {changed:7.1f} s   reran {', '.join(rerun)}")
    for stage, (seconds, memory) in sorted(costs.items(), key=lambda item: -item[1][0]):
        print(f"  {stage:10} {seconds:6.1f} s  {memory:5.2f} GB  (target < {MEMORY_TARGET_GB} GB)")
    if "ingest" in rerun:
        sys.exit("a changed cost parameter must not ingest again")


if __name__ == "__main__":
    main()
