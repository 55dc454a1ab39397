"""What a reader holds does not grow with the file: measured in a process that has read a small one first."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import paths

FEW, MANY = 10_000, 40_000
MOST_GROWTH_MB = 24  # what is held of the many would be more: 700 bytes a row
CHILD = """
import json, sys
from collections.abc import Callable
from pathlib import Path
from pipeline.contract import load_contracts
from pipeline.formats.readers import READERS
from pipeline.formats.result import Reading, Source
from tests.process_memory import most_mb

reading = Reading(load_contracts(), bytes(range(32)))
made = []
for path in sys.argv[3:]:
    before = most_mb()
    pieces = READERS[sys.argv[1]]([Source(Path(path), "file")], sys.argv[2].split(","), reading)
    rows = sum(frame.rows for piece in pieces for frame in piece.frames)
    made.append((rows, most_mb() - before))
print(json.dumps(made))
"""


def call(number: int) -> str:
    at = f"2019-09-{1 + number % 28:02d}T08:{number % 60:02d}:00"
    return f"c{number};m{number // 2};{number}@example.dk;chair;{at};2019-10-01T08:00:00"


def webhook(number: int) -> str:
    kind = ("joined", "left")[number % 2]
    who = {"sid": f"PA_{number // 2}", "identity": f"patient {number // 2}"}
    told = {"event": f"participant_{kind}", "id": f"EV_{number}", "created_at": 1_569_916_800 + number}
    return json.dumps(told | {"room": {"sid": f"RM_{number // 4}"}, "participant": who})


def janus(number: int) -> str:
    stay, step = divmod(number, 2)
    data = {"event": ("joined", "leaving")[step], "room": stay // 2, "id": stay, "private_id": stay}
    told = {"type": 64, "timestamp": (1_569_916_800 + 60 * number) * 10**6, "session_id": stay}
    return json.dumps(told | {"handle_id": stay, "event": {"plugin": "v", "data": data}})


def event(number: int) -> str:
    data = {"participation_id": f"p{number}", "actor_pseudonym": f"s_{number}", "role": "host"}
    told = {"id": f"e{number}", "source": "/video/a1", "type": "dk.medvideo.participant.connected.v1"}
    return json.dumps(
        told | {"subject": "meeting/m", "time": "2019-10-01T07:30:00Z", "seq": number, "data": data}
    )


def booking(number: int) -> str:
    told = {"shortId": f"a27d{number:08d}", "labels": ["konference"], "organisation": "012345"}
    times = {"createdTime": "2019-10-01T10:00:00+02:00", "startTime": "2019-10-02T13:00:00 +0000"}
    more = [{"key": "Region", "value": "Syddanmark"}]
    return json.dumps(told | times | {"additionalInformation": more, "meetingType": "POOL"})


def card(number: int) -> str:
    # So long that the few fill a block of the file, and a piece of the many is no larger than one of theirs.
    said = "billedet hang nogle gange, og lyden kom lidt efter, men det gik fint på dag"
    return f"K-{number};012345;Syddanmark;09-10-2019;Ja;{said} {number}, og vi prøver igen en anden gang"


HISTORY = "id;conference;remote_alias;role;start_time;end_time\n"
CARDS = "Kortnummer;Ydernummer;Region;Mødedato;Gennemført;Bemærkning\n"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell what is held")
@pytest.mark.parametrize(
    ("form", "table", "head", "line"),
    [
        ("danish_csv", "postcards", CARDS, card),
        ("pexip", "session_events", HISTORY, call),
        ("livekit", "session_events", "", webhook),
        ("janus", "session_events", "", janus),
        ("session_log", "session_events", "", event),
        ("vdx_booking", "bookings", "", booking),
    ],
    ids=lambda one: one if isinstance(one, str) and ";" not in one else "",
)
def test_a_reader_holds_no_more_of_a_large_file(
    tmp_path: Path, form: str, table: str, head: str, line: Callable[[int], str]
) -> None:
    files: list[str] = []
    for count in (FEW, MANY):
        path = tmp_path / f"{count}.txt"
        path.write_text(head + "".join(f"{line(number)}\n" for number in range(count)), "utf-8")
        files.append(str(path))
    command = [sys.executable, "-c", CHILD, form, table, *files]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    (few, _), (many, grown) = json.loads(done.stdout)
    assert few >= FEW
    assert many >= MANY
    assert grown < MOST_GROWTH_MB
