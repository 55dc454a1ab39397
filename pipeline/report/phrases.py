"""The words the reports' machinery writes itself, a set per language; every other word stands in a text."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.text import Language


@dataclass(frozen=True)
class Phrases:
    """One language's words. ``{}`` is where the number goes.

    ``states`` are what stands for an estimate without a number, ``blocks`` what a sentence calls a figure and
    a table, ``quotes`` the opening and closing marks, outer and inner.
    """

    share: str
    more_than: str
    kroner: str
    million: str
    numerals: tuple[str, ...]
    states: Mapping[str, str]
    of: str
    per: str
    quotes: str
    blocks: Mapping[str, str]
    table: str
    figure: str
    annex: str
    contents: str
    page: str
    pages: str
    page_short: str
    cut_off: str
    compared: str
    edition: str
    data_in: str
    marks: str
    marked_note: str


PHRASES: Mapping[Language, Phrases] = {
    "da": Phrases(
        share="{} af {}",
        more_than="mere end {}",
        kroner="{}\u00a0kr.",
        million="{}\u00a0mio.\u00a0kr.",
        numerals=(
            "nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv",
        ),
        states={"missing": "ikke opgjort", "suppressed": "skjult"},
        of="af",
        per="pr.",
        quotes="»«›‹",
        blocks={"figur": "figur", "tabel": "tabel"},
        table="Tabel",
        figure="Figur",
        annex="Bilag",
        contents="Indhold",
        page="Side",
        pages="af",
        page_short="s.",
        cut_off="Skæringsdato",
        compared="Sammenlignet med",
        edition="Udgave",
        data_in="Tallene står i",
        marks="og tegnet ° viser rekonstruerede tal.",
        marked_note="° rekonstrueret tal: hverken offentliggjort eller en følge af offentliggjorte totaler.",
    ),
    "en": Phrases(
        share="{} of {}",
        more_than="more than {}",
        kroner="DKK\u00a0{}",
        million="DKK\u00a0{}\u00a0million",
        numerals=(
            "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
            "twelve",
        ),
        states={"missing": "not measured", "suppressed": "withheld"},
        of="of",
        per="per",
        quotes="“”‘’",
        blocks={"figur": "Figure", "tabel": "Table"},
        table="Table",
        figure="Figure",
        annex="Appendix",
        contents="Contents",
        page="Page",
        pages="of",
        page_short="p.",
        cut_off="Cut-off date",
        compared="Compared with",
        edition="Edition",
        data_in="The numbers are in",
        marks="and the sign ° show reconstructed numbers.",
        marked_note="° reconstructed number: neither published nor implied by published totals.",
    ),
}  # fmt: skip
