"""The shell of a page: Danish, with a skip link and a main landmark, and nothing from elsewhere."""

from collections.abc import Sequence

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
