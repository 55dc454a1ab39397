"""What a browser says of its call (W3C webrtc-stats), live or from a dump, in the session log's words."""
