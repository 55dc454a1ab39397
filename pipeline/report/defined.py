"""The tables and figures that the definitions beside the narrative ask for, each made by its kind."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.paths import relative
from pipeline.report import (
    case_charts,
    case_information,
    case_inputs,
    case_map,
    case_plan,
    case_portfolio,
    case_sensitivity,
    case_swings,
    case_tables,
    case_uncertainty,
    case_years,
    codes,
    quality,
)
from pipeline.report.answer_charts import answers
from pipeline.report.bar_charts import bars
from pipeline.report.counted import counts
from pipeline.report.estimate_tables import asked, by_cut_off, by_stratum, of_domain, strata_of_domain
from pipeline.report.flow_diagram import flow
from pipeline.report.labels import stratum_title
from pipeline.report.milestone_chart import milestone_table, milestones
from pipeline.report.points import Chart, Options
from pipeline.report.results import NONE
from pipeline.report.run import Run
from pipeline.report.share_charts import shares
from pipeline.report.table import DataTable
from pipeline.report.text import render
from pipeline.report.theme_table import themes
from pipeline.text import Problem, ProblemError, Text

CHARTS: Mapping[str, Callable[[Run, str, Options], Chart]] = {
    "bars": bars,
    "answers": answers,
    "shares": shares,
    "flow": flow,
    "milestones": milestones,
    "two_way": case_map.two_way,
    "alternatives": case_charts.by_alternative,
    "uses": case_charts.by_use,
    "years": case_charts.years,
    "chances": case_swings.chances,
    "tornado": case_swings.tornado,
    "worth": case_swings.worth,
}
PLAIN: Mapping[str, Callable[[Run, str, str], DataTable]] = {
    "milestones": milestone_table,
    "deliveries": quality.deliveries,
    "quarantine": quality.quarantine,
    "literature": quality.literature,
    "codebook_columns": codes.columns,
    "codebook_codes": codes.code_lists,
    "codebook_metrics": codes.metrics,
    "sourced": case_inputs.sourced,
    "assumed": case_inputs.assumed,
    "dated": case_inputs.dated,
    "perspectives": case_inputs.definitions,
    "risks": case_plan.risks,
    "benefit_plan": case_plan.benefit_plan,
    "alternatives": case_tables.by_alternative,
    "uses": case_portfolio.by_use,
    "lines": case_portfolio.lines,
    "turning_points": case_sensitivity.turning_points,
    "flips": case_sensitivity.flips,
    "information": case_information.information,
    "studies": case_information.studies,
    "borrowed": case_uncertainty.borrowed,
}
# Those that are of one perspective.
SEEN: Mapping[str, Callable[[Run, str, str, str], DataTable]] = {
    "portfolio": case_portfolio.portfolio,
    "years": case_years.by_year,
    "paths": case_years.by_path,
    "regions": case_years.by_region,
    "chances": case_uncertainty.chances,
    "bridge": case_uncertainty.bridge,
    "consequences": case_tables.consequences,
}
# Those that set several perspectives side by side.
COMPARED: Mapping[str, Callable[[Run, str, str, Sequence[str]], DataTable]] = {
    "frame": case_tables.frame,
    "contexts": case_tables.by_context,
    "break_even": case_sensitivity.break_even,
}


def make_charts(
    run: Run, definitions: Mapping[str, Options], source: Path, wanted: set[str] | None = None
) -> dict[str, Chart]:
    """Every defined figure (or those wanted). Raises ProblemError for an unknown kind or a missing option."""
    return {
        key: _made(CHARTS, run, key, options, source)
        for key, options in definitions.items()
        if wanted is None or key in wanted
    }


def _made(
    kinds: Mapping[str, Callable[[Run, str, Options], Chart]],
    run: Run,
    key: str,
    options: Options,
    source: Path,
) -> Chart:
    make = kinds.get(str(options.get("kind")))
    if make is None:
        raise _unknown(source, key, str(options.get("kind")), kinds)
    try:
        return make(run, key, options)
    except (KeyError, ValueError) as error:
        raise _missing(source, key, error) from error


def make_table(run: Run, key: str, options: Options, source: Path, checks: Mapping[str, Any]) -> DataTable:
    """One defined table. ``checks`` holds ``validation`` and ``summary``, the counts of two stages."""
    kind, caption = str(options.get("kind")), str(options.get("caption", ""))
    notes = tuple(str(note) for note in options.get("notes", ()))
    try:
        match kind:
            case "metrics":
                return by_cut_off(
                    run,
                    key,
                    caption,
                    [asked(row) for row in options["rows"]],
                    notes,
                    str(options.get("style", "normal")),
                )
            case "strata":
                wanted = [asked(row) for row in options["rows"]]
                return by_stratum(run, key, caption, wanted, str(options["by"]), notes)
            case "themes":
                return themes(run, key, caption, options)
            case "validation":
                return quality.validation(run, key, caption, checks["validation"])
            case "broken_rules":
                return quality.broken_rules(run, key, caption, checks["validation"])
            case "without_delivery":
                return quality.without_delivery(run, key, caption, checks["summary"])
            case "sensitivity":
                return case_sensitivity.sensitivity(
                    run,
                    key,
                    caption,
                    str(options["perspective"]),
                    int(options["top"]),
                    str(options.get("alternative", "")),
                )
            case "counts":
                by: dict[str, str] = options["by"]
                return counts(
                    run,
                    key,
                    caption,
                    str(options["table"]),
                    str(options["measures"]),
                    by,
                    str(options["missing"]),
                )
            case "text":
                body = render(source.parent / str(options["text"]), run, language=run.language)
                return DataTable(key, caption, (), (), notes, str(options.get("style", "normal")), html=body)
            case _ if kind in COMPARED:
                return COMPARED[kind](run, key, caption, [str(view) for view in options["perspectives"]])
            case _ if kind in SEEN:
                return SEEN[kind](run, key, caption, str(options["perspective"]))
            case _:
                return PLAIN[kind](run, key, caption)
    except (KeyError, ValueError) as error:
        if kind not in (*PLAIN, *SEEN, *COMPARED) and error.args == (kind,):
            raise _unknown(source, key, kind, {**PLAIN, **SEEN, **COMPARED}) from error
        raise _missing(source, key, error) from error


def domain_tables(run: Run, domain: str) -> list[DataTable]:
    """What a domain's chapter ends with: all its metrics, and what could not be measured."""
    wanted = of_domain(run, domain)
    title = run.word("domain", domain)
    made: list[DataTable] = []
    if wanted:
        made.append(
            by_cut_off(run, f"domain_{domain}", f"{title}: alle indikatorer", wanted, style="compact")
        )
    unfed = quality.unfed(run, f"domain_{domain}_unfed", f"{title}: det, der ikke kunne måles", domain)
    return [*made, unfed] if unfed.rows else made


def strata_tables(run: Run, domain: str) -> list[DataTable]:
    """A domain's metrics broken down, one table per way of doing so."""
    wanted = of_domain(run, domain)
    title = run.word("domain", domain)
    made: list[DataTable] = []
    whole = [ask for ask in wanted if ask.item == NONE]
    headline = list({ask.metric: ask for ask in reversed(whole)}.values())[::-1]
    for stratum_by in strata_of_domain(run, domain):
        name = stratum_title(run, stratum_by).lower()
        table = by_stratum(
            run, f"domain_{domain}_{stratum_by}", f"{title}: efter {name}", headline, stratum_by
        )
        if table.rows:
            made.append(table)
    return made


def _unknown(source: Path, key: str, kind: str, kinds: Mapping[str, object]) -> ProblemError:
    known = ", ".join(kinds)
    message = Text(f"ukendt art »{kind}«; kendte er {known}", f"unknown kind '{kind}'; known are {known}")
    return ProblemError(Problem(relative(source), None, key, "definition", message, "critical"))


def _missing(source: Path, key: str, error: Exception) -> ProblemError:
    name = str(error.args[0])
    message = Text(
        f"»{name}« mangler, findes ikke eller kan ikke læses",
        f"'{name}' is missing, is not there or cannot be read",
    )
    return ProblemError(Problem(relative(source), None, key, "definition", message, "critical"))
