"""Where SQL runs: ``base`` says what an engine is, ``duck`` is DuckDB in this process."""

from pipeline.engine.base import Engine
from pipeline.engine.duck import DuckEngine

__all__ = ["DuckEngine", "Engine"]
