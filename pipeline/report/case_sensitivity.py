"""What moves the result and where it turns, as tables: sensitivity, break-even, turning points."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from pipeline.report.case import (
    SUM,
    Entry,
    alternatives,
    blocks,
    decision_perspective,
    headline,
    input_said,
    input_text,
    is_assumed,
    measured,
    million,
    nearest,
    perspectives,
    ranged,
    ranked,
    turning,
    turns,
)
from pipeline.report.facts import SHARES
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import number, unbroken

SHOWN_TURNS = 3


def sensitivity(
    run: Run, key: str, caption: str, perspective: str, top: int, alternative: str = ""
) -> DataTable:
    """The inputs that move a net present value most."""
    rows = tuple(
        Row(
            starred(run, row),
            (
                cell(unbroken(ranged(run, row))),
                million(run, row["npv_low_oere"]),
                million(run, row["npv_high_oere"]),
                cell(run.say("ja", "yes") if turns(row) else run.say("nej", "no")),
            ),
        )
        for row in ranked(run, perspective, alternative or headline(run))[:top]
    )
    columns = (
        Column(run.say("Forudsætning", "Assumption"), is_number=False),
        Column(run.say("Spænd", "Range"), is_number=False),
        Column(run.say("Nutidsværdi ved lav", "Net present value at low")),
        Column(run.say("Nutidsværdi ved høj", "Net present value at high")),
        Column(run.say("Skifter fortegn", "Turns the sign"), is_number=False),
    )
    note = run.say(
        "Mio. kr. Én forudsætning flyttes ad gangen; de andre holdes fast. * antagelse uden kilde.",
        "DKK million. One assumption is moved at a time, all else unchanged. * assumption without a source.",
    )
    return DataTable(key, caption, columns, rows, (note,), "compact")


def starred(run: Run, row: Entry) -> str:
    """An input's title, with a star where it is an assumption without a source."""
    return run.titled(row) + ("\u00a0*" if is_assumed(run, str(row["assumption"])) else "")


def _assumed(run: Run) -> str:
    return run.say("antagelse uden kilde", "assumption without a source")


def break_even(run: Run, key: str, caption: str, views: Sequence[str]) -> DataTable:
    """How many contacts a year give at least nought: every alternative, and each use bearing all shared
    costs.
    """
    rows: list[Row] = []
    chosen = {name: perspectives(run)[name] for name in views}
    for title, wanted in (
        (
            run.say("Alternativer", "Alternatives"),
            [(name, SUM, said) for name, said in alternatives(run).items()],
        ),
        (
            run.say(
                "Den enkelte anvendelse, alene om de fælles omkostninger",
                "Each use, bearing all shared costs",
            ),
            [
                (headline(run), block, said)
                for block, said in blocks(run).items()
                if block != SUM and measured(run, "cost_breakeven", use_type=block)
            ],
        ),
    ):
        rows.append(Row(title, is_group=True))
        for alternative, block, said in wanted:
            cells = tuple(_intervals(run, alternative, block, perspective) for perspective in chosen)
            rows.append(Row(said, cells, is_indented=True))
    key_of = str(run.model["decision"]["volume"])
    volume = run.model["inputs"][key_of]
    columns = (
        Column(run.titled(volume), is_number=False),
        *(Column(title, is_number=False) for title in chosen.values()),
    )
    most = number(
        max(int(row["high"]) for row in measured(run, "cost_breakeven", assumption=key_of)), 0, run.language
    )
    note = run.say(
        f"Søgt fra nul til {most} møder om året. »Mindst« og »højst« er de tal, hvor resultatet er nul.",
        f"Searched from none to {most} meetings a year. The result is zero at “at least” and “at most”.",
    )
    return DataTable(key, caption, columns, tuple(rows), (note,), "compact")


def _intervals(run: Run, alternative: str, block: str, perspective: str) -> Spelled:
    found = measured(
        run,
        "cost_breakeven",
        alternative=alternative,
        use_type=block,
        perspective=perspective,
        assumption=str(run.model["decision"]["volume"]),
    )
    return cell(gain_where(run, found))


def gain_where(run: Run, found: Sequence[Entry]) -> str:
    """Where an input gives at least nought: ``mindst 423.015``, ``højst 7,5 minutter``, ``a til b``.

    ``found`` are the intervals of one input; their ends are rounded inwards, so that what is said holds.
    """
    if not found or found[0]["number"] == 0:
        return run.say("intet antal", "no number") if _is_volume(run, found) else run.say("intet", "nowhere")
    if len(found) > 2:
        first, last = _end(run, found[0], "start"), _end(run, found[-1], "end")
        return run.say(
            f"{len(found)} intervaller fra {first} til {last}",
            f"{len(found)} intervals from {first} to {last}",
        )
    said: list[str] = []
    for row in found:
        start, end = _end(run, row, "start"), _end(run, row, "end")
        match (row["is_start_open"], row["is_end_open"]):
            case (True, True):
                said.append(run.say("ethvert antal", "any number"))
            case (True, False):
                said.append(unbroken(run.say(f"højst {end}", f"at most {end}")))
            case (False, True):
                said.append(unbroken(run.say(f"mindst {start}", f"at least {start}")))
            case _:
                said.append(run.say(f"{start} til {end}", f"{start} to {end}"))
    return run.say(" eller ", " or ").join(said)


def _is_volume(run: Run, found: Sequence[Entry]) -> bool:
    return not found or found[0]["assumption"] == run.model["decision"]["volume"]


def _end(run: Run, row: Entry, column: str) -> str:
    """An end of an interval with the input's unit; a yearly number goes without, its column says so."""
    unit = run.model["inputs"][row["assumption"]]["unit"]
    value = Decimal(row[column])
    step = Decimal("0.001") if unit in SHARES else Decimal(1) if _is_volume(run, [row]) else Decimal("0.1")
    rounding = ROUND_CEILING if column == "start" else ROUND_FLOOR
    inward = (value / step).to_integral_value(rounding) * step
    shown = {"unit": unit, column: inward.normalize() + 0}
    return input_text(run, shown, column)[0] if _is_volume(run, [row]) else input_said(run, shown, column)


def turning_points(run: Run, key: str, caption: str) -> DataTable:
    """For the inputs that turn the decision's sign by themselves, where in their range it is a gain."""
    volume = run.model["decision"]["volume"]
    return _turning(run, key, caption, [row for row in _nearest_rows(run) if row["assumption"] != volume])


def flips(run: Run, key: str, caption: str) -> DataTable:
    """The three inputs that turn the decision's sign and move it most: assumed, range, where it is a gain."""
    perspective = decision_perspective(run)
    strongest = turning(run, perspective, nearest(run, perspective))[:SHOWN_TURNS]
    names = [row["assumption"] for row in strongest]
    rows = [row for row in _nearest_rows(run) if row["assumption"] in names]
    return _turning(run, key, caption, sorted(rows, key=lambda row: names.index(row["assumption"])))


def _nearest_rows(run: Run) -> list[Entry]:
    perspective = decision_perspective(run)
    return measured(
        run, "cost_breakeven", alternative=nearest(run, perspective), use_type=SUM, perspective=perspective
    )


def _turning(run: Run, key: str, caption: str, found: Sequence[Entry]) -> DataTable:
    rows: list[Row] = []
    for assumption in dict.fromkeys(str(row["assumption"]) for row in found):
        item = run.model["inputs"][assumption]
        own = [row for row in found if row["assumption"] == assumption]
        entry = {"unit": item["unit"]} | {
            name: Decimal(repr(item[name])) for name in ("value", "low", "high")
        }
        rows.append(
            Row(
                run.titled(item),
                (
                    cell(input_said(run, entry, "value")),
                    cell(unbroken(ranged(run, entry))),
                    cell(gain_where(run, own)),
                    cell(_assumed(run) if item["is_assumption"] else run.say("målt", "measured")),
                ),
            )
        )
    columns = (
        Column(run.say("Forudsætning", "Assumption"), is_number=False),
        Column(run.say("Regnet med", "Assumed"), is_number=False),
        Column(run.say("Spænd", "Range"), is_number=False),
        Column(run.say("Gevinst, når den er", "A gain when it is"), is_number=False),
        Column(run.say("Hviler på", "Rests on"), is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")
