"""The three documents that a data protection officer asks for, from the contracts and the sources.

Record of processing: GDPR art. 30. Impact assessment: art. 35(7). Annex of the agreement with a processor:
art. 28(3). They are drafts: what only the controller knows is left open and counted.
"""

from collections.abc import Sequence
from dataclasses import astuple

from pipeline.contract import Column, Contracts, Table
from pipeline.privacy.document import Block, Document, Heading, Rows
from pipeline.privacy.sources import OPEN, DataSource

KINDS = {"person": "person", "practice": "klinik", "organisation": "organisation"}
MEASURES = (
    (
        "Pseudonymisering ved døren",
        (
            "CPR-numre, erstatningsnumre og ydernumre nøgles med HMAC-SHA-256, mens filen modtages. "
            "Nøglen ligger uden for projektet. De oprindelige filer gemmes ikke, kun deres aftryk."
        ),
    ),
    (
        "Maskering af fri tekst",
        (
            "Numre, e-mailadresser, telefonnumre, adresser og de navne, leverancen selv kender, "
            "erstattes; kvitteringen siger hvor mange. Andre navne genkendes ikke: derfor beder "
            "formularerne om ikke at skrive dem."
        ),
    ),
    (
        "Adskillelse",
        ("Videotjenestens egne nøgler kan ikke kobles til leverancernes."),
    ),
    (
        "Små tal skjules",
        ("Den offentlige udgave skjuler celler under grænsen, også dem, der kunne regnes ud."),
    ),
    (
        "Sletning",
        (
            "mast forget fjerner en person fra arbejdsmappe, mellemlagre og lagre og fører en "
            "sletteliste, så en ældre leverance ikke bringer rækkerne tilbage. Git-historik kræver en "
            "omskrivning."
        ),
    ),
    (
        "Adgang",
        ("Portalen giver adgang pr. region efter login; engangskoder åbner ikke tabeller med numre."),
    ),
    (
        "Sporbarhed",
        ("Hver leverance har aftryk, dato og modtager, og hvert tal fører tilbage til sine rækker."),
    ),
)


def documents(contracts: Contracts, sources: Sequence[DataSource]) -> tuple[Document, ...]:
    """Record, impact assessment and annex, in Danish."""
    return (_record(contracts, sources), _assessment(contracts, sources), _annex(contracts, sources))


def is_free_text(table: Table, column: Column) -> bool:
    """Whether people write in the column what they will."""
    named = {name for key in table.foreign_keys for name in key.columns} | {*table.primary_key}
    is_text = column.type == "string" and not (column.codes or column.identifier or column.pattern)
    return is_text and column.name not in named and not column.name.endswith("id")


def _draft(sources: Sequence[DataSource]) -> str:
    count = sum(str(value).count(OPEN) for source in sources for value in astuple(source))
    return (
        f"Udkast, dannet af kontrakterne i schemas/. {count} oplysninger venter på den dataansvarlige og står"
        f" som {OPEN}; en antagelse er skrevet som antagelse. Pseudonymiserede data er personoplysninger."
    )


def _held(contracts: Contracts, source: DataSource) -> tuple[tuple[str, str, str], ...]:
    """A row per table: its title, its identifiers, and its free text."""
    return tuple(
        (
            table.title.da,
            ", ".join(
                f"{one.label.da} ({KINDS[one.identifier]})"
                for one in table.delivered_columns
                if one.identifier
            )
            or "ingen",
            ", ".join(one.label.da for one in table.delivered_columns if is_free_text(table, one)) or "ingen",
        )
        for table in (contracts.tables[name] for name in source.tables)
    )


def _record(contracts: Contracts, sources: Sequence[DataSource]) -> Document:
    blocks: list[Block] = [_draft(sources)]
    for source in sources:
        blocks += [
            Heading(source.title),
            Rows("Behandlingen", ("Emne", "Oplysning"), _facts(source)),
            Rows(
                "Oplysninger",
                ("Tabel", "Nøglede identifikatorer", "Fri tekst, som maskeres"),
                _held(contracts, source),
            ),
        ]
    blocks += [Heading("Sikkerhedsforanstaltninger"), _measures()]
    return Document("fortegnelse", "Fortegnelse over behandlingsaktiviteter (art. 30)", tuple(blocks))


def _facts(source: DataSource) -> tuple[tuple[str, str], ...]:
    health = "Ja, eller det kan udledes, at nogen har været patient" if source.is_health_data else "Nej"
    withdrawal = (
        "Ja; rækkerne slettes med mast forget" if source.has_withdrawal else "Nej; indsigelse efter art. 21"
    )
    return (
        ("Dataansvarlig", source.controller),
        ("Databehandler", source.processor),
        ("Formål", source.purpose),
        ("Retsgrundlag", source.legal_basis),
        ("Registrerede", source.data_subjects),
        ("Helbredsoplysninger (art. 9)", health),
        ("Modtagere", source.recipients),
        ("Overførsel til tredjeland", OPEN),
        ("Slettefrist", source.retention),
        ("Samtykke kan trækkes tilbage", withdrawal),
    )


def _measures() -> Rows:
    return Rows("Foranstaltninger", ("Foranstaltning", "Hvad den gør"), MEASURES)


def _assessment(contracts: Contracts, sources: Sequence[DataSource]) -> Document:
    blocks: tuple[Block, ...] = (
        _draft(sources),
        Heading("1. Systematisk beskrivelse"),
        Rows("Kilder", ("Kilde", "Formål", "Registrerede"),
             tuple((one.title, one.purpose, one.data_subjects) for one in sources)),
        Heading("2. Nødvendighed og proportionalitet"),
        Rows("Retsgrundlag og frist", ("Kilde", "Retsgrundlag", "Slettefrist"),
             tuple((one.title, one.legal_basis, one.retention) for one in sources)),
        (
            "Navne, numre og adresser er ikke nødvendige for formålet og opbevares ikke. En kolonne, som"
            " ingen kontrakt kender, gemmes ikke."
        ),
        Heading("3. Risici for de registrerede"),
        Rows("Risici efter kilde", ("Kilde", "Genkendelse", "Fri tekst", "Følsomme oplysninger"),
             tuple(_risk(contracts, one) for one in sources)),
        f"Sandsynlighed og alvor vurderes af den dataansvarlige: {OPEN}",
        Heading("4. Foranstaltninger"),
        _measures(),
        Heading("5. Høring og beslutning"),
        f"Databeskyttelsesrådgiverens udtalelse: {OPEN}",
        f"De registreredes synspunkter (art. 35, stk. 9): {OPEN}",
        f"Beslutning, dato og ansvarlig: {OPEN}",
    )  # fmt: skip
    return Document("konsekvensanalyse", "Konsekvensanalyse, udkast (art. 35)", blocks)


def _risk(contracts: Contracts, source: DataSource) -> tuple[str, str, str, str]:
    tables = [contracts.tables[name] for name in source.tables]
    kinds = sorted(
        {KINDS[one.identifier] for table in tables for one in table.delivered_columns if one.identifier}
    )
    free = sum(is_free_text(table, one) for table in tables for one in table.delivered_columns)
    return (
        source.title,
        f"Den, der har nøglen, kan genkende: {', '.join(kinds)}"
        if kinds
        else "Ingen nøglede identifikatorer",
        f"{free} felter, hvor et ukendt navn eller en beskrivelse kan pege på nogen" if free else "Ingen",
        "Helbredsoplysninger" if source.is_health_data else "Ingen",
    )


def _annex(contracts: Contracts, sources: Sequence[DataSource]) -> Document:
    blocks: list[Block] = [_draft(sources), Heading("A. Oplysninger om behandlingen")]
    blocks += [_processing(contracts, source) for source in sources]
    blocks += [
        Heading("B. Underdatabehandlere"),
        OPEN,
        Heading("C. Instruks"),
        "Databehandleren behandler kun oplysningerne til formålene ovenfor, med disse foranstaltninger:",
        _measures(),
        f"Lokation for behandlingen: {OPEN}",
        f"Tilsyn: {OPEN}",
        Heading("D. Sletning og tilbagelevering"),
        (
            "Ved ophør slettes leverancer, tabeller, lagre og nøgle. Uden nøglen kan ingen ny leverance"
            " kobles til de gamle."
        ),
    ]
    return Document("databehandleraftale-bilag", "Bilag til databehandleraftale (art. 28)", tuple(blocks))


def _processing(contracts: Contracts, source: DataSource) -> Rows:
    held = "; ".join(f"{title}: {identifiers}" for title, identifiers, _ in _held(contracts, source))
    facts = (
        ("Formål", source.purpose),
        ("Behandlingens karakter", "Modtagelse, pseudonymisering, opgørelse og sletning"),
        ("Typer af oplysninger", held),
        ("Registrerede", source.data_subjects),
        ("Varighed", source.retention),
    )
    return Rows(source.title, ("Emne", "Oplysning"), facts)
