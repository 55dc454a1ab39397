"""Every format a delivery may have, by the name it has in the index."""

from collections.abc import Callable, Iterator, Mapping, Sequence

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
from pipeline.formats.result import Read, Reading, Source

# Files of one delivery, the contract tables it says it holds, and what reading needs. The pieces together are
# the outcome; each is so small that what is held does not grow with the files.
Reader = Callable[[Sequence[Source], Sequence[str], Reading], Iterator[Read]]

READERS: Mapping[str, Reader] = {
    "danish_csv": lambda files, tables, reading: danish_csv.read_every(files, tables[0], reading),
    "fees": lambda files, tables, reading: iter((fees.read(files, tables, reading),)),
    "surveyxact": lambda files, tables, reading: iter((surveyxact.read(files, tables[0], reading),)),
    "redcap": lambda files, tables, reading: iter((redcap.read(files, tables[0], reading),)),
    "limesurvey": lambda files, tables, reading: iter((limesurvey.read(files, tables[0], reading),)),
    "refi_qda": lambda files, _, reading: iter((refi_qda.read(files, reading),)),
    "session_log": lambda files, _, reading: session_log.read_pieces(files, reading),
    "pexip": lambda files, _, reading: pexip.read_pieces(files, reading),
    "vdx_booking": lambda files, _, reading: vdx_booking.read_pieces(files, reading),
    "livekit": lambda files, _, reading: livekit.read_pieces(files, reading),
    "janus": lambda files, _, reading: janus.read_pieces(files, reading),
    "rtcstats": lambda files, _, reading: rtcstats.read_pieces(files, reading),
    "webrtc_internals": lambda files, _, reading: webrtc_internals.read_pieces(files, reading),
}

# Formats whose reader keys names and addresses, whatever the table: real ones need a key that is secret.
KEYING = frozenset({"pexip", "vdx_booking", "livekit", "janus"})
