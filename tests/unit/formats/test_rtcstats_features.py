"""The features of a dump agree with those that jitsi's server computes of it."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pipeline.formats.result import Source
from pipeline.formats.rtcstats_connections import Connection, Picture
from pipeline.formats.rtcstats_features import Features, Volume, features
from pipeline.formats.rtcstats_lines import Entry, read_entries

FOLDER = Path(os.environ.get("MAST_SAMPLES", "")) / "rtcstats"
DUMPS = ["chrome-standard-pc-failed", "google-standard-stats-p2p", "google-standard-stats-sfu"]

PERSONAL = "points to a person; the first line was edited later, too"
NOT_COMPUTED = {
    "dumpInfo": "what jitsi's server knows of the sender: ids, names, the room's address",
    "features.browserInfo": PERSONAL,
    "features.deploymentInfo": "copied from the client's words about its server; measures nothing",
    "features.dominantSpeakerEvents": "who spoke when; the counts are computed",
    "features.faceLandmarksTimestamps": "reading of faces",
    "features.sentiment": "reading of faces",
    "features.aggregates.*.candidatePairData.id": "names the browser's candidates",
    "features.aggregates.*.candidatePairData.localAddress": "an address",
    "features.aggregates.*.candidatePairData.localPort": "an address",
    "features.aggregates.*.candidatePairData.remoteAddress": "an address",
    "features.aggregates.*.candidatePairData.remotePort": "an address",
}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def picture(made: Picture | None) -> dict[str, float] | None:
    return None if made is None else {camel(name): value for name, value in asdict(made).items()}


def as_jitsi(made: Features) -> dict[str, Any]:
    """Our features under the server's names."""
    volumes = {
        sort: made.volumes.get(sort, Volume()) for sort in ("stats", "other", "sdp", "ds", "sentiment")
    }
    counted = [volume for sort, volume in volumes.items() if sort != "sentiment"]
    return {
        "conferenceStartTime": made.conference_start_time,
        "sessionStartTime": made.session_start_time,
        "sessionEndTime": made.session_end_time,
        "dominantSpeakerChanges": made.dominant_speaker_changes,
        "speakerTime": made.speaker_time_ms,
        "metrics": {
            "conferenceDurationMs": made.conference_duration_ms,
            "sessionDurationMs": made.session_duration_ms,
            "totalProcessedBytes": sum(volume.bytes for volume in counted),
            "totalProcessedCount": sum(volume.count for volume in counted),
        }
        | {f"{sort}RequestBytes": volume.bytes for sort, volume in volumes.items()}
        | {f"{sort}RequestCount": volume.count for sort, volume in volumes.items()},
        "aggregates": {name: connection(one) for name, one in made.connections.items()},
    }


def connection(made: Connection) -> dict[str, Any]:
    same = (
        "uses_relay", "connection_failed", "ice_reconnects", "last_ice_disconnect", "last_ice_failure",
        "pc_session_duration_ms", "dtls_errors", "dtls_failure", "sdp_create_failure", "sdp_set_failure",
    )  # fmt: skip
    totals = (
        "total_packets_received", "total_received_packets_lost", "received_packets_lost_pct",
        "total_packets_sent", "total_sent_packets_lost", "sent_packets_lost_pct",
    )  # fmt: skip
    tracks = {
        way: [{camel(name): value for name, value in asdict(track).items()} for track in found]
        for way, found in (("receiverTracks", made.receiver_tracks), ("senderTracks", made.sender_tracks))
    }
    pictures = {
        "lowerBoundAggregates": picture(made.lowest_picture),
        "upperBoundAggregates": picture(made.highest_picture),
    }
    return {camel(name): getattr(made, name) for name in same} | {
        "isP2P": made.is_p2p,
        "candidatePairData": {camel(name): value for name, value in asdict(made.path).items()}
        if made.path
        else {},
        "transportAggregates": {"meanRtt": made.mean_rtt},
        "trackAggregates": {camel(name): getattr(made, name) for name in totals},
        "tracks": tracks,
        **({"inboundVideoExperience": pictures} if made.lowest_picture else {}),
    }


def leaves(tree: Any, place: str = "") -> dict[str, Any]:
    """Every value of nested data by its path; an empty list or object is a value."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = {name: value for key, inner in items for name, value in leaves(inner, f"{place}.{key}").items()}
    return found or {place.removeprefix("."): tree}


def why_not(place: str) -> str | None:
    general = ".".join("*" if part.startswith("PC_") else part for part in place.split("."))
    return next((why for name, why in NOT_COMPUTED.items() if f"{general}.".startswith(f"{name}.")), None)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the dumps are in the folder that MAST_SAMPLES names")
@pytest.mark.parametrize("dump", DUMPS)
def test_every_feature_agrees_or_is_named_as_not_computed(dump: str) -> None:
    path = FOLDER / f"{dump}.ndjson"
    (expected,) = json.loads((FOLDER / f"{dump}.expected.json").read_text("utf-8"))
    entries = (one for one in read_entries(Source(path, path.name)) if isinstance(one, Entry))
    made = leaves({"features": as_jitsi(features(entries))})
    compared = 0
    for place, value in leaves(expected).items():
        if why := why_not(place):
            print(f"{dump}: {place} is not computed: {why}")
        else:
            near = pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
            assert made[place] == near, place
            compared += 1
    assert set(made) <= set(leaves(expected))
    print(f"{dump}: {compared} features agree")
    assert compared > 100
