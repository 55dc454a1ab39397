from pathlib import Path

import pytest

from pipeline import params, paths

TEXT = paths.PARAMS.read_text("utf-8")


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "params.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problem(file: Path) -> str:
    with pytest.raises(params.ParamsError) as error:
        params.load(file)
    return str(error.value)


def test_the_committed_parameters_load_and_cut_offs_are_in_order() -> None:
    loaded = params.load()
    assert loaded.cut_offs == tuple(sorted(loaded.cut_offs))
    assert loaded.as_of in loaded.cut_offs


def test_an_unknown_key_is_named_with_its_line(tmp_path: Path) -> None:
    text = TEXT.replace("  min_overlap_s: 1", "  min_overlap_s: 1\n  min_overlap: 2")
    line = text.splitlines().index("  min_overlap: 2") + 1
    said = problem(write(tmp_path, text))
    assert f"linje {line}" in said
    assert "ukendt parameter 'sessions.min_overlap'" in said


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    said = problem(write(tmp_path, TEXT.replace('as_of: "2020-01-31"', "", 1)))
    assert "'as_of' mangler" in said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('as_of: "2020-01-31"', "as_of: snart"),
        ("min_overlap_s: 1", "min_overlap_s: ja"),
        ("require_published: true", "require_published: 1"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert "skal være" in problem(write(tmp_path, TEXT.replace(old, new, 1)))


@pytest.mark.parametrize("text", ["", "as_of: [", "- liste"])
def test_empty_or_broken_yaml_is_one_line(tmp_path: Path, text: str) -> None:
    assert problem(write(tmp_path, text)).count("\n") == 0


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "filen mangler" in problem(tmp_path / "nowhere.yaml")


def test_an_unquoted_date_is_refused_for_dvc_would_stop_at_it(tmp_path: Path) -> None:
    said = problem(write(tmp_path, TEXT.replace('as_of: "2020-01-31"', "as_of: 2020-01-31", 1)))
    assert "'as_of' skal stå i anførselstegn" in said
