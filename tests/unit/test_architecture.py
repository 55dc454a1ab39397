"""The house: layers point down, and a stage's ``deps`` name every file its module reaches."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import paths

PIPELINE = paths.ROOT / "pipeline"
LAYERS = (
    {"text", "paths", "params"},
    {"contract", "engine", "stats", "identifiers", "web", "webrtc", "sql"},
    {"formats", "mast", "economics"},
    {"report"},
    {"stages"},
    {"cli"},
)
SIDE = {
    "pilot": {"formats"},
    "portal": {"formats"},
    "video": set[str](),
    "exports": {"formats"},
    "privacy": {"formats"},
}
BELOW_SIDE = LAYERS[0] | LAYERS[1]
# What reading a parameter through a property comes down to in the file.
PROPERTIES = {"cut_offs": {"as_of", "compare_with"}}

MODULES = sorted(PIPELINE.rglob("*.py"))
STAGES: dict[str, dict[str, Any]] = yaml.safe_load((paths.ROOT / "dvc.yaml").read_text("utf-8"))["stages"]


def room(path: Path) -> str:
    """The top-level package or module below ``pipeline`` in which a file lies."""
    return path.relative_to(PIPELINE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[Path]:
    """The project's files that a file imports, those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "pipeline":
                yield from _files(name)


def _files(name: str) -> Iterator[Path]:
    stem = paths.ROOT.joinpath(*name.split("."))
    for candidate in (stem.with_suffix(".py"), stem / "__init__.py"):
        if candidate.is_file():
            yield candidate
    for parent in stem.parents:
        if parent == PIPELINE:
            break
        if (parent / "__init__.py").is_file():
            yield parent / "__init__.py"


def reached(path: Path) -> set[Path]:
    """A file, and every file of the project that it imports, directly or not."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += imported(file)
    return found


def allowed(importer: str) -> set[str]:
    if importer in SIDE:
        return BELOW_SIDE | SIDE[importer] | {importer}
    rank = next(index for index, layer in enumerate(LAYERS) if importer in layer)
    below = {name for layer in LAYERS[:rank] for name in layer}
    beside = LAYERS[0] if rank == 0 else {importer}
    return below | beside | (set(SIDE) if importer == "cli" else set[str]())


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PIPELINE).as_posix())
def test_imports_point_down(module: Path) -> None:
    if room(module) == "__init__":
        return
    wrong = {
        target.relative_to(PIPELINE).as_posix()
        for target in imported(module)
        if room(target) not in {*allowed(room(module)), "__init__"}
    }
    assert not wrong


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_the_module_of_its_name(stage: str) -> None:
    assert STAGES[stage]["cmd"] == f"python -m pipeline.stages.{stage}"
    assert (PIPELINE / "stages" / f"{stage}.py").is_file()


@pytest.mark.parametrize("stage", STAGES)
def test_deps_cover_what_the_module_reaches(stage: str) -> None:
    deps = [paths.ROOT / dep for dep in STAGES[stage]["deps"]]
    files = reached(PIPELINE / "stages" / f"{stage}.py")
    uncovered = {
        file.relative_to(paths.ROOT).as_posix()
        for file in files
        if file.stat().st_size and not any(file == dep or file.is_relative_to(dep) for dep in deps)
    }
    assert not uncovered
    assert paths.PARAMS not in deps, "params.yaml enters only through params:"


@pytest.mark.parametrize("stage", STAGES)
def test_deps_name_nothing_that_is_not_there_or_made(stage: str) -> None:
    made = {
        next(iter(out)) if isinstance(out, dict) else out
        for other in STAGES.values()
        for out in other["outs"]
    }
    for dep in STAGES[stage]["deps"]:
        is_made = any(dep == out or dep.startswith(f"{out}/") for out in made)
        assert is_made or (paths.ROOT / dep).exists(), dep


@pytest.mark.parametrize("stage", STAGES)
def test_params_a_stage_reads_are_declared(stage: str) -> None:
    declared: set[str] = set()
    for entry in STAGES[stage].get("params", []):
        assert list(entry) == ["pipeline/params.yaml"]
        declared |= {name.split(".")[0] for name in entry["pipeline/params.yaml"]}
    tree = ast.parse((PIPELINE / "stages" / f"{stage}.py").read_text("utf-8"))
    read: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "params":
            read |= PROPERTIES.get(node.attr, {node.attr})
    assert read - {"load"} <= declared


def test_general_packages_do_not_name_the_particular() -> None:
    """A second evaluation is set up without touching these packages."""
    particular = ("postcard", "postkort", "video", "pilot")
    named = {
        f"{file.relative_to(PIPELINE).as_posix()}: {word}"
        for name in ("contract", "engine", "stats", "economics", "report")
        for file in (PIPELINE / name).rglob("*.py")
        for word in particular
        if word in file.read_text("utf-8").casefold()
    }
    assert not named
