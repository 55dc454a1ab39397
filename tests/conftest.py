"""The pilot's deliveries run through the stages, once a session, into a temporary folder."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pipeline import params, paths
from pipeline.contract.store import read
from pipeline.report.assemble import Folders
from pipeline.stages import (
    codebook,
    costs,
    figures,
    ingest,
    link,
    metrics,
    report,
    sessions,
    uncertainty,
    validate,
    warehouse,
)

# Speed is measured in tests/bench and never asserted: a busy machine breaks no invariant.
settings.register_profile("mast", deadline=None)
settings.load_profile("mast")


@dataclass(frozen=True)
class Run:
    """Where a run of the stages put its tables and results."""

    folder: Path

    @property
    def delivered(self) -> Path:
        return self.folder / "delivered"

    @property
    def linked(self) -> Path:
        return self.folder / "linked"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    def estimates(self, edition: str = "restricted") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = read(self.results / "estimates.parquet").to_pylist()
        return [row for row in rows if row["edition"] == edition]


def run_stages(raw: Path, folder: Path, *, require_published: bool = True) -> Run:
    """Ingest to metrics on the deliveries in ``raw``."""
    run, given = Run(folder), params.load()
    given = replace(given, metrics=replace(given.metrics, require_published=require_published))
    ingest.run(raw=raw, schemas=paths.SCHEMAS, out=run.delivered, params=given)
    sessions.run(delivered=run.delivered, out=folder / "sessions", params=given)
    link.run(delivered=run.delivered, sessions=folder / "sessions", out=run.linked, params=given)
    metrics.run(
        linked=run.linked, delivered=run.delivered, schemas=paths.SCHEMAS, out=run.results, params=given
    )
    return run


@pytest.fixture(scope="session")
def pilot_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The committed deliveries, run once."""
    return run_stages(paths.RAW, tmp_path_factory.mktemp("pilot"))


@pytest.fixture(scope="session")
def pilot_warehouse(pilot_run: Run) -> Path:
    """The warehouse of the committed deliveries, with the costs."""
    results, estimates, given = pilot_run.results, pilot_run.results / "estimates.parquet", params.load()
    costs.run(estimates=estimates, schemas=paths.SCHEMAS, out=results, params=given)
    uncertainty.run(
        estimates=estimates,
        results=results / "cost_results.parquet",
        schemas=paths.SCHEMAS,
        out=results,
        params=given,
    )
    codebook.run(estimates=estimates, schemas=paths.SCHEMAS, out=results / "codebook.json", params=given)
    out = pilot_run.folder / "warehouse.duckdb"
    folders = {name: pilot_run.folder / name for name in ("delivered", "sessions", "linked", "results")}
    warehouse.run(folders=folders, schemas=paths.SCHEMAS, out=out)
    return out


@dataclass(frozen=True)
class Reports:
    """The reports of the committed deliveries, made twice."""

    folders: Folders
    first: Path
    second: Path


@pytest.fixture(scope="session")
def pilot_reports(pilot_run: Run, pilot_warehouse: Path) -> Reports:
    """Both PDFs, twice into folders of their own."""
    assert pilot_warehouse.is_file()
    given, results = params.load(), pilot_run.results
    sessions_at = pilot_run.folder / "sessions"
    validate.run(
        delivered=pilot_run.delivered,
        sessions=sessions_at,
        schemas=paths.SCHEMAS,
        results=results,
        params=given,
    )
    text = paths.REPORTS / "text" / "da"
    folders = Folders(pilot_run.delivered, pilot_run.linked, results, paths.SCHEMAS, text)
    made: list[Path] = []
    for name in ("first", "second"):
        out = pilot_run.folder / name
        figures.run(folders=folders, fonts=paths.REPORTS / "fonts", out=out / "figures", params=given)
        report.run(folders=folders, reports=paths.REPORTS, out=out, params=given)
        made.append(out)
    return Reports(folders, *made)
