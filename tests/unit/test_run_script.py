"""`./run`: what it says, what it pins, and that a second set-up leaves everything alone."""

import os
import re
import subprocess
import tomllib

import pytest

from pipeline import paths

LOCK = (paths.ROOT / "requirements.lock").read_text(encoding="utf-8")


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script with a closed standard input, as a machine without a person would."""
    return subprocess.run(
        [str(paths.ROOT / "run"), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
    )


def direct_dependencies() -> list[str]:
    """Names in pyproject.toml, core and every extra, as a lock spells them."""
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for group in project["optional-dependencies"].values() for line in group]
    names = [re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0] for line in [*project["dependencies"], *extras]]
    return [re.sub(r"[-_.]+", "-", name).lower() for name in names]


def locked() -> dict[str, list[str]]:
    """Each pinned requirement (`name==version`, its condition cut off) with the hashes below it."""
    pins: dict[str, list[str]] = {}
    pin = ""
    for line in LOCK.splitlines():
        if line and line[0] not in " #":
            pin = line.removesuffix("\\").strip()
            pins[pin] = []
        elif "--hash=" in line:
            pins[pin].append(line.strip(" \\"))
    return pins


@pytest.mark.parametrize("arguments", [(), ("rapport",)])
def test_usage_is_shown_in_both_languages_when_the_command_is_missing_or_unknown(arguments: tuple[str, ...]):
    done = call(*arguments)
    assert done.returncode == 2
    assert "Brug / Usage: ./run" in done.stderr
    for command in ("report", "test", "setup", "preview", "notebook", "bench", "lock"):
        assert re.search(rf"^  {command}\b", done.stderr, re.MULTILINE), command


def test_an_unknown_bench_is_named():
    done = call("bench", "findes-ikke")
    assert done.returncode == 1
    assert "tests/bench/findes-ikke.py findes ikke." in done.stderr


def test_the_lock_holds_no_address_and_no_option_but_hashes():
    code = [line.split("#", 1)[0] for line in LOCK.splitlines()]
    assert [line for line in code if "://" in line or " @ " in line] == []
    assert [line for line in code if "--" in line and "--hash=sha256:" not in line] == []


def test_every_direct_dependency_is_pinned_and_every_pin_has_hashes():
    pins = locked()
    names = {pin.split("==")[0] for pin in pins}
    assert [name for name in direct_dependencies() if name not in names] == []
    assert [pin for pin, hashes in pins.items() if "==" not in pin or not hashes] == []


def test_a_second_setup_does_nothing_and_needs_no_network():
    stamp = paths.ROOT / ".venv" / "installed.lock"
    if not stamp.exists():
        pytest.skip("the packages were not installed by ./run")
    before = stamp.stat().st_mtime_ns
    nowhere = "http://127.0.0.1:9/"
    done = call("setup", PIP_INDEX_URL=nowhere, UV_INDEX_URL=nowhere, UV_DEFAULT_INDEX=nowhere)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stamp.stat().st_mtime_ns == before


def test_every_shipped_font_has_its_licence_beside_it():
    fonts = paths.ROOT / "reports" / "fonts"
    assert {file.stem for file in fonts.glob("*.otf")} == {
        "Inter-Regular",
        "Inter-Italic",
        "Inter-SemiBold",
        "Inter-Bold",
    }
    assert "SIL OPEN FONT LICENSE" in (fonts / "OFL.txt").read_text(encoding="utf-8")
