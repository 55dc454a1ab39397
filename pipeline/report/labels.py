"""What the reports call things, and how an estimate stands in a cell."""

from datetime import date

from pipeline.report.results import NONE, Estimate, find_label
from pipeline.report.run import Run
from pipeline.report.spelling import Part, Spelled, spell
from pipeline.report.table import cell
from pipeline.text import full_date


def written(run: Run, estimate: Estimate | None) -> Spelled:
    """An estimate in a table's cell."""
    if estimate is None:
        return cell(None)
    if estimate.state == "structural_zero":
        return (Part(f"0 ({state_label(run, estimate)})"),)
    return spell(estimate, language=run.language)


def brief(run: Run, estimate: Estimate | None) -> Spelled:
    """An estimate in a narrow cell: ``96 % (54/56)``, or the number without its unit."""
    if estimate is None:
        return cell(None)
    if estimate.state == "observed" and not estimate.is_share:
        return spell(estimate, "tal", language=run.language)
    if estimate.state != "observed" or not estimate.is_share or not estimate.denominator:
        is_nothing = estimate.denominator is not None and not estimate.denominator
        return (
            cell(run.phrases.share.format(0, 0))
            if is_nothing and estimate.state == "observed"
            else written(run, estimate)
        )
    share = spell(estimate, "procent", language=run.language)[0]
    counts = [spell(estimate, form, language=run.language)[0] for form in ("tæller", "nævner")]
    mark = share.is_marked or any(part.is_marked for part in counts)
    return (Part(f"{share.text} ({counts[0].text}/{counts[1].text})", mark),)


def state_label(run: Run, estimate: Estimate) -> str:
    return run.word("estimate_state", estimate.state).lower()


def per_text(run: Run, estimate: Estimate | None) -> str:
    """What a share is a share of, in words; nothing for a plain number."""
    if estimate is None or estimate.per == NONE:
        return ""
    word = run.phrases.of if estimate.is_share else run.phrases.per
    return f"{word} {run.book.denominators.get(estimate.per, estimate.per)}"


def per_words(run: Run, per: str) -> str:
    """What a denominator is called."""
    return run.book.denominators.get(per, per)


def item_label(run: Run, metric: str, item: str) -> str:
    """What an answer is called."""
    known = run.book.metrics.get(metric)
    return known.items.get(item, item) if known else item


def code_list_of(run: Run, column: str) -> str | None:
    """The code list that a column of this name has in a contract."""
    for table in run.contracts.tables.values():
        for item in table.columns:
            if item.name == column and item.codes:
                return item.codes
    return None


def stratum_label(run: Run, stratum_by: str, code: str) -> str:
    """What a stratum is called."""
    name = code_list_of(run, stratum_by)
    return find_label(run.codes, (name,) if name else (), code) or code


def stratum_title(run: Run, stratum_by: str) -> str:
    """What a way of breaking down is called."""
    name = code_list_of(run, stratum_by)
    return run.codes[name].title.da if name else stratum_by


def short_date(run: Run, day: date) -> str:
    return full_date(day, run.language)
