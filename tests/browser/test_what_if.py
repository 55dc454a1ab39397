"""The what-if page in a real browser: Python's ledger to the krone at a hundred settings, no network."""

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from pipeline import params, paths
from pipeline.economics.assumptions import parse_costs
from pipeline.economics.business_case import FEE
from pipeline.economics.cost_ledger import counted, ledger
from pipeline.economics.model import Costs
from pipeline.economics.program import build, case, uses_of
from pipeline.report.assemble import Cut, load_run
from pipeline.report.contents import read_toml
from pipeline.report.what_if import TEXTS, page
from pipeline.stages.measured import measure_of
from tests.browser.axe import faults
from tests.conftest import Reports, Run

pytestmark = [pytest.mark.slow, pytest.mark.browser]
# Python keeps 28 digits of a discounted amount and the page all: a half øre may fall either way.
HALF_A_KRONE = 50
SETTINGS, SEED = 100, 20200302
SIZES = {"desk": (1280, 900), "phone": (360, 740)}
# A folder to keep the pictures in, for whoever wants to look at them.
PICTURES = os.environ.get("MAST_PICTURES")


@pytest.fixture(scope="module")
def file(pilot_reports: Reports, tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = params.load()
    cut = Cut(given.as_of, given.compare_with, given.report.edition, given.programme, given.reference.as_of)
    run, _ = load_run(pilot_reports.folders, cut)
    made = tmp_path_factory.mktemp("what-if") / "what_if.html"
    made.write_text(page(run, reports=paths.REPORTS), "utf-8")
    assert made.read_bytes() == (pilot_reports.first / "what_if.html").read_bytes()
    return made


@pytest.fixture(scope="module")
def costs(pilot_run: Run) -> Costs:
    given = params.load()
    return parse_costs(given.costs, measure_of(pilot_run.results / "estimates.parquet", given.as_of))


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[Page]:
    """The page from the disk; whatever else it asks for is refused and told, as is every error in it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    shown, told = context.new_page(), list[str]()

    def judge(route: Any) -> None:
        if route.request.url.partition("#")[0] == file.as_uri():
            route.continue_()
        else:
            told.append(route.request.url)
            route.abort()

    context.route("**/*", judge)
    shown.on("pageerror", lambda error: told.append(str(error)))
    shown.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    shown.goto(file.as_uri())
    yield shown
    context.close()
    assert told == []


def npv(shown: Page) -> int:
    return int(str(shown.get_attribute("#npv", "data-oere")))


def go(shown: Page, said: dict[str, Any]) -> None:
    """Put the settings into the address, as a link does, and wait until they are shown."""
    shown.evaluate(
        "hash => new Promise(done => {"
        " addEventListener('hashchange', () => setTimeout(done), { once: true });"
        " location.hash = hash })",
        f"{urlencode(said, doseq=True)}&lang={random.choice(('da', 'en'))}",
    )


def number_within(chance: random.Random, low: Decimal, high: Decimal) -> Decimal:
    return low + (high - low) * Decimal(chance.randrange(10_001)) / 10_000


def test_a_hundred_settings_give_the_ledger(opened: Page, costs: Costs) -> None:
    chance, program = random.Random(SEED), build(costs)
    fees = {a.name for a in costs.activities if a.kind == FEE}
    schedules = costs.discounting.entries
    for _ in range(SETTINGS):
        keys = chance.sample(sorted(costs.inputs), chance.choice((1, 5, 30, len(costs.inputs))))
        values = {
            key: number_within(chance, costs.inputs[key].low, costs.inputs[key].high).normalize()
            for key in keys
        }
        names = {
            name: chance.choice(listed).name
            for name, listed in (
                ("alternative", costs.alternatives),
                ("context", costs.contexts),
                ("path", costs.paths),
                ("perspective", costs.perspectives),
            )
        }
        own = uses_of(costs, costs.alternative(names["alternative"]))
        off = [use for use in own if chance.random() < 0.3]
        is_binding, schedule = chance.random() < 0.5, chance.randrange(len(schedules))
        go(opened, {
            **names, "off": off, "schedule": schedule, **({"frame": "binding"} if is_binding else {}),
            **{f"in.{key}": f"{value:f}" for key, value in values.items()},
        })  # fmt: skip
        day = schedules[schedule].valid_from or date(2000, 1, 1)
        given = replace(costs.with_values(values), decision_date=day)
        chosen = case(
            given,
            names["alternative"],
            context=names["context"],
            path=names["path"],
            uses=tuple(use for use in own if use not in off),
        )
        rows = counted(given, ledger(given, program, chosen), names["perspective"])
        wanted = sum(
            row.present_value_oere
            for row in rows
            if not (is_binding and (row.activity in fees or row.receiver is not None))
        )
        assert abs(npv(opened) - wanted) <= HALF_A_KRONE, (names, off, values)


def test_each_use_is_what_the_results_say(opened: Page, pilot_reports: Reports, costs: Costs) -> None:
    given = params.load()
    cut = Cut(given.as_of, given.compare_with, given.report.edition, given.programme, given.reference.as_of)
    run, _ = load_run(pilot_reports.folders, cut)
    decision = costs.decision
    opened.wait_for_selector("#block-rows td[data-oere]")
    for column, measure in ((2, "npv"), (3, "incremental"), (4, "stand_alone")):
        for row in run.tables["cost_results"]:
            place = (row["case"], row["alternative"], row["perspective"], row["measure"], row["region"])
            if place != ("main", decision.headline, decision.perspective, measure, "all"):
                continue
            shown = opened.query_selector(f"[data-block={row['use_type']}] :nth-child({column})[data-oere]")
            if shown:
                amount = int(str(shown.get_attribute("data-oere")))
                assert abs(amount - row["amount_oere"]) <= HALF_A_KRONE, row
    assert opened.locator("#block-rows td[data-oere]").count() >= 3 * len(costs.uses)


def test_a_slider_changes_the_number_and_its_address_keeps_it(opened: Page) -> None:
    base = npv(opened)
    slider = opened.locator("#strongest input[type=range]").first
    slider.focus()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowRight")
    moved = npv(opened)
    assert moved != base
    assert opened.locator("#changed li").count() == 1
    opened.reload()
    assert npv(opened) == moved
    opened.get_by_label("Find en forudsætning").fill("skatteforvridning")
    opened.get_by_label("Skatteforvridning").fill("0")
    assert npv(opened) != moved
    opened.get_by_role("button", name="Nulstil alt").click()
    assert npv(opened) == base
    assert "in." not in opened.url


def test_what_cannot_be_is_told_and_changes_nothing(opened: Page) -> None:
    base = npv(opened)
    opened.get_by_label("Find en forudsætning").fill("loft for udbredelsen")
    field = opened.locator("#field-ceiling")
    for wrong in ("120", "-10", ""):
        field.fill(wrong)
        assert field.get_attribute("aria-invalid") == "true"
        assert opened.locator("#fault-ceiling").inner_text() == "Skriv et tal fra 0 til 100."
        assert npv(opened) == base
    opened.evaluate(
        "location.hash = 'in.ceiling=9&in.nowhere=1&perspective=mars&schedule=length&in.__proto__=1'"
    )
    opened.get_by_text("Linket nævner noget").wait_for()
    assert npv(opened) == base
    opened.evaluate("location.hash = ''")
    assert npv(opened) == base


@pytest.mark.parametrize("size", SIZES)
def test_anyone_can_use_it(opened: Page, size: str) -> None:
    width, height = SIZES[size]
    opened.set_viewport_size({"width": width, "height": height})
    for details in opened.locator("details summary").all():
        details.click()
    opened.locator("#use-" + "consultation").click()
    assert faults(opened) == []
    wide = opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    opened.get_by_role("button", name="English").click()
    assert opened.evaluate("document.documentElement.lang") == "en"
    assert opened.get_by_role("heading", name="What if?").is_visible()
    assert faults(opened) == []


@pytest.mark.parametrize("size", SIZES)
def test_it_says_whose_data_it_is(opened: Page, size: str) -> None:
    opened.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    notice = read_toml(paths.REPORTS / "text" / "da" / "business_case.toml")["notice"]
    assert read_toml(paths.REPORTS / "text" / TEXTS)["texts"]["notice"]["da"] == notice
    assert opened.get_by_text(notice).is_visible()
    assert opened.get_by_text("Regneeksempel").is_visible()
    if PICTURES:
        opened.screenshot(path=Path(PICTURES) / f"what-if-{size}.png", full_page=True)
