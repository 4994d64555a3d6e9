"""Work that is cut into parts: whatever is killed and started again, what comes out is what one process writes."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from nmt.errors import ConfigError, DataError
from nmt.stages.in_parts import JOB, run_here, work_in_parts
from nmt.stages.line_work import DoneLine, Notes
from nmt.stages.tag import TaggingJob, tag
from nmt.stages.translate import TranslationJob, translate


@dataclass
class Capitals:
    """Writes lines in capitals; warns of those with a digit, and takes those with "is" for English."""

    options: Mapping[str, object] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def files(self):
        return iter(())

    def description(self):
        return {"options": self.options}

    def load(self):
        return lambda chunks: (self._done(line) for chunk in chunks for line in chunk)

    def _done(self, line):
        self.seen.append(line)
        digits = sum(character.isdigit() for character in line)
        warnings = ["has a digit"] if digits else []
        taken_for = "en" if "is" in line.split() else None
        return DoneLine(written=[line.upper()], warnings=warnings, lost=digits, taken_for=taken_for)


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "in"
    (folder / "more").mkdir(parents=True)
    (folder / "a.txt").write_text("".join(f"zeile {number % 2 or 'x'}\n" for number in range(7)))
    (folder / "more" / "b.txt.gz").write_bytes(gzip.compress(b"this is it\nnicht\nit is"))
    (folder / "c.txt").write_text("")
    return folder


def work(corpus, output, job=None, run=run_here, **options):
    return work_in_parts(job or Capitals(), [corpus], output, run=run, part_lines=2, **options)


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.txt")}


def test_files_become_what_one_process_writes_of_them(corpus, tmp_path):
    said = []
    assert work(corpus, tmp_path / "out", warn=said.append) == 3
    assert content(tmp_path / "out") == {
        "a.txt": b"ZEILE X\nZEILE 1\n" * 3 + b"ZEILE X\n",
        "more/b.txt": b"THIS IS IT\nNICHT\nIT IS\n",
        "c.txt": b"",
    }
    assert said == [
        *(f"{corpus}/a.txt:{number}: has a digit" for number in (2, 4, 6)),
        f"{corpus}/more/b.txt.gz: 2 lines (1, 3) are taken for en; --source decides",
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [JOB, "a.txt", "c.txt", "more"]


def test_parts_in_any_order_done_twice_and_after_stops_give_the_same(corpus, tmp_path):
    work(corpus, tmp_path / "whole")
    job = Capitals()

    def some(open_work, tasks):
        for number in list(reversed(range(len(tasks))))[:2]:
            for _ in range(2):
                tasks[number].do(open_work())
            yield number

    for _ in range(2):
        with pytest.raises(DataError, match="not all of its parts are done; start the same command again"):
            work(corpus, tmp_path / "new", job, run=some)
    work(corpus, tmp_path / "new", job, run=run_here)
    assert content(tmp_path / "new") == content(tmp_path / "whole")
    job.seen.clear()
    said = []
    work(corpus, tmp_path / "new", job, warn=said.append)
    assert not job.seen
    assert said == [f"{tmp_path}/new: is complete already; remove it to have it made again"]


def test_a_part_whose_notes_are_missing_is_done_again(corpus, tmp_path):
    def killed(open_work, tasks):
        tasks[0].do(open_work())
        tasks[0].notes.unlink()  # as if killed between the two
        tasks[0].lines.write_text("half")
        raise KeyboardInterrupt
        yield 0

    with pytest.raises(KeyboardInterrupt):
        work(corpus, tmp_path / "out", run=killed)
    work(corpus, tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_bytes().startswith(b"ZEILE X\nZEILE 1\n")


def test_parts_that_a_kill_left_behind_are_removed(corpus, tmp_path):
    left = tmp_path / "out" / ".parts" / "0"
    for _ in range(2):  # when other files are to be done, and when none is
        work(corpus, tmp_path / "out")
        left.mkdir(parents=True)
        (left / "000000000000.json").touch()
    (tmp_path / "out" / "c.txt").unlink()
    work(corpus, tmp_path / "out")
    assert not (tmp_path / "out" / ".parts").exists()
    assert (tmp_path / "out" / "c.txt").exists()


def test_a_folder_of_another_job_is_refused_by_what_differs(corpus, tmp_path):
    work(corpus, tmp_path / "out")
    with pytest.raises(ConfigError, match=r"holds the results of another job \(options: not the same\)"):
        work(corpus, tmp_path / "out", Capitals(options={"beam": 2}))
    (corpus / "a.txt").write_text("other\n")
    with pytest.raises(ConfigError, match=r"of another job \(input: not the same\)"):
        work(corpus, tmp_path / "out")
    (tmp_path / "out" / JOB).write_text("no JSON\n")
    with pytest.raises(ConfigError, match="of another job"):
        work(corpus, tmp_path / "out")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "letter").write_text("mine")
    with pytest.raises(ConfigError, match="holds letter already; choose a new folder"):
        work(corpus, tmp_path / "own")


def test_what_cannot_be_is_said_before_work_begins(corpus, tmp_path):
    job = Capitals()
    with pytest.raises(ConfigError, match="is no folder"):
        work_in_parts(job, [corpus], corpus / "a.txt", run=run_here)
    with pytest.raises(DataError, match="no such file"):
        work_in_parts(job, [corpus / "missing.txt"], tmp_path / "out", run=run_here)
    with pytest.raises(ConfigError, match="lies in"):
        work_in_parts(job, [corpus], corpus / "out", run=run_here)
    assert not job.seen


def test_what_differs_in_a_job_is_in_its_description(toy_model, toy_both, tmp_path):
    common = {"model": [toy_model], "source": "de"}
    jobs = [
        TranslationJob(**common),
        TranslationJob(model=[toy_both], source="de"),
        TranslationJob(**common, search={"beam_size": 2}),
        TranslationJob(**common, prefix="The"),
        TranslationJob(**common, as_json=True),
        TaggingJob(model=toy_model),
        TaggingJob(model=toy_model, form="bio"),
    ]
    described = [json.dumps(job.description()) for job in jobs]
    assert len(set(described)) == len(jobs)
    assert described[0] == json.dumps(TranslationJob(**common).description())


def test_translations_and_names_are_those_of_one_process(toy_tagger, tmp_path):
    given = tmp_path / "in.txt"
    given.write_bytes(b"Hund.\nHaus rot.\r\n\nBaum.\n\xff Hund.\nHaus.")
    translate(model=[toy_tagger], input=given, output=tmp_path / "whole")
    tag(model=toy_tagger, input=given, output=tmp_path / "tagged")
    for job, expected in ((TranslationJob(model=[toy_tagger]), "whole"), (TaggingJob(model=toy_tagger), "tagged")):
        work_in_parts(job, [given], tmp_path / f"{expected}.parts", run=run_here, part_lines=2)
        assert (tmp_path / f"{expected}.parts" / "in.txt").read_bytes() == (tmp_path / expected).read_bytes()


def test_notes_keep_the_first_numbers_alone():
    notes, later = Notes(), Notes()
    for number in range(1, 100):
        (notes if number < 50 else later).add(number, DoneLine(written=[], taken_for="en", lost=1))
    notes.join(later)
    assert notes == Notes(lost=99, taken_for={"en": [99, 1, 2, 3, 4, 5]})
