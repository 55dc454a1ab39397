"""Keyed pseudonyms, recognising personal numbers and the like, and masking them in free text."""

from pipeline.identifiers.keys import (
    Key,
    demonstration_key,
    is_pseudonym,
    key_id,
    keyed,
    load_key,
    pseudonym,
)
from pipeline.identifiers.mask import Masked, mask, points_to_person, scan
from pipeline.identifiers.recognise import (
    canonical_cpr,
    canonical_sor,
    canonical_yder,
    is_scientific,
)

__all__ = [
    "Key",
    "Masked",
    "canonical_cpr",
    "canonical_sor",
    "canonical_yder",
    "demonstration_key",
    "is_pseudonym",
    "is_scientific",
    "key_id",
    "keyed",
    "load_key",
    "mask",
    "points_to_person",
    "pseudonym",
    "scan",
]
