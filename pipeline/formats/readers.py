"""Every format a delivery may have, by its name in the index and in the contracts' ``delivered_as``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.formats import (
    danish_csv,
    fees,
    janus,
    limesurvey,
    livekit,
    pexip,
    redcap,
    refi_qda,
    rtcstats,
    session_log,
    surveyxact,
    vdx_booking,
    webrtc_internals,
)
from pipeline.formats.decode import MOST_HELD_BYTES
from pipeline.formats.kinds import FileKind
from pipeline.formats.result import Read, Reading, Source
from pipeline.text import Text

# Files of one delivery, the contract tables it says it holds, and what reading needs. The pieces together are
# the outcome; each is so small that what is held does not grow with the files.
Reader = Callable[[Sequence[Source], Sequence[str], Reading], Iterator[Read]]


@dataclass(frozen=True)
class Format:
    """How one format is read. ``kinds`` and ``suffixes`` are of its files; ``title`` is what people call it.

    ``is_several``: an export is several files, which come as one zip file where one file is sent.
    ``is_known_first``: whether a file is of the format stands in the first piece, else anywhere.
    ``most_bytes``: of a file whose rows are held together; None where they are not.
    """

    title: Text
    read: Reader
    kinds: frozenset[FileKind]
    suffixes: tuple[str, ...]
    is_several: bool = False
    is_known_first: bool = False
    most_bytes: int | None = None


FORMATS: Mapping[str, Format] = {
    "danish_csv": Format(
        Text("CSV eller Excel", "CSV or Excel"),
        lambda files, tables, reading: danish_csv.read_every(files, tables[0], reading),
        frozenset({"text", "workbook"}),
        (".csv", ".txt", ".tsv", ".xlsx"),
        is_known_first=True,
    ),
    "fees": Format(
        Text("Sygesikringens afregning (CSV eller Excel)", "Settlement lines (CSV or Excel)"),
        fees.read_every,
        frozenset({"text", "workbook"}),
        (".csv", ".txt", ".tsv", ".xlsx"),
        is_known_first=True,
    ),
    "surveyxact": Format(
        Text("SurveyXact: dataset, structure og labels", "SurveyXact: dataset, structure and labels"),
        lambda files, tables, reading: iter((surveyxact.read(files, tables[0], reading),)),
        frozenset({"text"}),
        (),
        is_several=True,
        is_known_first=True,
        most_bytes=MOST_HELD_BYTES,
    ),
    "redcap": Format(
        Text("REDCap: data med ordbog eller projekt (XML)", "REDCap: data with dictionary or project (XML)"),
        lambda files, tables, reading: iter((redcap.read(files, tables[0], reading),)),
        frozenset({"text", "xml"}),
        (".csv", ".xml"),
        is_several=True,
        is_known_first=True,
        most_bytes=MOST_HELD_BYTES,
    ),
    "limesurvey": Format(
        Text(
            "LimeSurvey: svar, gerne med struktur (.lss)", "LimeSurvey: responses, and the structure (.lss)"
        ),
        lambda files, tables, reading: iter((limesurvey.read(files, tables[0], reading),)),
        frozenset({"text", "xml"}),
        (".csv",),
        is_several=True,
        is_known_first=True,
        most_bytes=MOST_HELD_BYTES,
    ),
    "refi_qda": Format(
        Text("REFI-QDA-projekt (.qdpx) fra NVivo, ATLAS.ti eller MAXQDA", "A REFI-QDA project (.qdpx)"),
        lambda files, _, reading: iter((refi_qda.read(files, reading),)),
        frozenset({"text", "xml", "project"}),
        (".qdpx", ".qde"),
        is_several=True,
        is_known_first=True,
    ),
    "session_log": Format(
        Text("Videotjenestens log med manifest", "The video service's log with its manifest"),
        lambda files, _, reading: session_log.read_pieces(files, reading),
        frozenset({"json"}),
        (".jsonl", ".json"),
        is_several=True,
    ),
    "pexip": Format(
        Text("Pexips historik (CSV eller JSON)", "Pexip's history (CSV or JSON)"),
        lambda files, _, reading: pexip.read_pieces(files, reading),
        frozenset({"text", "json"}),
        (".csv", ".json"),
    ),
    "vdx_booking": Format(
        Text("VDX' booking-API (JSON)", "VDX' booking API (JSON)"),
        lambda files, _, reading: vdx_booking.read_pieces(files, reading),
        frozenset({"json"}),
        (".json",),
        is_several=True,
    ),
    "livekit": Format(
        Text("LiveKits webhooks (JSON)", "LiveKit's webhooks (JSON)"),
        lambda files, _, reading: livekit.read_pieces(files, reading),
        frozenset({"json"}),
        (".json", ".jsonl"),
    ),
    "janus": Format(
        Text("Janus' hændelser (JSON)", "Janus' events (JSON)"),
        lambda files, _, reading: janus.read_pieces(files, reading),
        frozenset({"json"}),
        (".json", ".jsonl"),
    ),
    "rtcstats": Format(
        Text("rtcstats fra en browser", "rtcstats of a browser"),
        lambda files, _, reading: rtcstats.read_pieces(files, reading),
        frozenset({"json"}),
        (".ndjson", ".json"),
    ),
    "webrtc_internals": Format(
        Text("Dump fra Chromes webrtc-internals", "A dump of Chrome's webrtc-internals"),
        lambda files, _, reading: webrtc_internals.read_pieces(files, reading),
        frozenset({"json"}),
        (".json", ".txt"),
    ),
}

READERS: Mapping[str, Reader] = {name: one.read for name, one in FORMATS.items()}

# Formats whose reader keys names and addresses, whatever the table: real ones need a key that is secret.
KEYING = frozenset({"pexip", "vdx_booking", "livekit", "janus"})
