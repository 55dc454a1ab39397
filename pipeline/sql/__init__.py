"""One SELECT a file, in the portable subset that ``pipeline.engine.base`` names; each ends in ``final``."""

from pathlib import Path

FOLDER = Path(__file__).parent


def load(name: str) -> str:
    """The text of ``<name>.sql``. Raises FileNotFoundError for a name that is none."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def names() -> tuple[str, ...]:
    """Every query there is, sorted."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.sql")))
