"""The card on paper, for clinics that prefer it: the questions, and the meeting's number as a QR code."""

import segno
from markupsafe import Markup

from pipeline.video.forms import Field

BOX = Markup('<li><span class="box">☐</span> {}</li>')


def qr(text: str) -> Markup:
    """The text as a QR code, an inline picture without any style of its own."""
    made: str = segno.make(text, error="m").svg_inline(
        scale=4, border=2, omitsize=False, svgclass="qr", lineclass=None
    )
    return Markup(made)


def paper(fields: tuple[Field, ...], short_id: str, address: str) -> Markup:
    """The card's body; ``address`` is where the same card is filled in on a screen."""
    questions = Markup().join(
        Markup("<section><h2>{}</h2>{}</section>").format(
            one.label,
            Markup('<ul class="plain">{}</ul>').format(
                Markup().join(BOX.format(item.label) for item in one.options)
            )
            if one.options
            else Markup('<p class="lines">____________________________________________</p>'),
        )
        for one in fields
    )
    body = Markup(
        '<main id="main" class="narrow card"><h1>Postkort om videomødet</h1>'
        "<p>Mødenummer <code>{}</code></p>{}{}"
        '<p class="quiet">Skriv hverken navn eller personnummer på kortet.</p></main>'
    )
    return body.format(short_id, qr(address), questions)
