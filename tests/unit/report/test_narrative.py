"""The narrative: what becomes a number, what is refused, and how a Dane reads it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.placeholder import Placeholder, UnknownNameError, parse
from pipeline.report.results import Estimate, Published
from pipeline.report.spelling import Spelled, spell
from pipeline.report.text import render_text
from pipeline.text import ProblemError

SOURCE = Path("reports/text/da/x.md")


def estimate(
    numerator: int,
    denominator: int,
    *,
    basis: str = "published",
    kind: str = "proportion",
    fixed: int | None = None,
) -> Estimate:
    value = Decimal(numerator) / denominator if denominator else None
    published = {} if fixed is None else {"value": Published("eq", Decimal(fixed) / 100, 2)}
    return Estimate(
        "visits.held", "-", "all", "all", "visit", date(2020, 1, 31), "restricted", "safety", kind, "",
        "observed", basis, Decimal(numerator), Decimal(denominator), value, published=published,
    )  # fmt: skip


class Known:
    """Two numbers: one published, one reconstructed."""

    def spell(self, placeholder: Placeholder) -> Spelled:
        known = {
            "visits.held": estimate(54, 56),
            "visits.good": estimate(40, 1517, basis="reconstructed"),
        }
        if placeholder.name not in known:
            raise UnknownNameError(placeholder.name, tuple(known))
        return spell(known[placeholder.name], placeholder.form, decimals=placeholder.decimals)


def html(text: str, *, is_decision: bool = False) -> str:
    return render_text(text, SOURCE, Known(), is_decision=is_decision)


def faults(text: str, *, is_decision: bool = False) -> list[str]:
    with pytest.raises(ProblemError) as caught:
        html(text, is_decision=is_decision)
    return [problem.line() for problem in caught.value.problems]


def test_a_number_in_each_form() -> None:
    text = (
        "{{ visits.held }} · {{visits.held|procent}} · {{visits.held | procent 1}} · {{ visits.held|antal }}"
    )
    assert "54 af 56 (96\u00a0%) · 96\u00a0% · 96,4\u00a0% · 54" in html(text)


def test_a_reconstructed_number_is_marked() -> None:
    made = html("{{ visits.good | andel }}")
    assert '<span class="reconstructed">40 af 1.517 (3\u00a0%)' in made
    assert 'class="mark">°' in made
    assert "reconstructed" not in html("{{ visits.held }}")


def test_a_reconstructed_number_is_refused_on_a_decision_page() -> None:
    (said,) = faults("Fint.\n\n{{ visits.good }}", is_decision=True)
    assert said.startswith("reports/text/da/x.md, linje 3: »visits.good« er rekonstrueret")
    assert "54 af 56" in html("{{ visits.held }}", is_decision=True)


def test_a_typed_number_is_refused_by_file_and_line_unless_marked() -> None:
    said = faults("En\nto 3\n\nOK{{= 22 }} og 4,5 %")
    assert [line.split(":")[0] for line in said] == [
        "reports/text/da/x.md, linje 2",
        "reports/text/da/x.md, linje 4",
    ]
    assert "»4,5«" in said[1]
    assert "OK22" in html("OK{{= 22 }}")


def test_an_unknown_name_form_or_placeholder_says_what_is_known() -> None:
    assert "nærmest er visits.held" in faults("{{ visit.held }}")[0]
    assert "ukendt form »pct«; kendte er" in faults("{{ visits.held | pct }}")[0]
    assert "kan ikke læses som en pladsholder" in faults("{{ Visits held }}")[0]


def test_every_fault_is_told_at_once() -> None:
    assert len(faults("1\n\n{{ a.b }}\n\n{{ visits.held | pct }}")) == 3


def test_markup_in_the_narrative_is_text() -> None:
    assert "<script>" not in html("<script>alert()</script>")
    assert "&lt;b&gt;" in html("{{= <b> }}")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text is rendered, or refused with its line; never anything else."""
    rows: list[int | None] = [1]
    try:
        html(text)
    except ProblemError as error:
        rows = [problem.row for problem in error.problems]
    assert all(rows)


@given(
    st.from_regex(r"[a-z]{1,8}(\.[a-z_]{1,8})?", fullmatch=True), st.sampled_from(["antal", "procent", "ord"])
)
def test_a_placeholder_reads_back(name: str, form: str) -> None:
    read = parse(f" {name} [item=yes, region=1081] @ 2019-10-09 / card | {form} 1 ")
    assert (read.name, read.form, read.decimals, read.per) == (name, form, 1, "card")
    assert read.selectors == {"item": "yes", "region": "1081"}
    assert read.at == date(2019, 10, 9)


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_a_share_never_loses_its_counts(numerator: int, denominator: int) -> None:
    (part,) = spell(estimate(min(numerator, denominator), denominator), "andel")[:1]
    digits = part.text.replace(".", "").split(" af ")
    assert int(digits[0]) == min(numerator, denominator)
    assert int(digits[1].split()[0]) == denominator


def test_a_figure_is_written_as_published_or_as_the_run_has_it() -> None:
    bound = Published("more_than", Decimal("0.8"), 2)
    known = estimate(136, 166, basis="reconstructed")
    assert spell(replace(known, published={"value": bound}), "offentliggjort")[0].text == "mere end 80\u00a0%"
    (part,) = spell(known, "offentliggjort")
    assert (part.text, part.is_marked) == ("82\u00a0%", True)


def test_a_suppressed_or_missing_number_is_said_so() -> None:
    hidden = Estimate(
        "m",
        "-",
        "all",
        "all",
        "-",
        date(2020, 1, 31),
        "public",
        "safety",
        "count",
        "",
        "suppressed",
        "observed",
    )
    assert spell(hidden)[0].text == "skjult"
