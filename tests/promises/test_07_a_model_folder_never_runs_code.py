"""Promise 7: no pickle in any load path, resume included."""

import ast
import pickle
import sys
from pathlib import Path

import pytest

from nmt.decoding.model import load_translator
from nmt.errors import ModelError
from nmt.model_folder.store import open_folder, save, update
from nmt.stages.check import check
from nmt.training.checkpoint import load_checkpoint

ROOT = Path(__file__).parents[2]
FORBIDDEN_MODULES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "runpy"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "torch.load", "torch.save", "torch.jit.load"}


def dotted(node):
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def offences(source):
    """What in a source text could run code that comes from a file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_MODULES)
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[0] in FORBIDDEN_MODULES:
                yield node.module
            yield from (name for a in node.names if (name := f"{node.module}.{a.name}") in FORBIDDEN_CALLS)
        elif isinstance(node, ast.Call):
            if dotted(node.func) in FORBIDDEN_CALLS:
                yield dotted(node.func)
            yield from (k.arg for k in node.keywords if k.arg in ("allow_pickle", "trust_remote_code"))


def test_the_source_has_no_way_to_run_what_it_reads():
    sources = [*(ROOT / "nmt").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]
    assert len(sources) > 30
    assert {path.name: found for path in sources if (found := list(offences(path.read_text())))} == {}


@pytest.mark.parametrize(
    "source", ["import pickle", "from torch import load", "torch.load(x)", "np.load(x, allow_pickle=True)", "eval(x)"]
)
def test_the_test_above_finds_such_ways(source):
    assert list(offences(source))


class Bomb:
    """Leaves a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_pickle_in_place_of_a_part_is_refused_and_not_run(run, tmp_path):
    went_off = tmp_path / "went off"
    bomb = pickle.dumps(Bomb(went_off))
    whole = {name: open_folder(run).read(name) for name in open_folder(run).parts}
    for name in whole:
        update(run, {name: bomb})
        with pytest.raises(ModelError):
            check(run)  # reads what each engine does
        save(run, whole)
    state = {name: open_folder(run / "checkpoint").read(name) for name in open_folder(run / "checkpoint").parts}
    for name in state:
        update(run / "checkpoint", {name: bomb})
        with pytest.raises(ModelError):
            load_checkpoint(run)
        save(run / "checkpoint", state)
    (run / "manifest.json").write_bytes(bomb)
    with pytest.raises(ModelError):
        load_translator([run])
    assert not went_off.exists()
    pickle.loads(bomb)
    assert went_off.exists()  # it would have


def test_python_unpickles_nothing_while_a_model_is_loaded_and_a_training_resumed(
    toy_data, toy_config, tmp_path, monkeypatch
):
    from nmt.stages.train import train

    options = {"config": toy_config("training.max_updates=4"), "data": toy_data, "out": tmp_path / "run"}
    options["tokenizer"] = toy_data / "tokenizer.model"
    train(**options, stop=lambda: True)
    events, listening = [], True

    def listen(event, arguments):
        if listening and event == "pickle.find_class":
            events.append(arguments)

    sys.addaudithook(listen)  # nothing can take it off again, so it is told to listen no more
    train(**options)
    load_translator([tmp_path / "run"])
    seen = list(events)
    pickle.loads(pickle.dumps(Path("x")))
    listening = False
    assert seen == []
    assert events  # the hook was awake
