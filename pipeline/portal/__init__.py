"""Where regions deliver: a clerk sends a file and learns within seconds, in Danish, what is wrong with it."""
