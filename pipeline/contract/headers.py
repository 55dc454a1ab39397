"""Which headers of a delivered file mean which column."""

from pipeline.contract.model import Column, Table, normalise


def normalise_header(header: str) -> str:
    """A header as headers are compared: no case, no outer blanks, single spaces, no byte-order mark."""
    return normalise(header)


def accepted_headers(column: Column) -> tuple[str, ...]:
    """Every header that means ``column``: its name, its label in both languages, its aliases."""
    return (column.name, column.label.da, column.label.en, *column.aliases)


def headers(table: Table) -> dict[str, str]:
    """Normalised header → column name, for the columns a delivery fills. No header means two columns."""
    return {
        normalise_header(header): column.name
        for column in table.delivered_columns
        for header in accepted_headers(column)
    }
