from pathlib import Path

import pytest

from nmt.config import load_config
from nmt.data.parallel_corpus import read_corpora

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize("folder", ["broad", "ner", "tatoeba"])
def test_every_corpus_that_ships_is_named_with_its_licence(folder):
    about = (DATA / folder / "README.md").read_text()
    if folder == "broad":  # a row for each part: name, pairs, what, licence, source
        rows = [
            [cell.strip() for cell in line.split("|")[1:-1]] for line in about.splitlines() if line.startswith("| `")
        ]
        named = {f"{name.strip('`')}.{side}.gz" for name, _, _, licence, _ in rows for side in ("de", "en") if licence}
    else:
        named = {
            str(path.relative_to(DATA / folder)) for path in (DATA / folder).rglob("*.gz") if named_in(about, path)
        }
        assert "CC BY" in about
    assert {str(path.relative_to(DATA / folder)) for path in (DATA / folder).rglob("*.gz")} == named


def named_in(about: str, path: Path) -> bool:
    split = path.name.split(".")[0]
    return f"{path.parent.name}/{path.name}" in about or (path.parent.name == "tatoeba" and f"{split} " in about)


def test_the_recipe_of_the_shipped_model_names_every_part_and_each_has_the_pairs_that_its_readme_says():
    about = (DATA / "broad" / "README.md").read_text().splitlines()
    sizes = {line.split("`")[1]: int(line.split("|")[2].replace(",", "")) for line in about if line.startswith("| `")}
    corpora = {corpus.name: corpus for corpus in load_config(Path("de-en")).corpora}
    assert set(corpora) == {"tatoeba", *sizes}
    for name in ("letters", "apache-manual", "debian-security"):  # all of them would take seconds
        files = [str(DATA.parent / file) for file in corpora[name].files]
        assert sum(1 for _ in read_corpora(files, source="de", target="en")) == sizes[name]
