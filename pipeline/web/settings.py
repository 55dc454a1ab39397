"""A service's configuration: a TOML file laid over a frozen dataclass whose every field has a default."""

import tomllib
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipeline import paths
from pipeline.text import Problem, ProblemError, Text

T = TypeVar("T")


@dataclass(frozen=True)
class Provider:
    """An identity provider. ``loa`` is the least assurance that somebody needs."""

    issuer: str = ""
    client_id: str = "mast"
    client_secret_file: str = ""
    loa: str = "substantial"

    @property
    def secret(self) -> str | None:
        """The client's secret, where the provider wants one."""
        path = self.client_secret_file
        return Path(path).read_text("utf-8").strip() if path else None


@dataclass(frozen=True)
class Site:
    """Where a service is reached, here and from outside."""

    host: str = "127.0.0.1"
    port: int = 8480
    public_url: str = ""
    tls_certificate: str = ""
    tls_key: str = ""

    @property
    def url(self) -> str:
        """The address that people open, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        name = "localhost" if self.host in ("127.0.0.1", "::1") else self.host
        return f"{'https' if self.is_https else 'http'}://{name}:{self.port}"

    @property
    def is_https(self) -> bool:
        return bool(self.tls_certificate) or self.public_url.startswith("https:")

    @property
    def inner_url(self) -> str:
        """Where the service reaches itself, past a proxy; empty where its certificate is in the way."""
        local = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return "" if self.tls_certificate else f"http://{local}:{self.port}"


def load_settings(path: Path, standard: T) -> T:
    """``standard`` with what the file says; a table of the file is a dataclass of its own.

    Raises ProblemError naming file and key for what is unknown or of another type.
    """
    name = paths.relative(path)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise wrong_setting(name, None, "filen kan ikke læses", "the file cannot be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        da, en = f"filen er ikke gyldig TOML: {error}", f"not valid TOML: {error}"
        raise wrong_setting(name, None, da, en) from error
    made: T = _laid_over(name, "", standard, raw)
    return made


def _laid_over(name: str, place: str, standard: Any, raw: dict[str, Any]) -> Any:
    known = {one.name: one for one in fields(standard)}
    given = {key: getattr(standard, key) for key in known}
    for key, value in raw.items():
        where = f"{place}{key}"
        if key not in known:
            said = ", ".join(known)
            raise wrong_setting(
                name, where, f"ukendt nøgle; kendte er {said}", f"unknown key; known are {said}"
            )
        wanted = getattr(standard, key)
        if is_dataclass(wanted) and isinstance(value, dict):
            given[key] = _laid_over(name, f"{where}.", wanted, value)
        elif isinstance(wanted, tuple) and isinstance(value, list):
            given[key] = tuple(str(item) for item in value)
        elif type(value) is type(wanted):
            given[key] = value
        else:
            expected = type(wanted).__name__
            raise wrong_setting(name, where, f"forventet {expected}", f"expected {expected}")
    return type(standard)(**given)


def wrong_setting(name: str, key: str | None, da: str, en: str) -> ProblemError:
    """What a configuration that cannot be followed raises."""
    return ProblemError(Problem(name, None, key, "config", Text(da, en), "critical"))
