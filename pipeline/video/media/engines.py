"""Which engine a node's configuration asks for."""

from pipeline.video.config import Media
from pipeline.video.media.engine import MediaEngine


def make(media: Media) -> MediaEngine:
    """The engine for meetings of three and more."""
    from pipeline.video.media.forwarding import ForwardingEngine

    return ForwardingEngine(media.address)
