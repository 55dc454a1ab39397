"""A small delivery of every format that is fine, of which fuzzed ones are made, and what holds for all.

A new reader's example is one entry in ``EXAMPLES``: the contract tables and the files by name.
"""

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract import load_contracts
from pipeline.formats.readers import READERS
from pipeline.formats.result import Read, Reading, Source, gathered

READING = Reading(load_contracts(), bytes(range(32)))


@dataclass(frozen=True)
class Example:
    """One delivery: the tables that it says it holds, and its files by name."""

    tables: tuple[str, ...]
    files: Mapping[str, bytes]


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Stored, so that a changed byte is a changed byte of a member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


CARDS = """Kortnummer;Ydernummer;Region;Mødedato;Gennemført;Billede og lyd;Bemærkning
K-1;012345;Syddanmark;09-10-2019;Ja;Godt billede / god lyd;"gik fint; tak"
K-2;012345;Midtjylland;10-10-2019;Nej;;kom ikke på
"""
LINES = """YDERNR;Region;HONUGE;SPECIALE;ANTYDEL;BRUHON
012345;1083;2201;800125;2;29458
012345;1082;2152;800101;1;0
"""
FEES = """Ydelseskode;Gyldig fra;Gyldig til;Honorar (kr.);Prisniveau;Betydning på dansk
0125;01-01-2022;31-03-2022;147,29;oktober 2021-niveau;Videokonsultation
"""
ANSWERS = """svarnr;dato;s_1;s_3_1;fri
1;2019-09-01 10:00:00;1;1;fint
2;02-09-2019;2;;
"""
LABELS = """variabel;værdi;tekst
s_1;1;Ja
s_1;2;Nej
"""
STRUCTURE = """variabel;type;spørgsmål;svarmulighed
svarnr;tekst;Svarnummer;
dato;dato;Besvaret;
s_1;enkelt;Fik kontakt til lægen;
s_3_1;flere;Ulemper;Det er for upersonligt
fri;tekst;Kommentar;
"""
INTERVIEW = "Interviewer: Hvordan går det?\n\nLæge 1: Teknikken driller.\n"
PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<Project name="p" xmlns="urn:QDA-XML:project:1.0" creatingUserGUID="u1">
<Users><User guid="u1" name="Koder A"/></Users>
<CodeBook><Codes><Code guid="c1" name="Teknik giver usikkerhed" isCodable="true"/></Codes></CodeBook>
<Sources><TextSource guid="t1" name="fokusgruppe_2_2019-11-05.txt" plainTextPath="internal://t1.txt">
<PlainTextSelection guid="s1" startPosition="31" endPosition="50"><Coding guid="g1" creatingUser="u1">
<CodeRef targetGUID="c1"/></Coding></PlainTextSelection></TextSource></Sources></Project>"""
EVENTS = "".join(
    json.dumps(
        {
            "specversion": "1.0",
            "id": f"e{seq}",
            "source": "/video/node/a1",
            "type": "dk.medvideo.participant.connected.v1",
            "subject": "meeting/m-1",
            "time": "2019-10-01T07:30:00.123Z",
            "seq": seq,
            "bootid": "b1",
            "data": {
                "participation_id": f"p{seq}",
                "actor_pseudonym": "s_abc",
                "role": "host",
                "inferred": False,
            },
        }
    )
    + "\n"
    for seq in (1, 2)
).encode()
MANIFEST = json.dumps(
    {
        "files": [
            {
                "file": "events-a1.jsonl",
                "sha256": hashlib.sha256(EVENTS).hexdigest(),
                "source": "/video/node/a1",
                "first_seq": 1,
                "last_seq": 2,
            }
        ]
    }
).encode()

# A call of forty seconds as a browser dumps it, by rtcstats and by webrtc-internals.
BEGUN_MS = 1_572_000_000_000
DUMP = "".join(
    json.dumps(entry) + "\n"
    for entry in (
        ["connectionInfo", None, {"clientProtocol": "3_LEGACY"}, BEGUN_MS],
        ["onconnectionstatechange", "PC_0", "connected", BEGUN_MS],
        *(
            [
                "getstats",
                "PC_0",
                {
                    "in": {"type": "inbound-rtp", "kind": "audio", "ssrc": 7, "packetsReceived": 50 * second,
                           "packetsLost": 0},
                    "timestamp": BEGUN_MS + 1000 * second,
                },
                BEGUN_MS + 1000 * second,
            ]
            for second in range(0, 41, 2)
        ),
        ["onconnectionstatechange", "PC_0", "closed", BEGUN_MS + 40_000],
    )
)  # fmt: skip
SERIES = {
    f"IT01A7-{name}": {
        "startTime": "2019-10-25T10:40:00.000Z",
        "endTime": "2019-10-25T10:40:40.000Z",
        "statsType": "inbound-rtp",
        "values": json.dumps(values),
    }
    for name, values in {
        "packetsReceived": [50 * second for second in range(1, 42)],
        "packetsLost": [0] * 41,
        "kind": ["audio"] * 41,
        "timestamp": [BEGUN_MS + 1000 * second for second in range(41)],
    }.items()
}
INTERNALS = {
    "getUserMedia": [],
    "PeerConnections": {
        "1-1": {
            "rtcConfiguration": "{}",
            "stats": SERIES,
            "updateLog": [
                {"type": "onconnectionstatechange", "value": '"connected"', "timestamp": BEGUN_MS + 0.25},
                {"type": "onconnectionstatechange", "value": '"closed"', "timestamp": BEGUN_MS + 40_000.25},
            ],
            "url": "http://192.0.2.1/Room",
        }
    },
    "UserAgent": "Browser/1",
}

DICTIONARY = """"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",\
"Choices, Calculations, OR Slider Labels","Field Note","Text Validation Type OR Show Slider Number",\
"Identifier?","Branching Logic (Show field only if...)"
response_id,skema,,text,Nr,,,,,
answered_date,skema,,text,Dato,,,date_dmy,,
got_contact,skema,,radio,"<b>Fik kontakt til lægen</b>","1, Ja | 2, Nej",,,,
comment,skema,,notes,Kommentar,,,,,
"""
RECORDS = """response_id,answered_date,got_contact,comment,skema_complete
1,2019-09-01,1,fint,2
2,2019-09-02,2,,2
"""
RESPONSES = """"id","submitdate","lastpage","Fik kontakt til lægen","Kommentar"
"1","2019-09-01 10:00:00","3","Ja","fint"
"2","2019-09-02 10:00:00","3","Nej",""
"""
CALLS = """id;conference;remote_alias;role;start_time;end_time;call_quality;disconnect_reason;service_type
c1;/history/v1/conference/m1/;doctor;chair;2019-10-01T08:00:00;2019-10-01T08:20:00;good;;conference
c2;/history/v1/conference/m1/;patient;guest;2019-10-01T08:03:00;2019-10-01T08:15:00;ok;;conference
"""
BOOKED = {
    "uuid": "46b46a1e", "shortId": "a27dcaa222cb", "meetingType": "POOL", "labels": ["konference"],
    "startTime": "2019-10-02T13:00:00 +0000", "createdTime": "2019-10-01T10:00:00+02:00",
    "organisation": "012345", "additionalInformation": [{"key": "Region", "value": "Syddanmark"}],
}  # fmt: skip
WEBHOOKS = "".join(
    json.dumps(
        {
            "event": event, "id": f"EV_{event}", "createdAt": "1569916800", "room": {"sid": "RM_1"},
            "participant": {"sid": "PA_1", "identity": "patient", "joinedAt": "1569916740"},
        }
    )
    + "\n"
    for event in ("participant_joined", "participant_left")
)  # fmt: skip
JANUS = "".join(
    json.dumps(
        {"emitter": "a1", "type": type_, "timestamp": time, "session_id": 1, "handle_id": 2, "event": event}
    )
    + "\n"
    for time, type_, event in (
        (1569916800000000, 64, {"plugin": "v", "data": {"event": "joined", "room": 12, "id": 34}}),
        (1569916801000000, 16, {"connection": "webrtcup"}),
        (1569916860000000, 64, {"plugin": "v", "data": {"event": "leaving", "room": 12, "id": 34}}),
    )
)

EXAMPLES: Mapping[str, Example] = {
    "danish_csv": Example(("postcards",), {"kort.csv": CARDS.encode("cp1252")}),
    "fees": Example(
        ("fee_lines", "fee_codes"),
        {"linjer.csv": LINES.encode("cp1252"), "takster.csv": FEES.encode("utf-8-sig")},
    ),
    "surveyxact": Example(
        ("questionnaires",),
        {
            "svar_dataset.csv": ANSWERS.encode("cp1252"),
            "svar_labels.csv": LABELS.encode("utf-8-sig"),
            "svar_structure.csv": STRUCTURE.encode(),
        },
    ),
    "redcap": Example(
        ("questionnaires",), {"data.csv": RECORDS.encode(), "ordbog.csv": DICTIONARY.encode("cp1252")}
    ),
    "limesurvey": Example(("questionnaires",), {"results-survey.csv": RESPONSES.encode("utf-8-sig")}),
    "refi_qda": Example(
        ("interview_units", "interview_codings"),
        {"interviews.qdpx": zipped({"project.qde": PROJECT.encode(), "sources/t1.txt": INTERVIEW.encode()})},
    ),
    "session_log": Example(("session_events",), {"manifest.json": MANIFEST, "events-a1.jsonl": EVENTS}),
    "rtcstats": Example(("session_events",), {"dump.ndjson": DUMP.encode()}),
    "webrtc_internals": Example(("session_events",), {"dump.json": json.dumps(INTERNALS).encode()}),
    "pexip": Example(("session_events",), {"history.csv": CALLS.encode()}),
    "vdx_booking": Example(("bookings",), {"meetings.json": json.dumps([BOOKED]).encode()}),
    "livekit": Example(("session_events",), {"webhooks.jsonl": WEBHOOKS.encode()}),
    "janus": Example(("session_events",), {"janus.jsonl": JANUS.encode()}),
}


def read(name: str, files: Mapping[str, bytes], tables: tuple[str, ...]) -> Read:
    with tempfile.TemporaryDirectory() as folder:
        sources: list[Source] = []
        for file, content in files.items():
            path = Path(folder) / file
            path.write_bytes(content)
            sources.append(Source(path, f"prøve/{file}"))
        return gathered(READERS[name](sources, tables, READING))


def check(found: Read) -> None:
    """What holds for every outcome."""
    for item in found.problems:
        assert item.message.da.strip(), item.rule
        assert item.message.en.strip(), item.rule
        assert item.file.startswith("prøve/"), item.file
    for row in found.quarantine:
        assert row.reason
        assert row.message.da
        assert row.message.en
    for frame in found.frames:
        table = READING.contracts.tables[frame.table]
        names = {column.name for column in table.columns} - set(table.provenance)
        assert names - {column.name for column in table.columns if column.is_computed} <= set(frame.columns)
        assert {len(values) for values in frame.columns.values()} == {frame.rows}
