"""Statistics as pure functions: exact where integers allow it, each with its formula and its source."""
