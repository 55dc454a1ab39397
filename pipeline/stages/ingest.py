"""Deliveries become tables: decoded, mapped and typed by the contracts, identifiers keyed, nothing lost."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import paths
from pipeline.contract import Contracts, load_contracts
from pipeline.contract.spilling import spilling
from pipeline.formats.deliveries import Delivery, read_index
from pipeline.formats.erasures import TABLE as ERASURES
from pipeline.formats.erasures import erased_hashes, without_erased
from pipeline.formats.gathering import Gathering
from pipeline.formats.log import Log
from pipeline.formats.readers import KEYING, READERS
from pipeline.formats.result import Read, Reading, Source, problem
from pipeline.formats.told import Told
from pipeline.identifiers import Key, key_id, load_key
from pipeline.params import Params, load
from pipeline.stages.run import run_stage
from pipeline.text import Problem, ProblemError, Text, number_da

MEMORY_MB = 256  # of the rows' database; what does not fit is on disk


def run(*, raw: Path, schemas: Path, out: Path, params: Params) -> None:
    """Write a Parquet file for every delivered contract, and what was wrong, below ``out``.

    No more is held than a piece of one file: the rest lies in a database below ``out`` while it runs.

    Raises ProblemError at once when the index or the key cannot be used, and after everything readable is
    written when something is missing that would make a report mislead.
    """
    contracts = load_contracts(schemas)
    index = read_index(raw / paths.DELIVERIES.name)
    key = load_key()
    _check_key(key, params.key_id)
    _check_index(index, contracts, key)
    reading = Reading(contracts, key.secret)
    delivered = {name: table for name, table in contracts.tables.items() if table.kind == "delivered"}
    with paths.replacing_folder(out) as folder, spilling(folder / ".rows", MEMORY_MB) as connection:
        log = Log(index, tuple(delivered), connection)
        gathering = Gathering(connection, delivered.values())
        for told, read, erased in _pieces(index, raw, reading):
            log.add(told, read, erased)
            for frame in read.frames:
                gathering.add(delivered[frame.table], told, frame)
        for name, table in delivered.items():
            for one in gathering.settle(table):
                log.lose(table, one)
            log.accept(name, gathering.accepted(table))
            gathering.write(table, folder / f"{name}.parquet")
        log.end()
        keyed = {"key_id": key_id(key.secret), "is_demonstration_key": key.is_demonstration}
        summary = log.summary(params.programme) | keyed
        log.write(folder, summary)
    _report(log.told, summary)
    if log.told.critical:
        raise ProblemError(log.told.critical)


def _pieces(
    index: Sequence[Delivery], raw: Path, reading: Reading
) -> Iterator[tuple[Delivery, Read, Mapping[str, int]]]:
    """What is read, in the order it was received, without those who are erased; their rows by table."""
    lists = (item for item in index if item.is_read and ERASURES in item.tables)
    hashes = erased_hashes(piece for item in lists for piece in read_delivery(item, raw, reading))
    for told in sorted(index, key=lambda item: item.received_date):
        for piece in read_delivery(told, raw, reading) if told.is_read else ():
            yield told, *without_erased(piece, hashes)


def read_delivery(delivery: Delivery, raw: Path, reading: Reading) -> Iterator[Read]:
    """Read one delivery by its format, and say what is wrong with it as a whole."""
    sources = [Source(raw / file, file) for file in delivery.files]
    for source, told in zip(sources, delivery.sha256, strict=True):
        if source.path.is_file() and paths.sha256(source.path) != told:
            yield Read(problems=(_changed(source),))
    rows, rows_read, is_said = 0, 0, False
    for piece in READERS[delivery.format](sources, delivery.tables, reading):
        rows += sum(frame.rows for frame in piece.frames)
        rows_read += piece.rows_read
        is_said = is_said or any(one.severity == "critical" for one in piece.problems)
        yield piece
    if not rows and not is_said and (delivery.rows or rows_read):
        yield Read(problems=(_nothing(sources[0], rows_read, delivery.rows),))


def _check_key(key: Key, expected: str) -> None:
    found = key_id(key.secret)
    if found != expected:
        text = Text(
            f"nøglen i brug har fingeraftrykket {found}; forventet {expected}",
            f"the key in use has the fingerprint {found}; expected {expected}",
        )
        file = paths.relative(paths.PARAMS)
        raise ProblemError(Problem(file, None, "key_id", "key_id", text, "critical"))


def _check_index(index: Sequence[Delivery], contracts: Contracts, key: Key) -> None:
    """Raise ProblemError when the index names what no contract knows, or real data meet the public key."""
    problems: list[Problem] = []
    programmes = contracts.codes["programme"].codes
    for delivery in index:
        if delivery.programme not in programmes:
            known = ", ".join(programmes)
            text = Text(
                f"ukendt program; forventet en af: {known}", f"unknown programme; expected one of: {known}"
            )
            problems.append(_index_problem(delivery, "programme", text))
        for name in delivery.tables:
            table = contracts.tables.get(name)
            if table is None or table.kind != "delivered":
                text = Text(
                    f"ukendt tabel »{name}«; forventet en fra schemas/",
                    f"unknown table '{name}'; expected one of schemas/",
                )
                problems.append(_index_problem(delivery, "table", text))
                continue
            has_identifier = delivery.format in KEYING or any(column.identifier for column in table.columns)
            is_keyed_otherwise = delivery.key_id not in (None, key_id(key.secret))
            if has_identifier and delivery.is_read and is_keyed_otherwise:
                text = Text(
                    "leverancens numre er nøglet med en tidligere nøgle; den skal leveres igen",
                    "the delivery's numbers are keyed with an earlier key; it must be delivered again",
                )
                problems.append(_index_problem(delivery, "key_id", text))
            is_real = not delivery.is_reconstructed and not delivery.is_fictitious
            if key.is_demonstration and has_identifier and is_real:
                text = Text(
                    "rigtige data må ikke nøgles med demonstrationsnøglen; sæt MAST_KEY_FILE",
                    "real data must not be keyed with the demonstration key; set MAST_KEY_FILE",
                )
                problems.append(_index_problem(delivery, "is_reconstructed", text))
    if problems:
        raise ProblemError(problems)


def _index_problem(delivery: Delivery, key: str, text: Text) -> Problem:
    column = f"{delivery.id}.{key}"
    return Problem(paths.DELIVERIES.name, None, column, "delivery_index", text, "critical")


def _changed(source: Source) -> Problem:
    return problem(
        source,
        None,
        None,
        "changed_file",
        "filen er ændret, siden den blev optaget i indekset; den læses, som den er nu",
        "the file has changed since it was indexed; it is read as it is now",
    )


def _nothing(source: Source, found: int, expected: int) -> Problem:
    return problem(
        source,
        None,
        None,
        "nothing_read",
        f"fundet {found} rækker, og ingen kan bruges; forventet {expected}",
        f"found {found} rows, and none can be used; expected {expected}",
        "critical",
    )


def _report(told: Told, summary: Mapping[str, Any]) -> None:
    """Print what was read, and the first places of each kind of warning."""
    _report_counts("", summary)
    for programme, counts in summary["other_programmes"].items():
        _report_counts(f"{programme}: ", counts)
    for line in told.lines():
        print(line)


def _report_counts(head: str, summary: Mapping[str, Any]) -> None:
    refused = sum(summary["quarantine"].values())
    names = ("deliveries", "rows_read", "rows_accepted", "masked_free_text")
    counts = [*(summary[name] for name in names), refused]
    da, en = [number_da(count) for count in counts], [f"{count:,}" for count in counts]
    print(
        f"{head}{da[0]} leverancer: {da[1]} rækker læst, {da[2]} brugt, {da[4]} i karantæne,"
        f" {da[3]} numre maskeret · {en[0]} deliveries: {en[1]} rows read, {en[2]} used,"
        f" {en[4]} in quarantine, {en[3]} masked"
    )


def main() -> None:
    run(raw=paths.RAW, schemas=paths.SCHEMAS, out=paths.DELIVERED, params=load())


if __name__ == "__main__":
    run_stage(main)
