"""Coverage-guided fuzzing of every reader: executions per second, and what made one fail.

Run with ``./run bench fuzz [seconds per reader] [reader …]``; needs ``atheris`` (Apache-2.0), which is no
dependency of the project: without it nothing is run and that is said. An input is one file of the reader's
example, or one member of its zip; the others stay as they are. Inputs that fail are kept below
``data/state/fuzz``.
"""

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pipeline import paths

SECONDS = 20
MOST_BYTES, MOST_MB, SLOW_S = 20_000, 1_000, 20
KEPT = paths.ROOT / "data" / "state" / "fuzz"
ONE = "--one"


def main(seconds: int, wanted: list[str]) -> int:
    """Fuzz the readers one after the other, each in a process of its own; 1 where one failed."""
    if find_spec("atheris") is None:
        print("atheris er ikke installeret; der er intet kørt · atheris is not installed; nothing was run")
        return 0
    from pipeline.formats.readers import READERS

    failed = 0
    for name in wanted or sorted(READERS):
        folder = KEPT / name
        folder.mkdir(parents=True, exist_ok=True)
        before = set(folder.iterdir())
        done = subprocess.run(
            [sys.executable, __file__, ONE, name, str(seconds)], capture_output=True, text=True, check=False
        )
        kept = sorted(path.name for path in set(folder.iterdir()) - before)
        said = done.stdout + done.stderr
        runs = re.findall(r"stat::number_of_executed_units:\s*(\d+)", said) or re.findall(r"#(\d+)\s", said)
        rate = int(runs[-1]) / seconds if runs else 0
        covered = re.findall(r"cov: (\d+)", said)
        is_fine = done.returncode == 0 and not kept
        failed += not is_fine
        print(
            f"{name:18} {rate:8.0f} /s   branches {covered[-1] if covered else '?':>6}   failures {len(kept)}"
        )
        if not is_fine:
            trace = said[said.rfind("Uncaught Python exception") :] if "Uncaught" in said else said[-1500:]
            print("\n".join(f"    {line}" for line in trace.splitlines()[:25]))
            print(f"    {', '.join(str(folder / item) for item in kept)}")
    return 1 if failed else 0


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one reader until time is up or it fails; does not return."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(
        include=["pipeline.formats", "pipeline.contract", "pipeline.identifiers"]
    ):
        examples: Any = import_module("tests.unit.formats.examples")
    example = examples.EXAMPLES[name]
    places = list(_places(example.files))

    def once(data: bytes) -> None:
        if data:
            files = _with(example.files, places[data[0] % len(places)], data[1:])
            examples.check(examples.read(name, files, example.tables))

    corpus = KEPT / f"{name}.corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, (file, member) in enumerate(places):
        content = example.files[file] if member is None else _member(example.files[file], member)
        (corpus / f"seed-{number}").write_bytes(bytes([number]) + content)
    options = [
        f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}",
        f"-rss_limit_mb={MOST_MB}", f"-timeout={SLOW_S}",
        f"-artifact_prefix={KEPT / name}/", "-print_final_stats=1", str(corpus),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options], once)
    atheris.Fuzz()


def _places(files: Mapping[str, bytes]) -> Iterator[tuple[str, str | None]]:
    """What may be replaced: each file, and each member of one that is a zip."""
    for file, content in files.items():
        yield file, None
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from ((file, member) for member in archive.namelist())


def _member(content: bytes, member: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(member)


def _with(files: Mapping[str, bytes], place: tuple[str, str | None], content: bytes) -> dict[str, bytes]:
    file, member = place
    if member is None:
        return {**files, file: content}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files[file])) as archive, zipfile.ZipFile(buffer, "w") as made:
        for name in archive.namelist():
            made.writestr(zipfile.ZipInfo(name), content if name == member else archive.read(name))
    return {**files, file: buffer.getvalue()}


if __name__ == "__main__":
    if sys.argv[1:2] == [ONE]:
        fuzz(sys.argv[2], int(sys.argv[3]))
    else:
        seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
        sys.exit(main(seconds, sys.argv[2:]))
