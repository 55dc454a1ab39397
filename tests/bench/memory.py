"""Megabytes and seconds of every reader, and of the ingest stage, on a large file, each in its own process.

Run with ``./run bench memory [share] [reader …]``; ``share`` of the lines, 0.2 where a machine is slow. The
file has a million lines where the format has lines and the reader takes so many; the hostile ones are what a
stranger may send. Seconds are of the processor. Target: 300 MB for a reader, imports included; what ingest
holds beside a piece and its database's share does not grow.
"""

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.process_memory import most_mb

MOST_MB = 300
START = datetime(2019, 10, 1, 8, tzinfo=UTC)
KEY = bytes(range(32))
ENTRY = "project.qde"


@dataclass(frozen=True)
class Large:
    """A file to read: its format and tables, how many lines it has, and what writes it."""

    format: str
    tables: tuple[str, ...]
    file: str
    lines: int
    write: Callable[[Path, int], None]


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def iso(second: float) -> str:
    return at(second).strftime("%Y-%m-%dT%H:%M:%S.%f")


def texts(head: str, line: Callable[[int], str], encoding: str = "utf-8") -> Callable[[Path, int], None]:
    def write(path: Path, lines: int) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            file.write(head)
            file.writelines(f"{line(number)}\n" for number in range(lines))

    return write


def objects(make: Callable[[int], object]) -> Callable[[Path, int], None]:
    return texts("", lambda number: json.dumps(make(number)))


CARDS = (
    "Kortnummer;Bookingnummer;Ydernummer;SOR-kode;Region;Mødedato;Gennemført;Årsag til ikke gennemført;"
    "Billede og lyd;Længere tid end vanligt;Mødetype;Anvendelse;Erstattede;Bemærkning\r\n"
)


def card(number: int) -> str:
    return (
        f"S-{number:07d};14dwb93rx9nz;p_afjqvxslesmqx44lk3pi;;Syddanmark;{1 + number % 28:02d}-10-2019;Ja;;"
        f"Godt billede / god lyd;Nej;Videokonsultation;Konsultation i stedet for fremmøde;"
        f"Fremmøde i klinikken;Gik fint på dag {number % 50}\r"
    )


def bad_card(number: int) -> str:
    return card(number).replace(";Ja;", ";måske;").replace("Syddanmark", "Skåne")


def sheet(path: Path, lines: int) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    made = book.create_sheet("Kort")
    made.append(CARDS.strip().split(";"))
    for number in range(lines):
        cells: list[Any] = card(number).strip().split(";")
        cells[5] = at(number % 28 * 86400).date()
        made.append(cells)
    book.save(path)


PEXIP = (
    "id;conference;conference_name;display_name;remote_alias;start_time;end_time;role;service_type;protocol;"
    "call_quality;bucketed_call_quality;disconnect_reason;has_media;is_streaming;media_streams\n"
)


def call(number: int) -> str:
    meeting, who = divmod(number, 2)
    return (
        f"call-{number};/api/admin/history/v1/conference/meeting-{meeting}/;Room {meeting};Name {number};"
        f"person{number % 5000}@example.dk;{iso(meeting)};{iso(meeting + 900)};{('chair', 'guest')[who]};"
        'conference;WebRTC;good;"[0, 3, 0, 0, 0]";Remote disconnect;True;False;System.Object[]'
    )


HOOKS = ("room_started", *("participant_joined",) * 2, *("participant_left",) * 2, "room_finished")


def webhook(number: int) -> dict[str, object]:
    meeting, step = divmod(number, len(HOOKS))
    who = 2 * meeting + step % 2
    began = int(at(meeting).timestamp())
    return {
        "event": HOOKS[step], "id": f"EV_{number}", "createdAt": str(began + step),
        "room": {"sid": f"RM_{meeting}", "name": f"room {meeting}", "creationTime": str(began)},
        "participant": {"sid": f"PA_{who}", "identity": f"person {who}", "joinedAt": str(began + 1)},
    }  # fmt: skip


def lost_webhook(number: int) -> dict[str, object]:
    """Of a stay whose join is lost, and of a room of its own."""
    return webhook(len(HOOKS) * number + 3)


def janus_event(number: int, per_stay: int = 8) -> dict[str, object]:
    stay, step = divmod(number, per_stay)
    time = int((at(stay + 12 * step).timestamp()) * 10**6)
    who = {"emitter": "a1", "session_id": stay, "handle_id": stay + 10**6, "timestamp": time}
    room = {"plugin": "janus.plugin.videoroom", "data": {"room": stay // 2, "id": stay, "private_id": stay}}
    if step in (0, per_stay - 1):
        room["data"] |= {"event": "leaving" if step else "joined", "display": f"Name {stay}"}  # type: ignore[operator]
        return who | {"type": 64, "event": room}
    if step == 1:
        return who | {"type": 16, "event": {"connection": "webrtcup"}}
    told = {"mid": "0", "media": "audio", "rtt": 40, "jitter-remote": 5, "lost": 0}
    return who | {"type": 32, "event": told | {"packets-sent": 500 * step, "lost-by-remote": step}}


def never_left(number: int) -> dict[str, object]:
    """Joined, and a report of another track each time; nobody leaves."""
    return janus_event(8 * (number // 2)) if number % 2 else janus_event(8 * (number // 2) + 2)


def meeting(number: int) -> dict[str, object]:
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    short = "".join(letters[number >> 5 * place & 31] for place in range(12))
    return {
        "uuid": f"46b46a1e-{number}", "shortId": short, "meetingType": "POOL", "labels": ["konference"],
        "startTime": at(number).strftime("%Y-%m-%dT%H:%M:%S +0000"), "subject": f"Samtale {number}",
        "createdTime": "2019-10-01T10:00:00+02:00", "organisation": "012345",
        "additionalInformation": [{"key": "Region", "value": "Syddanmark"}],
    }  # fmt: skip


def scheduling(number: int) -> dict[str, object]:
    return {"uuid": f"46b46a1e-{number}", "provisionStatus": "PROVISIONED_OK", "pool": True}


def event(number: int, source: str = "/video/node/a1") -> dict[str, object]:
    return {
        "specversion": "1.0", "id": f"event-{number}", "source": source, "seq": number, "bootid": "b1",
        "type": "dk.medvideo.participant.connected.v1", "subject": f"meeting/meeting-{number // 4}",
        "time": f"{iso(number)}Z",
        "data": {"participation_id": f"stay-{number}", "actor_pseudonym": f"s_{number:x}", "role": "host"},
    }  # fmt: skip


def gap(number: int) -> dict[str, object]:
    """Of one of many sources, each with gaps."""
    return event(2 * number, f"/video/{number % 500_000}")


def polled(number: int) -> list[object]:
    time = int(at(2 * number).timestamp() * 1000)
    stats = {
        "type": "inbound-rtp",
        "kind": "audio",
        "ssrc": 7,
        "packetsReceived": 50 * number,
        "packetsLost": 0,
    }
    return ["getstats", "PC_0", {"in": stats, "timestamp": time}, time]


def series(path: Path, lines: int) -> None:
    """A dump of many connections, a thousand samples each."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"PeerConnections": {')
        for number in range(lines // 1000):
            start = int(at(5000 * number).timestamp() * 1000)
            times = [start + 1000 * second for second in range(1000)]
            values = {"packetsReceived": [*range(1000)], "packetsLost": [0] * 1000, "kind": ["audio"] * 1000,
                      "timestamp": times}  # fmt: skip
            told = {
                f"IT01-{name}": {
                    "startTime": f"{iso(5000 * number)[:-3]}Z",
                    "endTime": f"{iso(5000 * number + 999)[:-3]}Z",
                    "statsType": "inbound-rtp", "values": json.dumps(one),
                }
                for name, one in values.items()
            }  # fmt: skip
            file.write(f'{"," if number else ""}"{number}-1": {json.dumps({"stats": told, "updateLog": []})}')
        file.write('}, "UserAgent": "x"}')


def coded(path: Path, lines: int) -> None:
    """A project of one text and as many codings as there are lines."""
    text = "".join(f"Læge 1: Teknikken driller {number:06d}.\n" for number in range(lines))
    width = len(text) // lines
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(ENTRY, "w") as file:
            file.write(
                b'<Project name="p" xmlns="urn:QDA-XML:project:1.0" creatingUserGUID="u1">'
                b'<Users><User guid="u1" name="Koder A"/></Users>'
                b'<CodeBook><Codes><Code guid="c1" name="Teknik giver usikkerhed"/>'
                b'</Codes></CodeBook><Sources><TextSource guid="t1" name="fokusgruppe_2_2019-11-05.txt"'
                b' plainTextPath="internal://t1.txt">'
            )
            for number in range(lines):
                file.write(
                    f'<PlainTextSelection guid="s{number}" startPosition="{width * number}"'
                    f' endPosition="{width * number + 20}"><Coding guid="g{number}">'
                    '<CodeRef targetGUID="c1"/></Coding></PlainTextSelection>'.encode()
                )
            file.write(b"</TextSource></Sources></Project>")
        archive.writestr("sources/t1.txt", text)


def xml(part: Callable[[int], str]) -> Callable[[Path, int], None]:
    def write(path: Path, lines: int) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(ENTRY, "w") as file:
            file.write(b'<Project xmlns="urn:QDA-XML:project:1.0">')
            for number in range(lines):
                file.write(part(number).encode())
            file.write(b"</Project>")

    return write


EVENTS, QUESTIONS = ("session_events",), ("questionnaires",)
MILLION = 1_000_000

CARD, BOOKING, INTERVIEW = ("postcards",), ("bookings",), ("interview_units", "interview_codings")
FEES = "YDERNR;Region;HONUGE;SPECIALE;ANTYDEL;BRUHON\n"
RESPONSES = '"id","submitdate","lastpage","Fik kontakt til lægen","Kommentar"\n'


def fee(number: int) -> str:
    return f"{number % 9999:06d};1083;22{1 + number % 50:02d};800125;2;29458"


def response(number: int) -> str:
    return f'"{number}","2019-09-01 10:00:00","3","Ja","fint {number}"'


def attributes(number: int) -> str:
    return "<Code " + " ".join(f'a{place}="{number}"' for place in range(15)) + "/>"


LARGE: Mapping[str, Large] = {
    "danish_csv": Large("danish_csv", CARD, "kort.csv", 3 * MILLION, texts(CARDS, card, "cp1252")),
    "danish_csv, refused": Large("danish_csv", CARD, "kort.csv", MILLION, texts(CARDS, bad_card, "cp1252")),
    "danish_csv, xlsx": Large("danish_csv", CARD, "kort.xlsx", 99_000, sheet),
    "fees": Large("fees", ("fee_lines", "fee_codes"), "linjer.csv", MILLION, texts(FEES, fee)),
    "limesurvey": Large("limesurvey", QUESTIONS, "results-survey.csv", 135_000, texts(RESPONSES, response)),
    "pexip": Large("pexip", EVENTS, "history.csv", MILLION, texts(PEXIP, call)),
    "livekit": Large("livekit", EVENTS, "webhooks.jsonl", MILLION, objects(webhook)),
    "livekit, joins lost": Large("livekit", EVENTS, "webhooks.jsonl", MILLION, objects(lost_webhook)),
    "janus": Large("janus", EVENTS, "janus.jsonl", MILLION, objects(janus_event)),
    "janus, ends lost": Large("janus", EVENTS, "janus.jsonl", MILLION, objects(never_left)),
    "vdx_booking": Large("vdx_booking", BOOKING, "meetings.json", MILLION, objects(meeting)),
    "vdx_booking, rooms": Large("vdx_booking", BOOKING, "meetings.json", MILLION, objects(scheduling)),
    "session_log": Large("session_log", EVENTS, "events.jsonl", MILLION, objects(event)),
    "session_log, gaps": Large("session_log", EVENTS, "events.jsonl", MILLION, objects(gap)),
    "rtcstats": Large("rtcstats", EVENTS, "dump.ndjson", MILLION, objects(polled)),
    "webrtc_internals": Large("webrtc_internals", EVENTS, "dump.json", MILLION, series),
    "refi_qda": Large("refi_qda", INTERVIEW, "i.qdpx", 100_000, coded),
    "refi_qda, wide": Large("refi_qda", (), "i.qdpx", 1_500_000, xml(lambda _: "<a/>")),
    "refi_qda, attributes": Large("refi_qda", (), "i.qdpx", 100_000, xml(attributes)),
    "refi_qda, deep": Large("refi_qda", (), "i.qdpx", 15_000, xml(lambda _: "<a>" * 98 + "</a>" * 98)),
    "refi_qda, one text": Large("refi_qda", (), "i.qdpx", 60, xml(lambda _: "æ" * 500_000)),
    "refi_qda, texts": Large(
        "refi_qda", (), "i.qdpx", 700_000, xml(lambda n: f"<Set>note {n}</Set>tail {n}")
    ),
}


INGESTED = ("danish_csv", "danish_csv, refused", "janus")


def main(wanted: list[str]) -> int:
    share = float(wanted.pop(0)) if wanted and wanted[0].replace(".", "").isdigit() else 1.0
    most = 0.0
    for name, large in LARGE.items():
        if wanted and name not in wanted and large.format not in wanted:
            continue
        lines = int(large.lines * share)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / large.file
            large.write(path, lines)
            most = max(most, shown(name, "read", path, lines))
            if name in INGESTED:
                shown(name, "ingest", path, lines)
    print(f"{'most':28} {most:5.0f} MB   (target ≤ {MOST_MB})")
    return int(most > MOST_MB)


def shown(name: str, work: str, path: Path, lines: int) -> float:
    """Let a process do ``work`` on the file, and print what it took; its megabytes."""
    command = [sys.executable, __file__, f"--{work}", name, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    made = json.loads(done.stdout.splitlines()[-1])
    per = made["seconds"] * MILLION / lines
    title = name if work == "read" else f"{work}: {name}"
    print(
        f"{title:28} {made['mb']:5.0f} MB   {per:7.1f} s per million lines   {made['rows']:9,} rows"
        f"   {made['refused']:9,} refused   {made['problems']:9,} problems",
        flush=True,
    )
    return made["mb"]


def read(name: str, path: Path) -> dict[str, int]:
    """Read in this process; nothing of a piece is kept."""
    from pipeline.contract import load_contracts
    from pipeline.formats.readers import READERS
    from pipeline.formats.result import Reading, Source

    large = LARGE[name]
    rows = refused = problems = 0
    pieces: Iterator[Any] = READERS[large.format](
        [Source(path, path.name)], large.tables, Reading(load_contracts(), KEY)
    )
    for piece in pieces:
        rows += sum(frame.rows for frame in piece.frames)
        refused += len(piece.quarantine)
        problems += len(piece.problems)
    return {"rows": rows, "refused": refused, "problems": problems}


def ingest(name: str, path: Path) -> dict[str, int]:
    """Run the stage on a delivery of this one file."""
    from pipeline import paths
    from pipeline.formats.deliveries import Delivery, write_index
    from pipeline.params import load
    from pipeline.stages.ingest import run
    from pipeline.text import ProblemError

    large = LARGE[name]
    told = Delivery(
        "large", "pilot", large.tables, large.format, (path.name,), (paths.sha256(path),),
        START.date(), 1, "accepted", is_reconstructed=True,
    )  # fmt: skip
    write_index(path.parent / paths.DELIVERIES.name, [told])
    out = path.parent / "out"
    with suppress(ProblemError):  # that no row can be used; all is written before
        run(raw=path.parent, schemas=paths.SCHEMAS, out=out, params=load())
    made = json.loads((out / "summary.json").read_text("utf-8"))
    refused = sum(made["quarantine"].values())
    return {"rows": made["rows_accepted"], "refused": refused, "problems": sum(made["problems"].values())}


WORK = {"--read": read, "--ingest": ingest}


def one(work: Callable[[str, Path], dict[str, int]], name: str, path: Path) -> None:
    """Do ``work`` in this process, and say what it took."""
    start = time.process_time()
    made = work(name, path)
    seconds = time.process_time() - start
    print(json.dumps({"mb": most_mb(), "seconds": seconds, **made}))


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in WORK:
        one(WORK[sys.argv[1]], sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main(sys.argv[1:]))
