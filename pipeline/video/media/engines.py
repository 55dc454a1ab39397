"""Which engine a node's configuration asks for."""

from pipeline.video.config import Media
from pipeline.video.media.engine import MediaEngine
from pipeline.video.media.none import NoEngine


def make(media: Media) -> MediaEngine:
    """The engine for meetings of three and more."""
    del media
    return NoEngine()
