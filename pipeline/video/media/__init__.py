"""Where media of three and more parties meet: one protocol, several engines."""
