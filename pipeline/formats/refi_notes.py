"""What is said of a REFI-QDA file: what in it has no place in our tables, and what is wrong with it."""

from collections.abc import Mapping, Sequence

from pipeline.contract import CodeList
from pipeline.formats.faults import listed, shown
from pipeline.formats.refi_coded import Coded, Coding, Document
from pipeline.formats.refi_codes import Code
from pipeline.formats.result import Read, Source, problem, unreadable
from pipeline.text import Problem, Severity

_WORDS = {
    "Case": ("cases", "cases"),
    "Variable": ("variable", "variables"),
    "Set": ("sæt", "sets"),
    "Note": ("noter", "notes"),
    "Link": ("forbindelser", "links"),
    "Graph": ("grafer", "graphs"),
}


def codebook(source: Source, codes: Mapping[str, Code], themes: CodeList) -> Read:
    """The outcome of a codebook alone: no rows, and how its codes stand to our themes."""
    found = {code.guid: code.theme(themes) for code in codes.values()}
    unknown = [shown(code.name) for code in codes.values() if found[code.guid] is None]
    absent = [item.label for item in themes.items if item.code not in found.values()]
    codable = sum(code.is_codable for code in codes.values())
    said = [
        _note(
            source, None, "codebook_only",
            f"kodebogen har {len(codes)} koder ({codable} kan bruges til at kode) og ingen kodninger; "
            "send projektet (.qdpx) for at få dem med",
            f"the codebook has {len(codes)} codes ({codable} can be coded with) and no codings; "
            "send the project (.qdpx) to have them",
        )
    ]  # fmt: skip
    if unknown:
        names = listed(unknown)
        said.append(
            _note(
                source, "Code", "unknown_codes",
                f"{len(unknown)} koder er ingen af vores temaer: {names}; ret navnene, eller tilføj temaerne",
                f"{len(unknown)} codes are none of our themes: {names}; mend the names or add the themes",
                "warning",
            )
        )  # fmt: skip
    if absent:
        da, en = listed(label.da for label in absent), listed(label.en for label in absent)
        said.append(
            _note(
                source, "Code", "absent_themes",
                f"{len(absent)} af vores temaer mangler i kodebogen: {da}",
                f"{len(absent)} of our themes are missing in the codebook: {en}",
            )
        )  # fmt: skip
    return Read(problems=tuple(said))


def of_project(source: Source, whole: Coded, themes: CodeList) -> list[Problem]:
    """What is said of a project as a whole, each once with how many."""
    used = {coding.code for coding in whole.codings}
    known = [whole.codes[guid] for guid in used if guid in whole.codes]
    under = sum(code.theme(themes) not in (None, themes.decode(code.name)) for code in known)
    folders = sum(not code.is_codable for code in known)
    strangers = sum(not coding.coder for coding in whole.codings)
    kept = [(_WORDS[name], number) for name, number in sorted(whole.uncarried.items())]
    da = ", ".join(f"{number} {words[0]}" for words, number in kept)
    en = ", ".join(f"{number} {words[1]}" for words, number in kept)
    counted: tuple[tuple[int, str, str, str, Severity], ...] = (
        (
            whole.unplaced, "unplaced_selection",
            "markeringer uden sted eller kode er ikke læst", "selections without place or code are not read",
            "warning",
        ),
        (
            whole.elsewhere, "coding_elsewhere",
            "kodninger i billede, PDF, lyd, video eller note har intet sted i teksten; de er ikke læst",
            "codings in a picture, PDF, sound, video or note have no place in the text; not read", "warning",
        ),
        (
            strangers, "no_coder",
            "kodninger er uden koder; de står under koder-ukendt",
            "codings have no coder; they are under koder-ukendt",
            "warning",
        ),
        (
            folders, "not_codable",
            "koder er brugt, skønt de er sat til ikke at kunne det; kodningerne er læst",
            "codes are used although set not to be; the codings are read", "note",
        ),
        (
            under, "under_theme",
            "koder er ingen temaer, men står under et; deres kodninger tæller som temaet",
            "codes are no themes but stand under one; their codings count as the theme", "note",
        ),
        (
            whole.attributions, "case_coding",
            "kodninger siger, hvilken case et sted hører til, og er ingen temaer",
            "codings say to which case a place belongs and are no themes", "note",
        ),
    )  # fmt: skip
    said = [
        _note(source, None, rule, f"{number} {danish}", f"{number} {english}", severity)
        for number, rule, danish, english, severity in counted
        if number
    ]
    if kept:
        said.append(_note(source, None, "not_carried", f"ikke læst: {da}", f"not read: {en}"))
    if not whole.documents:
        said.append(
            _note(
                source, None, "no_rows", "projektet har ingen tekster", "the project has no texts", "warning"
            )
        )
    return said


def of_document(source: Source, number: int, document: Document, codings: Sequence[Coding]) -> list[Problem]:
    """What is said of a text that is read."""
    said: list[Problem] = []
    place = f"TextSource {number}"
    length = len(document.text or "")
    beyond = sum(coding.start < length < coding.end for coding in codings)
    if beyond:
        said.append(
            _note(
                source, place, "beyond_text",
                f"{beyond} markeringer slutter efter tekstens {length} tegn; de er afkortet",
                f"{beyond} selections end after the text's {length} characters; they are cut", "warning",
            )
        )  # fmt: skip
    if document.is_renewlined:
        said.append(
            _note(
                source, place, "newlines",
                "markeringerne passer kun, når et linjeskift (CRLF) tæller som ét tegn; sådan er de læst",
                "the selections fit only when a line break (CRLF) counts as one character; so they are read",
            )
        )  # fmt: skip
    if document.encoding != "utf-8":
        said.append(
            _note(
                source, place, "text_encoding",
                f"teksten er i {document.encoding}; REFI-QDA kræver UTF-8; den er læst",
                f"the text is in {document.encoding}; REFI-QDA requires UTF-8; it is read", "warning",
            )
        )  # fmt: skip
    return said


def bad_document(source: Source, number: int, document: Document, *, is_named: bool) -> Problem:
    """A text that cannot be used."""
    place = f"TextSource {number}"
    if is_named:
        return _note(
            source, place, "missing_file",
            "tekstens fil mangler, findes to gange eller er ingen tekst; forventet sources/<navn>.txt",
            "the text's file is missing, is there twice or is no text; expected sources/<name>.txt",
            "warning",
        )  # fmt: skip
    found = shown(document.name)
    return _note(
        source, place, "bad_source_name",
        f"fundet »{found}«; forventet fokusgruppe_<nr>_<åååå-mm-dd>.txt",
        f"found '{found}'; expected fokusgruppe_<no>_<yyyy-mm-dd>.txt", "warning",
    )  # fmt: skip


def no_unit(source: Source, ordinal: int, coding: Coding, length: int) -> Problem:
    """A coding whose place has no text."""
    place = f"{coding.start}–{coding.end}"
    return problem(
        source,
        ordinal,
        "PlainTextSelection",
        "no_unit",
        f"fundet tegn {place}; forventet et sted med tekst inden for 0–{length}",
        f"found characters {place}; expected a place with text within 0–{length}",
    )


def too_many(source: Source, limit: int) -> Read:
    """The outcome of a project with more units or coded units than are read."""
    return unreadable(
        source,
        "too_large",
        f"projektet har mere end {limit} enheder og kodede enheder; del det i flere",
        f"the project has more than {limit} units and coded units; divide it",
    )


def no_project(source: Source) -> Read:
    """The outcome of a text that came without a project."""
    return unreadable(
        source,
        "no_project",
        "teksten er uden projekt; forventet et REFI-QDA-projekt (.qdpx, .qde) ved siden af",
        "the text is without a project; expected a REFI-QDA project (.qdpx, .qde) beside it",
    )


def _note(
    source: Source, column: str | None, rule: str, da: str, en: str, severity: Severity = "note"
) -> Problem:
    return problem(source, None, column, rule, da, en, severity)
