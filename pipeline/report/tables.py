"""Tables of estimates: by cut-off, by stratum, by answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from pipeline.report.results import ALL, NONE, Estimate, find_label
from pipeline.report.run import Run
from pipeline.report.spelling import Part, Spelled, html, is_marked, spell, unit_word
from pipeline.report.text import parse
from pipeline.text import date_da

MARKED_NOTE = "° rekonstrueret tal: hverken offentliggjort eller en følge af offentliggjorte totaler."
EVERY = "*"


@dataclass(frozen=True)
class Column:
    """A column's heading; numbers stand to the right."""

    heading: str
    is_number: bool = True


@dataclass(frozen=True)
class Row:
    """A row: its label with a quiet second line, and its cells. A group row has a label only."""

    label: str
    cells: tuple[Spelled, ...] = ()
    sub: str = ""
    is_group: bool = False
    is_indented: bool = False
    is_total: bool = False


@dataclass(frozen=True)
class DataTable:
    """A table without its number. ``style``: normal, compact or wide; ``html`` is a table already written."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    style: str = "normal"
    html: str = ""

    @property
    def has_marks(self) -> bool:
        return "reconstructed" in self.html or any(is_marked(cell) for row in self.rows for cell in row.cells)

    @property
    def all_notes(self) -> tuple[str, ...]:
        return (*self.notes, MARKED_NOTE) if self.has_marks else self.notes


def cell(text: str | None) -> Spelled:
    """Plain text as a cell; a dash where there is nothing."""
    return (Part(text or "–"),)


def cell_html(spelled: Spelled) -> str:
    return html(spelled)


def label_html(row: Row) -> str:
    """The row's label, and below it the quiet line."""
    sub = f'<span class="sub">{escape(row.sub)}</span>' if row.sub else ""
    return f"{escape(row.label)}{sub}"


@dataclass(frozen=True)
class Asked:
    """A metric asked for in a table: an item, every item (``*``) or none; a denominator or the headline's."""

    metric: str
    item: str = NONE
    per: str | None = None


def asked(text: str) -> Asked:
    """``visits.held [item=*] / per`` as it stands in a definition of a table or a figure."""
    every = "=*]" in text.replace(" ", "")
    read = parse(text.replace("*", "every") if every else text)
    return Asked(read.name, EVERY if every else read.selectors.get("item", NONE), read.per)


def by_cut_off(
    run: Run,
    key: str,
    caption: str,
    wanted: Iterable[Asked],
    notes: tuple[str, ...] = (),
    style: str = "normal",
) -> DataTable:
    """Rows of metrics, a column per cut-off, and the interval at ``as_of`` where any has one."""
    rows: list[Row] = []
    with_interval = False
    for ask in wanted:
        items = run.estimates.items(ask.metric, run.as_of) if ask.item == EVERY else (ask.item,)
        ordered = _ordered(run, ask.metric, items)
        if ask.item == EVERY and ordered != (NONE,):
            rows.append(
                Row(run.book.title(ask.metric), sub=per_text(run, _first(run, ask, ordered)), is_group=True)
            )
        for item in ordered:
            found = [run.estimates.get(ask.metric, day, item=item, per=ask.per) for day in run.cut_offs]
            now = found[-1]
            cells = [written(run, estimate) for estimate in found]
            interval = spell(now, "interval") if now and now.low is not None else cell(None)
            with_interval |= bool(now and now.low is not None and now.high is not None)
            is_item = ask.item == EVERY and item != NONE
            rows.append(
                Row(
                    item_label(run, ask.metric, item) if item != NONE else run.book.title(ask.metric),
                    (*cells, interval),
                    sub="" if is_item else per_text(run, now),
                    is_indented=is_item,
                )
            )
    columns = [Column("Indikator", is_number=False), *(Column(short_date(day)) for day in run.cut_offs)]
    if with_interval:
        columns.append(Column("95 %-interval"))
    else:
        rows = [Row(row.label, row.cells[:-1], row.sub, row.is_group, row.is_indented) for row in rows]
    return DataTable(key, caption, tuple(columns), tuple(rows), notes, style)


def by_stratum(
    run: Run,
    key: str,
    caption: str,
    wanted: Iterable[Asked],
    stratum_by: str,
    notes: tuple[str, ...] = (),
) -> DataTable:
    """Rows of metrics, a column per stratum, at ``as_of``."""
    kept = [ask for ask in wanted if run.estimates.strata(ask.metric, stratum_by, run.as_of)]
    strata = sorted(
        {code for ask in kept for code in run.estimates.strata(ask.metric, stratum_by, run.as_of)},
        key=_code_order(run, stratum_by),
    )
    rows: list[Row] = []
    for ask in kept:
        found = [
            run.estimates.get(
                ask.metric, run.as_of, item=ask.item, stratum_by=stratum_by, stratum=code, per=ask.per
            )
            for code in strata
        ]
        if not any(found):
            continue
        first = next(estimate for estimate in found if estimate)
        rows.append(
            Row(
                run.book.title(ask.metric),
                tuple(brief(run, estimate) for estimate in found),
                sub=per_text(run, first) if first.is_share else unit_word(first.unit),
            )
        )
    columns = (
        Column("Indikator", is_number=False),
        *(Column(stratum_label(run, stratum_by, code)) for code in strata),
    )
    return DataTable(key, caption, columns, tuple(rows), notes, "compact")


def of_domain(run: Run, domain: str) -> list[Asked]:
    """Every metric of a domain: its answers, or each of its denominators."""
    made: list[Asked] = []
    for metric in run.book.of_domain(domain):
        items = run.estimates.items(metric, run.as_of)
        if not items:
            continue
        if items != (NONE,):
            made.append(Asked(metric, EVERY))
            continue
        present = [
            per
            for per in run.estimates.denominators(metric)
            if run.estimates.get(metric, run.as_of, per=per) is not None
        ]
        shares = [
            per
            for per in present
            if (found := run.estimates.get(metric, run.as_of, per=per)) and found.is_share
        ]
        # The bare count stands in its share.
        made += [Asked(metric, per=per) for per in present if per != NONE or not shares]
    return made


def strata_of_domain(run: Run, domain: str) -> list[str]:
    """The ways in which a domain's metrics are broken down, in the order they first appear."""
    metrics = set(run.book.of_domain(domain))
    found = (
        row.stratum_by
        for row in run.estimates.rows
        if row.metric in metrics and row.stratum_by != ALL and row.item == NONE
    )
    return list(dict.fromkeys(found))


def written(run: Run, estimate: Estimate | None) -> Spelled:
    """An estimate in a table's cell."""
    if estimate is None:
        return cell(None)
    if estimate.state == "structural_zero":
        return (Part(f"0 ({state_label(run, estimate)})"),)
    return spell(estimate)


def brief(run: Run, estimate: Estimate | None) -> Spelled:
    """An estimate in a narrow cell: ``96 % (54/56)``, or the number without its unit."""
    if estimate is None:
        return cell(None)
    if estimate.state == "observed" and not estimate.is_share:
        return spell(estimate, "tal")
    if estimate.state != "observed" or not estimate.is_share or not estimate.denominator:
        is_nothing = estimate.denominator is not None and not estimate.denominator
        return cell("0 af 0") if is_nothing and estimate.state == "observed" else written(run, estimate)
    share = spell(estimate, "procent")[0]
    counts = [spell(estimate, form)[0] for form in ("tæller", "nævner")]
    mark = share.is_marked or any(part.is_marked for part in counts)
    return (Part(f"{share.text} ({counts[0].text}/{counts[1].text})", mark),)


def state_label(run: Run, estimate: Estimate) -> str:
    return (find_label(run.codes, ("estimate_state",), estimate.state) or estimate.state).lower()


def per_text(run: Run, estimate: Estimate | None) -> str:
    """What a share is a share of, in words; nothing for a plain number."""
    if estimate is None or estimate.per == NONE:
        return ""
    word = "af" if estimate.is_share else "pr."
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


def short_date(day: date) -> str:
    return date_da(day)


def _first(run: Run, ask: Asked, items: Sequence[str]) -> Estimate | None:
    return run.estimates.get(ask.metric, run.as_of, item=items[0], per=ask.per)


def _ordered(run: Run, metric: str, items: Sequence[str]) -> tuple[str, ...]:
    known = run.book.metrics.get(metric)
    order: Mapping[str, int] = (
        {code: place for place, code in enumerate(known.items)} if known and known.items else {}
    )
    return tuple(sorted(items, key=lambda code: order.get(code, len(order))))


def _code_order(run: Run, stratum_by: str) -> Callable[[str], tuple[int, str]]:
    name = code_list_of(run, stratum_by)
    codes = run.codes[name].codes if name else ()
    return lambda code: (codes.index(code) if code in codes else len(codes), code)
