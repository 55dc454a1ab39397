"""The shape of a Danish address in free text: a street, a house number, perhaps a floor and a postcode.

A street is known by how its name ends (``Nørregade``, ``Hans Jensens Vej``), else by the postcode and town
that follow (``Strandlyst 4, 8000 Aarhus C``). In small letters only a postcode and town make a street of it,
for ``genvej 2`` and ``arbejdsplads 3`` are words.
"""

_END = (
    "(?:gade|vej|vejen|gaden|all[eé]|alléen|stræde|straede|strædet|boulevard|plads|pladsen|torv|torvet|vænge|"
    "vænget|vaenge|parken|stien|bakken|krogen|lunden|haven|toften|skrænten|kaj|gård|gården|løkken|engen|ager|agre)"
)
_CAPITAL = r"[A-ZÆØÅÄÖÉ]"
_LETTER = r"[^\W\d_]"
_BEFORE = rf"(?:{_CAPITAL}{_LETTER}{{0,24}}\.? ){{0,3}}"
_STREET = rf"(?:{_CAPITAL}{_LETTER}{{0,30}}?{_END}|Gade|Vej|All[eé]|Stræde|Boulevard|Plads|Torv|Vænge)"
_NUMBER = r"\d{1,3} ?(?:[A-Za-zÆØÅæøå](?![^\W_]))?(?!\d)"
_FLOOR = r"(?:,? ?(?:st|kl|\d{1,2})\.?,? ?(?:sal|tv|th|mf|dør \d{1,4})\.?)?"
_CITY = rf"{_CAPITAL}{_LETTER}{{1,24}}(?: {_CAPITAL}{_LETTER}{{0,24}}){{0,2}}"
_POSTCODE = r"(?:DK-?)?(?!(?:199|20[0-3])\d)\d{4}"
_ANY_POSTCODE = r"(?:DK-?)?\d{4}"
_START = r"(?<![^\W\d_])"

ADDRESSES = (
    rf"{_START}{_BEFORE}{_STREET} {_NUMBER}{_FLOOR}(?:,? {_ANY_POSTCODE} {_CITY})?",
    rf"{_START}(?i:{_LETTER}{{2,30}}?{_END}) {_NUMBER}{_FLOOR},? {_POSTCODE} (?i:{_CITY})",
    rf"{_START}{_BEFORE}{_CAPITAL}{_LETTER}{{1,30}} {_NUMBER}{_FLOOR}, {_POSTCODE} {_CITY}",
)
