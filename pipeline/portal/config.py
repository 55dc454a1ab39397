"""A portal's configuration: a TOML file, where every key has a default that runs on one machine."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline import paths
from pipeline.web.settings import load_settings, wrong_setting

REGION_ROLE = "region:"
OFFICE_ROLE = "cimt"


@dataclass(frozen=True)
class Provider:
    """An identity provider; its roles ``region:<code>`` and ``cimt`` say who may do what."""

    issuer: str = ""
    client_id: str = "mast-portal"
    client_secret_file: str = ""
    loa: str = "substantial"


@dataclass(frozen=True)
class Config:
    """What one portal is. ``is_demonstration``: the persons and clinics in it do not exist."""

    host: str = "127.0.0.1"
    port: int = 8490
    public_url: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    state_folder: str = ""
    programme: str = "reference"
    is_demonstration: bool = True
    identity_provider: Provider = field(default_factory=Provider)

    @property
    def url(self) -> str:
        """The address that people open, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        name = "localhost" if self.host in ("127.0.0.1", "::1") else self.host
        return f"{'https' if self.tls_certificate else 'http'}://{name}:{self.port}"

    @property
    def is_https(self) -> bool:
        return bool(self.tls_certificate) or self.public_url.startswith("https:")

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
