"""The reference signalling and media service: booking, message, login, waiting room, call, log."""
