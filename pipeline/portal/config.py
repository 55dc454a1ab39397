"""A portal's configuration: a TOML file, where every key has a default that runs on one machine."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline import paths
from pipeline.web.settings import Provider, Site, load_settings, wrong_setting

REGION_ROLE = "region:"
OFFICE_ROLE = "cimt"


@dataclass(frozen=True)
class Config(Site):
    """What one portal is. ``is_demonstration``: the persons and clinics in it do not exist.

    ``most_mb`` is the largest file, in MB.

    The provider's roles ``region:<code>`` and ``cimt`` say who may do what.
    """

    port: int = 8490
    state_folder: str = ""
    programme: str = "reference"
    is_demonstration: bool = True
    most_mb: int = 2048
    identity_provider: Provider = field(default_factory=Provider)

    @property
    def state(self) -> Path:
        """The folder of what the portal keeps."""
        return Path(self.state_folder) if self.state_folder else paths.ROOT / "data" / "state" / "portal"


def load_config(path: Path | None) -> Config:
    """The configuration in ``path``; without one, a demonstration on this machine. Raises ProblemError."""
    config = Config() if path is None else load_settings(path, Config())
    if not config.is_demonstration and not config.identity_provider.issuer:
        name = paths.relative(path) if path else "(standard)"
        raise wrong_setting(
            name,
            "identity_provider.issuer",
            "mangler; testlogin bruges kun, hvor is_demonstration = true",
            "is missing; the test login serves demonstrations only",
        )
    return config
