"""The reconstructed pilot: microdata calibrated to the published figures, as it would have been delivered."""

from pipeline.pilot.command import main, stale_files
from pipeline.pilot.deliver import SEED, Made, generate, make, write

__all__ = ["SEED", "Made", "generate", "main", "make", "stale_files", "write"]
