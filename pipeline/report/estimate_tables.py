"""Tables of estimates: by cut-off, by stratum, by answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.report.labels import (
    brief,
    code_list_of,
    item_label,
    per_text,
    short_date,
    stratum_label,
    written,
)
from pipeline.report.placeholder import parse
from pipeline.report.results import ALL, NONE, Estimate
from pipeline.report.run import Run
from pipeline.report.spelling import spell, unit_word
from pipeline.report.table import Column, DataTable, Row, cell

EVERY = "*"


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
            interval = (
                spell(now, "interval", language=run.language) if now and now.low is not None else cell(None)
            )
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
    columns = [_indicator(run), *(Column(short_date(run, day)) for day in run.cut_offs)]
    if with_interval:
        columns.append(Column(run.say("95 %-interval", "95% interval")))
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
        _indicator(run),
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


def _indicator(run: Run) -> Column:
    return Column(run.say("Indikator", "Indicator"), is_number=False)


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
