"""The words of other systems: complete, of our codes, and read where they are said to be."""

from pathlib import Path

import pytest

from pipeline import paths
from pipeline.contract import ContractError
from pipeline.formats.heard import Heard
from pipeline.formats.readers import KEYING
from pipeline.formats.result import Source
from pipeline.formats.vocabulary import FOLDER, known_fields, load_vocabularies
from tests.unit.formats.platforms import CONTRACTS

SYSTEMS = sorted(file.stem for file in (paths.SCHEMAS / FOLDER).glob("*.toml"))


def test_every_format_that_keys_has_its_words() -> None:
    assert set(SYSTEMS) == KEYING


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_code_is_ours(system: str) -> None:
    for vocabulary in load_vocabularies(system).values():
        codes = set(CONTRACTS.codes[vocabulary.codes].codes)
        assert {code for code in vocabulary.words.values() if code is not None} <= codes
        assert vocabulary.unknown in {None, *codes}
        assert vocabulary.words


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_field_is_named_once(system: str) -> None:
    assert known_fields(system)


# What the documentation of each says there is.
COMPLETE = {
    ("livekit", "disconnect_reason"): """
        UNKNOWN_REASON CLIENT_INITIATED DUPLICATE_IDENTITY SERVER_SHUTDOWN PARTICIPANT_REMOVED ROOM_DELETED
        STATE_MISMATCH JOIN_FAILURE MIGRATION SIGNAL_CLOSE ROOM_CLOSED USER_UNAVAILABLE USER_REJECTED
        SIP_TRUNK_FAILURE CONNECTION_TIMEOUT MEDIA_FAILURE AGENT_ERROR""",
    ("livekit", "event"): """
        room_started room_finished participant_joined participant_left participant_connection_aborted
        track_published track_unpublished egress_started egress_updated egress_ended ingress_started
        ingress_ended""",
    ("livekit", "kind"): "STANDARD INGRESS EGRESS SIP AGENT",
    ("pexip", "call_quality"): "good ok bad terrible unknown 0_unknown 1_good 2_ok 3_bad 4_terrible",
    ("pexip", "role"): "chair guest unknown",
    ("pexip", "service_type"): "conference lecture gateway test_call two_stage_dialing media_playback",
    ("vdx_booking", "provisionStatus"): """
        AWAITS_PROVISION STARTING_TO_PROVISION PROVISION_PROBLEMS PROVISIONED_OK STARTING_TO_DEPROVISION
        DEPROVISION_PROBLEMS DEPROVISION_OK 0 1 2 3 4 5 6""",
    ("vdx_booking", "meetingType"): "NORMAL POOL",
    ("vdx_booking", "vmrType"): "conference lecture",
}


@pytest.mark.parametrize(("system", "field"), COMPLETE)
def test_complete(system: str, field: str) -> None:
    heard = Heard(system)
    heard.records = 1
    for word in COMPLETE[system, field].split():
        heard.code(field, word)
    assert list(heard.problems(Source(Path("f"), "f"))) == []


@pytest.mark.parametrize(
    "text",
    [
        'codes = "end_reason"\n[f.words]\n"session.nobody" = ["A"]',
        'codes = "no_such_list"\n[f.words]\nother = ["A"]',
        'codes = "end_reason"\nunknown = "nothing"\n[f.words]\nother = ["A"]',
        'codes = "end_reason"\ncolour = "red"\n[f.words]\nother = ["A"]',
        'codes = "end_reason"\nnone = ["a "]\n[f.words]\nother = ["A"]',
    ],
)
def test_a_file_that_cannot_be_followed_is_named(tmp_path: Path, text: str) -> None:
    for file in paths.SCHEMAS.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "x.toml").write_text(f"[f]\n{text}\n", "utf-8")
    with pytest.raises(ContractError, match=r"vocabularies/x\.toml, nøgle f"):
        load_vocabularies("x", tmp_path)
