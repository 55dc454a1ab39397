"""The shell of a page: Danish, with a skip link and a main landmark, and nothing from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

SHELL = Markup("""<!doctype html>
<html lang="da">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{title}</title>
<link rel="icon" href="data:,">
{styles}
</head>
<body>
<a class="skip" href="#main">Gå til indholdet</a>
<header class="top"><span class="name">{name}</span>{aside}</header>
{body}
{scripts}
</body>
</html>
""")


def page(
    title: str,
    body: Markup,
    *,
    name: str,
    aside: Markup | None = None,
    scripts: Sequence[str] = (),
    styles: Sequence[str] = ("/static/base.css",),
) -> str:
    """The whole page. ``body`` holds ``<main id="main">``; ``scripts`` are addresses of modules."""
    return str(
        SHELL.format(
            title=f"{title} – {name}",
            name=name,
            aside=aside or "",
            body=body,
            styles=Markup("\n").join(
                Markup('<link rel="stylesheet" href="{}">').format(one) for one in styles
            ),
            scripts=Markup("\n").join(
                Markup('<script type="module" src="{}"></script>').format(escape(one)) for one in scripts
            ),
        )
    )


@dataclass(frozen=True)
class Pages:
    """A service's pages: templates in ``package``'s folder ``templates``, under the service's ``name``."""

    package: str
    name: str
    styles: tuple[str, ...]

    @cached_property
    def _environment(self) -> Environment:
        return Environment(
            loader=PackageLoader(self.package),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def show(
        self,
        template: str,
        tab: str,
        /,
        *,
        scripts: Sequence[str] = (),
        status: int = 200,
        aside: str = "",
        **given: Any,
    ) -> web.Response:
        """A page as an answer; ``tab`` is its title."""
        body = Markup(self._environment.get_template(f"{template}.html").render(**given))
        made = page(tab, body, name=self.name, aside=Markup(aside), scripts=scripts, styles=self.styles)
        return web.Response(text=made, content_type="text/html", status=status)

    def show_body(self, title: str, body: Markup) -> web.Response:
        """A page whose body is made elsewhere."""
        return web.Response(
            text=page(title, body, name=self.name, styles=self.styles), content_type="text/html"
        )
