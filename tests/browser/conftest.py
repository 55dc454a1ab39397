"""A node in a process of its own, and real browsers with a made-up camera and microphone."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from pipeline import paths
from pipeline.video import people
from pipeline.video.people import Person, links_of, wait_until
from pipeline.video.process import NodeProcess


def browser_path() -> str | None:
    """The browser that set-up found, else the system's."""
    noted = paths.ROOT / ".venv" / "browser-path"
    found = os.environ.get("BROWSER_PATH") or (noted.read_text("utf-8").strip() if noted.is_file() else "")
    return found or shutil.which("chromium") or shutil.which("google-chrome")


# No longer than a module: while it stands, no other event loop runs in this process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.skip("ingen browser: sæt BROWSER_PATH · no browser: set BROWSER_PATH")
    with people.browser(path) as made:
        yield made


class Served(NodeProcess):
    """A running node, with its log."""

    def events(self) -> list[dict[str, Any]]:
        lines = [
            json.loads(line)
            for path in sorted((self.state / "log").glob("events-*.jsonl"))
            for line in path.read_text("utf-8").splitlines()
        ]
        assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
        return lines

    def logged(self, kind: str) -> list[dict[str, Any]]:
        """The events of a type, ``participant.left`` for short."""
        return [event for event in self.events() if event["type"] == f"dk.medvideo.{kind}.v1"]

    def meeting(self, short_id: str) -> list[dict[str, Any]]:
        """A meeting's events; the last one is its end."""
        events = self.events()
        subject = next(one["subject"] for one in events if one["data"].get("short_id") == short_id)
        made = wait_until(lambda: self._ended(subject), 5, "mødet er slut")
        return [one for one in made if one.get("subject") == subject]

    def _ended(self, subject: str) -> list[dict[str, Any]]:
        events = self.events()
        is_over = any(
            one.get("subject") == subject and one["type"].endswith("meeting.ended.v1") for one in events
        )
        return events if is_over else []


@contextmanager
def serving(folder: Path, more: str = "") -> Iterator[Served]:
    """A node below ``folder``; ``more`` is added to its configuration."""
    made = Served(folder, more)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("node")) as made:
        yield made


Make = Callable[..., Person]


@pytest.fixture
def person(browser: Browser) -> Iterator[Make]:
    made: list[Person] = []

    def make(node: Served, **given: Any) -> Person:
        made.append(Person.at(browser, node.url, **given))
        return made[-1]

    yield make
    for one in made:
        one.context.close()


def doctor(make: Make, node: Served) -> Person:
    """A doctor who is logged in."""
    one = make(node)
    one.log_in_as_doctor()
    return one


def book(node: Served, one: Person, *given: Any, **more: Any) -> tuple[str, dict[str, str]]:
    """Book from the clinic's page: the short id, and each seat's link."""
    short_id = one.book(*given, **more)
    return short_id, links_of(node.messages(), short_id)
