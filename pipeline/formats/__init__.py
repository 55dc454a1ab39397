"""The outside formats, one module each, all ending in contract-shaped rows, problems and quarantine."""
