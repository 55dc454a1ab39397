"""``mast key``: a new key for an evaluation, in a file of its own outside the repository."""

import argparse
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from pipeline import paths
from pipeline.identifiers.keys import KEY_BYTES, KEY_FILE_VARIABLE, key_id
from pipeline.text import Problem, ProblemError, Text

ROTATED = Text(
    "Den nye nøgle gælder det, der leveres fra nu af. Tidligere leverancer skal komme igen: deres numre er"
    " ikke gemt, og indtil da passer deres nøgler ikke med de nye.",
    "The new key holds for what is delivered from now on. Earlier deliveries must come again: their numbers"
    " are not kept, and until then their keys do not fit the new ones.",
)


def main(argv: Sequence[str]) -> int:
    """``new`` or ``rotate``: both make a key; the second says what it means for what was delivered."""
    parser = argparse.ArgumentParser(
        prog="mast key", description="nøglen til pseudonymer · the pseudonyms' key"
    )
    parser.add_argument("what", choices=("new", "rotate"))
    parser.add_argument("file", type=Path, help="ny fil uden for projektet · a new file outside the project")
    arguments = parser.parse_args(argv)
    fingerprint = write_key(arguments.file)
    params = paths.relative(paths.PARAMS)
    print(f"Fingeraftryk · fingerprint: {fingerprint}")
    print(f"Sæt key_id i {params} til det, og {KEY_FILE_VARIABLE} til filens sti.")
    print(f"Set key_id in {params} to it, and {KEY_FILE_VARIABLE} to the file's path.")
    if arguments.what == "rotate":
        print(ROTATED.da)
        print(ROTATED.en)
    return 0


def write_key(path: Path) -> str:
    """Write 256 random bits to a new file that only its owner may read; gives the fingerprint.

    Raises ProblemError for a file that exists, or lies where the project is kept and shared.
    """
    if path.resolve().is_relative_to(paths.ROOT):
        raise _refused(
            "nøglen skal ligge uden for projektets mappe", "the key must lie outside the project's folder"
        )
    secret = secrets.token_bytes(KEY_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        text = "filen findes; en nøgle overskrives aldrig", "the file exists; a key is never overwritten"
        raise _refused(*text) from None
    except OSError as error:
        raise _refused("filen kan ikke skrives", "the file cannot be written") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")
    return key_id(secret)


def _refused(da: str, en: str) -> ProblemError:
    # The path is not shown: where a key lies is nobody's business.
    return ProblemError(Problem("mast key", None, "file", "key", Text(da, en), "critical"))
