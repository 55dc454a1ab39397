"""``mast video demo``: real meetings by real browsers through real nodes, and what the driver counted.

The ledger is the driver's own: what it made happen by region, mode and kind. The pipeline must find the same.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.video import people
from pipeline.video.config import load_config
from pipeline.video.export import DANISH, export, index_text
from pipeline.video.fees import STANDARD, load_fee_codes
from pipeline.video.network import SECURE, Line, NoNamespaceError, poor_line
from pipeline.video.people import Person, links_of
from pipeline.video.process import NodeProcess
from pipeline.video.store import Store

LINES: dict[str, Callable[[Line], None]] = {
    "thin": lambda line: line.shape(150, 1500),
    "lossy": lambda line: line.lose(20),
}
# The fifth region has no server: no node, no meetings, and that is not the same.
REGIONS = ("1083", "1084", "1082", "1085")
POOR_REGION = REGIONS[2]


@dataclass(frozen=True)
class Plan:
    """A meeting to be made. ``others`` are seats beside the patient's; without a host it is an attempt."""

    mode: str = "instant"
    use_type: str = "consultation_visit"
    others: tuple[str, ...] = ()
    line: str = ""
    is_guardian: bool = False
    is_test: bool = False
    has_host: bool = True

    @property
    def least_s(self) -> float:
        """A poor line shows in a stay that is long enough to have a quality class."""
        return 25.0 if self.line else 0.0

    @property
    def kind(self) -> str:
        return "consultation" if self.use_type.startswith("consultation_") else "conference"

    @property
    def seats(self) -> tuple[str, ...]:
        if self.kind == "conference":
            return self.others
        return ("child" if self.is_guardian else "patient", *self.others)


PLANS = (
    Plan(),
    Plan(mode="planned", use_type="nursing_home", others=("nursing_home", "home_nurse")),
    Plan(line="thin"),
    Plan(mode="planned", has_host=False),
    Plan(is_guardian=True, use_type="consultation_phone"),
    Plan(is_test=True),
    Plan(mode="planned", use_type="consultation_econsult", line="lossy"),
    Plan(others=("interpreter",), use_type="consultation_visit"),
)


@dataclass(frozen=True)
class Made:
    """What the driver made of a plan."""

    region: str
    plan: Plan
    outcome: str


def ledger(made: Sequence[Made]) -> dict[str, dict[str, int]]:
    """Meetings by outcome and by ``region mode kind``."""
    counts: dict[str, Counter[str]] = {}
    for one in made:
        name = f"{one.region} {one.plan.mode} {one.plan.kind}"
        counts.setdefault(one.outcome, Counter())[name] += 1
    return {outcome: dict(sorted(found.items())) for outcome, found in sorted(counts.items())}


def demo(
    browser_path: str, out: Path, work: Path, *, meetings: int, seconds: float, say: Callable[[str], None]
) -> list[Made]:
    """Hold ``meetings`` of at least ``seconds`` each; deliveries and ``ledger.json`` go below ``out``."""
    made: list[Made] = []
    with ExitStack() as stack:
        work.mkdir(parents=True, exist_ok=True)
        line: Line | None = None
        try:
            line = stack.enter_context(poor_line(browser_path, work))
        except NoNamespaceError:
            say("intet navnerum: alle møder på et godt net · no namespace: all on a clean line")
        nodes = {region: NodeProcess(work / region, _config(region)) for region in REGIONS}
        if line is not None:
            nodes[POOR_REGION].name = line.address
        for node in nodes.values():
            node.start()
            stack.callback(node.stop)
        secure = f"{SECURE}={nodes[POOR_REGION].url}"
        browser = stack.enter_context(people.browser(browser_path, secure))
        for number in range(meetings):
            plan = PLANS[number % len(PLANS)]
            region = REGIONS[number % len(REGIONS)]
            with ExitStack() as on_the_line:
                guests = browser
                if plan.line and line is not None:
                    line.mend()
                    LINES[plan.line](line)
                    guests = on_the_line.enter_context(people.another(browser, str(line.browser), secure))
                made.append(_hold(browser, guests, nodes[region], region, plan, seconds))
            what = f"{region} {plan.mode} {plan.kind}{f' ({plan.line})' if plan.line else ''}"
            say(f"{number + 1}/{meetings} {what}: {made[-1].outcome}")
    _write(out, nodes, made)
    return made


def _config(region: str) -> str:
    """A node's configuration; each region has one practice, which does not exist."""
    letter = "abcde"[int(region) % 5]
    return f'region = "{region}"\npractice = "p_demonstration{letter * 7}"\n'


def _hold(
    browser: Any, guests_browser: Any, node: NodeProcess, region: str, plan: Plan, seconds: float
) -> Made:
    """One meeting, from booking to goodbye."""
    with _crowd(browser, node) as come, _crowd(guests_browser, node) as come_too:
        host = come()
        booked = node.api("POST", "meetings", _wanted(plan))
        links = links_of(node.messages(), booked["shortId"])
        if plan.has_host:
            host.log_in_as_doctor()
            host.go(f"/klinik/moede/{booked['shortId']}")
        guests: list[Person] = []
        for seat in plan.seats:
            guest = come_too()
            guest.arrive(links[seat], seat)
            guests.append(guest)
            if plan.has_host:
                host.admit_next()
                for one in (host, *guests):
                    one.sees(len(guests))
        if plan.has_host:
            time.sleep(max(seconds, plan.least_s))
            host.press("Afslut mødet")
            guests[0].page.get_by_text("Mødet er slut").wait_for()
        else:
            guests[0].page.close()
            people.wait_until(lambda: "left" in _log(node), 90, "deltageren er gået")
    outcome = "test_call" if plan.is_test else "held" if plan.has_host else "attempted"
    return Made(region, plan, outcome)


@contextmanager
def _crowd(browser: Any, node: NodeProcess) -> Iterator[Callable[[], Person]]:
    """As many people as are asked for, who all go home at the end."""
    with ExitStack() as home:

        def come() -> Person:
            one = Person.at(browser, node.url)
            home.callback(one.context.close)
            return one

        yield come


def _wanted(plan: Plan) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "meetingType": "POOL" if plan.mode == "instant" else "NORMAL",
        "useType": plan.use_type,
        "seats": list(plan.others),
        "guardian": plan.is_guardian,
        "isTest": plan.is_test,
    }
    if plan.mode == "planned":
        wanted["startTime"] = datetime.now(DANISH).isoformat(timespec="seconds")
    return wanted


def _log(node: NodeProcess) -> str:
    """The last event of a participant that left, as text; empty while nobody has."""
    lines = [
        line
        for path in sorted((node.state / "log").glob("events-*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if ".participant." in line
    ]
    return lines[-1] if lines else ""


def _write(out: Path, nodes: dict[str, NodeProcess], made: Sequence[Made]) -> None:
    today = datetime.now(DANISH).date()
    contracts, fees = load_contracts(paths.SCHEMAS), load_fee_codes(STANDARD)
    text = ""
    for region, node in nodes.items():
        store = Store(node.state / "state.sqlite")
        entries = export(load_config(node.config), store, contracts, fees, out / region, today)
        store.close()
        text += index_text(entries, f"{out.name}/{region}")
    paths.write_bytes(out / "deliveries.toml", text.encode())
    paths.write_json(out / "ledger.json", ledger(made))
