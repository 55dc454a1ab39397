"""Every format a delivery may have, by the name it has in the index."""

from collections.abc import Callable, Mapping, Sequence

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

# Files of one delivery, the contract tables it says it holds, and what reading needs.
Reader = Callable[[Sequence[Source], Sequence[str], Reading], Read]

READERS: Mapping[str, Reader] = {
    "danish_csv": lambda files, tables, reading: danish_csv.read(files, tables[0], reading),
    "fees": fees.read,
    "surveyxact": lambda files, tables, reading: surveyxact.read(files, tables[0], reading),
    "redcap": lambda files, tables, reading: redcap.read(files, tables[0], reading),
    "limesurvey": lambda files, tables, reading: limesurvey.read(files, tables[0], reading),
    "refi_qda": lambda files, _, reading: refi_qda.read(files, reading),
    "session_log": lambda files, _, reading: session_log.read(files, reading),
    "pexip": lambda files, _, reading: pexip.read(files, reading),
    "vdx_booking": lambda files, _, reading: vdx_booking.read(files, reading),
    "livekit": lambda files, _, reading: livekit.read(files, reading),
    "janus": lambda files, _, reading: janus.read(files, reading),
    "rtcstats": lambda files, _, reading: rtcstats.read(files, reading),
    "webrtc_internals": lambda files, _, reading: webrtc_internals.read(files, reading),
}

# Formats whose reader keys names and addresses, whatever the table: real ones need a key that is secret.
KEYING = frozenset({"pexip", "vdx_booking", "livekit", "janus"})
