"""What the readers' tests share: the project's contracts, a key, and files made for the test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.contract import load_contracts
from pipeline.formats.result import Reading, Source

KEY = bytes(range(32))


@pytest.fixture(scope="session")
def reading() -> Reading:
    return Reading(load_contracts(), KEY)


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str, bytes], Source]:
    """Write a file and give it the name people know it by."""

    def write(name: str, content: bytes) -> Source:
        path = tmp_path / name
        path.write_bytes(content)
        return Source(path, f"test/{name}")

    return write
