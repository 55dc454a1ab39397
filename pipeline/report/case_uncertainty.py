"""How sure the business case is, as tables: sensitivity, break-even, chances, the bridge, what knowing is
worth.
"""

from collections.abc import Sequence
from decimal import Decimal

from pipeline.report.case import (
    SUM,
    alternatives,
    blocks,
    decision_perspective,
    headline,
    input_text,
    is_assumed,
    measured,
    million,
    perspectives,
    ranged,
    ranked,
    turns,
)
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import number, percent

STEPS = ("deterministic", "skew", "products", "steps", "correlation", "rounding", "mean")


def sensitivity(
    run: Run, key: str, caption: str, perspective: str, top: int, alternative: str = ""
) -> DataTable:
    """The inputs that move a net present value most."""
    rows = tuple(
        Row(
            run.titled(row),
            (
                cell(ranged(run, row)),
                million(run, row["npv_low_oere"]),
                million(run, row["npv_high_oere"]),
                cell(run.say("ja", "yes") if turns(row) else run.say("nej", "no")),
            ),
            sub=_assumed(run) if is_assumed(run, str(row["assumption"])) else "",
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
        "Mio. kr. Én forudsætning flyttes ad gangen; de andre holdes fast.",
        "DKK million. One assumption is moved at a time, all else unchanged.",
    )
    return DataTable(key, caption, columns, rows, (note,), "compact")


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
    volume = run.model["inputs"][run.model["decision"]["volume"]]
    columns = (
        Column(run.titled(volume), is_number=False),
        *(Column(title, is_number=False) for title in chosen.values()),
    )
    note = run.say(
        "Omkostninger i trin gør, at nutidsværdien kan gå op og ned: nulpunktet er en mængde af intervaller.",
        "As costs come in steps the net present value can go up and down: break-even is a set of intervals.",
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
    if not found or found[0]["number"] == 0:
        return cell(run.say("intet antal", "no number"))
    if len(found) > 2:
        first, last = number(found[0]["start"], 0, run.language), number(found[-1]["end"], 0, run.language)
        return cell(
            run.say(
                f"{len(found)} intervaller fra {first} til {last}",
                f"{len(found)} intervals from {first} to {last}",
            )
        )
    said: list[str] = []
    for row in found:
        start, end = number(row["start"], 0, run.language), number(row["end"], 0, run.language)
        match (row["is_start_open"], row["is_end_open"]):
            case (True, True):
                said.append(run.say("ethvert antal", "any number"))
            case (True, False):
                said.append(run.say(f"højst {end}", f"at most {end}"))
            case (False, True):
                said.append(run.say(f"mindst {start}", f"at least {start}"))
            case _:
                said.append(f"{start}–{end}")
    return cell(", ".join(said))


def turning_points(run: Run, key: str, caption: str) -> DataTable:
    """For the inputs that turn the decision's sign by themselves, where in their range it is a gain."""
    rows: list[Row] = []
    for row in run.tables["cost_breakeven"]:
        if row["assumption"] == run.model["decision"]["volume"]:
            continue
        item = run.model["inputs"][row["assumption"]]
        entry = {"unit": item["unit"], "start": row["start"], "end": row["end"], "value": item["value"]}
        if row["number"] == 0:
            said = run.say("intet sted", "nowhere")
        else:
            said = f"{input_text(run, entry, 'start')[0]}–{' '.join(input_text(run, entry, 'end'))}"
        rows.append(
            Row(
                run.titled(item),
                (
                    cell(alternatives(run)[row["alternative"]]),
                    cell(" ".join(input_text(run, entry, "value"))),
                    cell(said),
                ),
            )
        )
    columns = (
        Column(run.say("Forudsætning", "Assumption"), is_number=False),
        Column(run.say("Alternativ", "Alternative"), is_number=False),
        Column(run.say("Værdi", "Value"), is_number=False),
        Column(run.say("Gevinst, når den er", "A gain when it is"), is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def chances(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """Mean, interval and the chance of a gain of every alternative, all inputs uncertain at once."""
    rows: list[Row] = []
    for name, title in alternatives(run).items():
        (row,) = measured(run, "cost_uncertainty", alternative=name, perspective=perspective)
        interval = f"{_tenth(run, row['low_oere'])} {run.say('til', 'to')} {_tenth(run, row['high_oere'])}"
        rows.append(
            Row(
                title,
                (
                    million(run, row["mean_oere"]),
                    million(run, row["median_oere"]),
                    cell(interval),
                    cell(percent(Decimal(row["probability"]), 0, run.language)),
                ),
            )
        )
    columns = (
        Column(run.say("Alternativ", "Alternative"), is_number=False),
        Column(run.say("Middelværdi", "Mean")),
        Column(run.say("Median", "Median")),
        Column(run.say("95 %-interval", "95% interval")),
        Column(run.say("Sandsynlighed for gevinst", "Chance of a gain")),
    )
    draws = number(int(run.tables["cost_uncertainty"][0]["draws"]), 0, run.language)
    note = run.say(
        f"Mio. kr. {draws} trækninger; standardfejlen på middelværdien er under 0,1 mio. kr.",
        f"DKK million. {draws} draws; the standard error of the mean is below DKK 0.1 million.",
    )
    return DataTable(key, caption, columns, tuple(rows), (note,))


def _tenth(run: Run, oere: int) -> str:
    return "".join(part.text for part in million(run, oere))


def bridge(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """From one value to the mean of many, in whole kroner, column by column the alternatives."""
    known = alternatives(run)
    found = {
        (row["alternative"], row["step"]): int(row["amount_oere"])
        for row in measured(run, "cost_bridge", perspective=perspective)
    }
    rows = tuple(
        Row(
            run.word("bridge", step),
            tuple(cell(number(Decimal(found[name, step]) / 100, 2, run.language)) for name in known),
            is_total=step in ("deterministic", "mean"),
        )
        for step in STEPS
    )
    columns = (Column(run.say("Trin", "Step"), is_number=False), *map(Column, known.values()))
    note = run.say(
        "Kr. Trinene lagt til det deterministiske tal giver middelværdien.",
        "DKK. The steps added to the deterministic figure give the mean.",
    )
    return DataTable(key, caption, columns, rows, (note,), "compact")


def information(run: Run, key: str, caption: str) -> DataTable:
    """What knowing everything, a group or one input before the choice is worth to the decision-maker."""
    rows: list[Row] = []
    kinds = (
        ("evpi", run.say("Alt", "Everything")),
        ("group", run.say("Hvad én undersøgelse kan belyse", "What one study can inform")),
        ("evppi", run.say("Én forudsætning", "One input")),
    )
    for kind, title in kinds:
        found = sorted(
            measured(run, "cost_information", kind=kind), key=lambda row: (-row["value_oere"], row["name"])
        )
        rows.append(Row(title, is_group=True))
        rows += (
            Row(
                run.titled(row),
                (
                    million(run, row["value_oere"], 2),
                    million(run, row["standard_error_oere"], 2),
                    cell(f"{_hundredth(run, row['low_oere'])}–{_hundredth(run, row['high_oere'])}"),
                ),
                is_indented=True,
            )
            for row in found
        )
    columns = (
        Column(run.say("Hvad der er kendt før valget", "Known before the choice"), is_number=False),
        Column(run.say("Værdi", "Value")),
        Column(run.say("Standardfejl", "Standard error")),
        Column(run.say("Ved anden udglatning", "With another smoother")),
    )
    who, view = run.titled(run.model["decision"]), perspectives(run)[decision_perspective(run)]
    note = run.say(
        f"Mio. kr. for hele landet over perioden, for {who}, set fra {view.lower()}.",
        f"DKK million for the whole country over the period, for {who}, seen from {view.lower()}.",
    )
    return DataTable(key, caption, columns, tuple(rows), (note,), "compact")


def studies(run: Run, key: str, caption: str) -> DataTable:
    """What each study would be worth by its size; for one that is biased, why it has no value."""
    rows: list[Row] = []
    for study in run.model["studies"]:
        if study["refusal"]:
            rows.append(Row(run.titled(study), (cell("–"), cell("–"), cell(run.titled(study, "refusal")))))
            continue
        for size in study["sizes"]:
            (found,) = measured(run, "cost_information", kind="evsi", name=f"{study['name']}.{size}")
            worth = (million(run, found["value_oere"], 2), cell(None))
            rows.append(Row(run.titled(study), (cell(number(int(size), 0, run.language)), *worth)))
    columns = (
        Column(run.say("Undersøgelse", "Study"), is_number=False),
        Column(run.say("Størrelse", "Size")),
        Column(run.say("Værdi, mio. kr.", "Value, DKK million")),
        Column(run.say("Hvorfor ingen værdi", "Why no value"), is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def borrowed(run: Run, key: str, caption: str) -> DataTable:
    """A counted share alone, and with a named outside source at its weight; the result either way."""
    rows: list[Row] = []
    for row in measured(run, "cost_borrowed", alternative="as_tested"):
        said = run.say("med", "with") if row["is_with"] else run.say("uden", "without")
        low, high = (percent(Decimal(row[end]), 1, run.language) for end in ("low", "high"))
        weight = f"{run.say('vægt', 'weight')} {percent(row['weight'], 0, run.language)}"
        rows.append(
            Row(
                f"{run.titled(run.model['inputs'][row['assumption']])}, {said}",
                (
                    cell(percent(Decimal(row["mean"]), 1, run.language)),
                    cell(f"{low} {run.say('til', 'to')} {high}"),
                    million(run, row["npv_oere"]),
                    cell(f"{run.titled(row)}, {weight}" if row["is_with"] else None),
                ),
            )
        )
    columns = (
        Column(run.say("Andel", "Share"), is_number=False),
        Column(run.say("Middelværdi", "Mean")),
        Column(run.say("95 %-interval", "95% interval")),
        Column(run.say("Nutidsværdi som afprøvet, mio. kr.", "Net present value as tested, DKK million")),
        Column(run.say("Kilde udefra", "Outside source"), is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def _hundredth(run: Run, oere: int) -> str:
    return "".join(part.text for part in million(run, oere, 2))
