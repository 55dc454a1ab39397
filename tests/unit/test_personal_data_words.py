"""Pseudonymised data are personal data, and nothing here calls them anonymous."""

from pipeline import paths

READ = (".md", ".toml", ".py", ".html", ".yaml", ".sql", ".js")


def test_no_text_calls_the_data_anonymous() -> None:
    places = [
        paths.ROOT / "README.md",
        *(
            file
            for folder in (
                paths.REPORTS / "text",
                paths.REPORTS / "templates",
                paths.SCHEMAS,
                paths.ROOT / "pipeline",
            )
            for file in paths.files_below(folder)
            if file.suffix in READ
        ),
    ]
    assert len(places) > 100
    named = [
        f"{paths.relative(file)}:{number}"
        for file in places
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        # To say that they are not is allowed.
        if "anonym" in line.casefold() and "ikke anonym" not in line.casefold()
    ]
    assert named == []
