"""Promise 5: every truncation, missing, foreign, swapped and oversized file: one line, exit 2; under 30 s and 2 GB."""

import json
import os

import pytest
import safetensors.torch
from tests_folders import sign

SECONDS, BYTES = 30, 2 << 30


def files(folder):
    """The listed files of a model folder, and its manifest."""
    return [*sorted(folder.glob("*-*.*")), folder / "manifest.json"]


def assert_refused(ended, about):
    assert ended.code == 2, f"{about}: exit {ended.code}, {ended.err.decode()[-500:]}"
    assert ended.out == b"", about
    assert ended.err.count(b"\n") == 1, f"{about}: {ended.err.decode()}"
    assert ended.err.startswith(b"nmt: error: "), about
    assert ended.seconds < SECONDS, about
    assert ended.memory < BYTES, about


def truncate(path, size):
    os.truncate(path, size)


def rewrite(path, change):
    manifest = json.loads(path.read_bytes())
    change(manifest)
    path.write_bytes(sign(manifest))


def weights_of(run):
    [path] = run.glob("translator-*")
    return path


def swap_two_parts(run):
    [config], [tokenizer] = run.glob("config-*"), run.glob("tokenizer-*")
    config.rename(run / "between")
    tokenizer.rename(config)
    (run / "between").rename(tokenizer)


def swap_parts_in_the_manifest(run):
    def swap(manifest):
        parts = manifest["parts"]
        parts["config.json"], parts["tokenizer.model"] = parts["tokenizer.model"], parts["config.json"]

    rewrite(run / "manifest.json", swap)


def put_the_checkpoint_in_place_of_the_model(run):
    (run / "manifest.json").write_bytes((run / "checkpoint" / "manifest.json").read_bytes())


def replace_part(run, name, data):
    """A part that someone replaced by the proper means, so that its checksum is right."""
    from nmt.model_folder.store import update

    update(run, {name: data})


def spoil_number(run, value):
    """Weights of the right form, one of which is not a number, with the right checksum."""
    from nmt.model_folder.store import open_folder
    from nmt.model_folder.tensors import parse

    tensors = parse(open_folder(run).read("translator.safetensors"), "")
    next(iter(tensors.values())).view(-1)[0] = value
    replace_part(run, "translator.safetensors", safetensors.torch.save(tensors))  # nmt itself would not


def spoil_engine(run):
    """The same for the engine: its last array of floats."""
    import numpy as np
    import safetensors.numpy

    from nmt.model_folder.store import open_folder

    arrays = safetensors.numpy.load(open_folder(run).read("engine.safetensors"))
    [*_, last] = (array for array in arrays.values() if array.dtype == np.float32)
    last.reshape(-1)[0] = np.nan
    replace_part(run, "engine.safetensors", safetensors.numpy.save(arrays))


def reshape_weights(run):
    from nmt.model_folder.store import open_folder
    from nmt.model_folder.tensors import parse, to_bytes

    tensors = parse(open_folder(run).read("translator.safetensors"), "")
    name = next(iter(tensors))
    replace_part(run, "translator.safetensors", to_bytes({**tensors, name: tensors[name].reshape(-1)[:1]}))


def set_in(*keys, value):
    def change(manifest):
        for key in keys[:-1]:
            manifest = manifest[key]
        manifest[keys[-1]] = value

    return change


PART = ("parts", "translator.safetensors")
HUGE_HEADER = (1 << 40).to_bytes(8, "little") + b"{}"
ABSURD_SHAPE = b'{"a":{"dtype":"F32","shape":[1099511627776,1099511627776],"data_offsets":[0,4]}}'

DAMAGES = {
    "manifest missing": lambda run: (run / "manifest.json").unlink(),
    "part missing": lambda run: weights_of(run).unlink(),
    "part emptied": lambda run: truncate(weights_of(run), 0),
    "part cut": lambda run: truncate(weights_of(run), 1000),
    "part oversized by one byte": lambda run: weights_of(run).write_bytes(weights_of(run).read_bytes() + b"x"),
    "part oversized by a terabyte": lambda run: truncate(weights_of(run), 1 << 40),
    "manifest oversized by a terabyte": lambda run: truncate(run / "manifest.json", 1 << 40),
    "manifest of 900 kB of brackets": lambda run: (run / "manifest.json").write_bytes(b"[" * 900_000),
    "manifest with a huge number": lambda run: (run / "manifest.json").write_bytes(b"9" * 900_000),
    "manifest not UTF-8": lambda run: (run / "manifest.json").write_bytes(b"\xff\xfe"),
    "manifest with a byte order mark": lambda run: (run / "manifest.json").write_bytes(
        b"\xef\xbb\xbf" + (run / "manifest.json").read_bytes()
    ),
    "manifest a list": lambda run: (run / "manifest.json").write_bytes(b"[]\n"),
    "parts swapped": swap_two_parts,
    "parts swapped in the manifest": swap_parts_in_the_manifest,
    "foreign manifest": put_the_checkpoint_in_place_of_the_model,
    "listed size beyond the bound": lambda run: rewrite(run / "manifest.json", set_in(*PART, "size", value=1 << 50)),
    "listed size negative": lambda run: rewrite(run / "manifest.json", set_in(*PART, "size", value=-1)),
    "listed size a float": lambda run: rewrite(run / "manifest.json", set_in(*PART, "size", value=1.0)),
    "listed size true": lambda run: rewrite(run / "manifest.json", set_in(*PART, "size", value=True)),
    "sha256 a number": lambda run: rewrite(run / "manifest.json", set_in(*PART, "sha256", value=7)),
    "entry a string": lambda run: rewrite(run / "manifest.json", set_in(*PART, value="x")),
    "parts a list": lambda run: rewrite(run / "manifest.json", set_in("parts", value=[])),
    "no parts": lambda run: rewrite(run / "manifest.json", set_in("parts", value={})),
    "foreign field": lambda run: rewrite(run / "manifest.json", set_in("more", value=1)),
    "later version": lambda run: rewrite(run / "manifest.json", set_in("format_version", value=2)),
    "version 0": lambda run: rewrite(run / "manifest.json", set_in("format_version", value=0)),
    "version a string": lambda run: rewrite(run / "manifest.json", set_in("format_version", value="1")),
    "version of a thousand digits": lambda run: rewrite(
        run / "manifest.json", set_in("format_version", value=10**1000)
    ),
    "config not JSON": lambda run: replace_part(run, "config.json", b"{"),
    "config not UTF-8": lambda run: replace_part(run, "config.json", b"\xff"),
    "config a list": lambda run: replace_part(run, "config.json", b"[]"),
    "config empty": lambda run: replace_part(run, "config.json", b"{}"),
    "config of brackets": lambda run: replace_part(run, "config.json", b"[" * 100_000),
    "config of another model": lambda run: change_config(run, lambda about: about["model"].update(hidden_size=64)),
    "config with an absurd size": lambda run: change_config(
        run, lambda about: about["model"].update(hidden_size=1 << 40)
    ),
    "config with a string for a size": lambda run: change_config(
        run, lambda about: about["model"].update(hidden_size="big")
    ),
    "config with a list for the model": lambda run: change_config(run, lambda about: about.update(model=[1])),
    "tokenizer not one": lambda run: replace_part(run, "tokenizer.model", b"not a tokenizer"),
    "tokenizer empty": lambda run: replace_part(run, "tokenizer.model", b""),
    "weights not safetensors": lambda run: replace_part(run, "translator.safetensors", b"not tensors at all"),
    "weights empty": lambda run: replace_part(run, "translator.safetensors", b""),
    "weights with a huge header": lambda run: replace_part(run, "translator.safetensors", HUGE_HEADER),
    "weights of absurd shape": lambda run: replace_part(
        run, "translator.safetensors", len(ABSURD_SHAPE).to_bytes(8, "little") + ABSURD_SHAPE + b"\0" * 4
    ),
    "weights without tensors": lambda run: replace_part(
        run, "translator.safetensors", (2).to_bytes(8, "little") + b"{}"
    ),
    "engine not safetensors": lambda run: replace_part(run, "engine.safetensors", b"not tensors at all"),
    "engine empty": lambda run: replace_part(run, "engine.safetensors", b""),
    "engine with a huge header": lambda run: replace_part(run, "engine.safetensors", HUGE_HEADER),
    "engine of absurd shape": lambda run: replace_part(
        run, "engine.safetensors", len(ABSURD_SHAPE).to_bytes(8, "little") + ABSURD_SHAPE + b"\0" * 4
    ),
    "engine without tensors": lambda run: replace_part(run, "engine.safetensors", (2).to_bytes(8, "little") + b"{}"),
    "engine not a number": spoil_engine,
    "weights of another shape": reshape_weights,
    "weights not a number": lambda run: spoil_number(run, float("nan")),
    "weights infinite": lambda run: spoil_number(run, float("-inf")),
}


def change_config(run, change):
    from nmt.model_folder.store import open_folder

    about = json.loads(open_folder(run).read("config.json"))
    change(about)
    replace_part(run, "config.json", json.dumps(about).encode())


@pytest.mark.parametrize("damage", DAMAGES)
def test_check_refuses_it(run, nmt_here, damage):
    DAMAGES[damage](run)
    assert_refused(nmt_here("check", run), damage)


def test_check_passes_the_same_folder_undamaged(run, nmt_here):
    assert nmt_here("check", run).code == 0


@pytest.mark.parametrize("folder", ["", "checkpoint"])
def test_every_truncation_is_refused(run, nmt_here, folder):
    count = 0
    for path in files(run / folder):
        whole = path.read_bytes()
        sizes = {0, 1, 7, 8, 9, len(whole) // 2, len(whole) - 2, len(whole) - 1}
        for size in sorted(sizes if path.name != "manifest.json" else range(0, len(whole), 10)):
            truncate(path, size)
            assert_refused(nmt_here("check", run), f"{path.name} cut to {size}")
            path.write_bytes(whole)
            count += 1
    print(f"{count} truncations, {count} refused")
    assert nmt_here("check", run).code == 0


@pytest.mark.parametrize("folder", ["", "checkpoint"])
def test_a_missing_file_is_refused(run, nmt_here, folder):
    for path in files(run / folder):
        if path == run / "checkpoint" / "manifest.json":
            continue  # then there is no checkpoint, as before the first one
        whole = path.read_bytes()
        path.unlink()
        assert_refused(nmt_here("check", run), f"{path.name} missing")
        path.write_bytes(whole)


def test_a_part_of_another_model_is_refused(run, toy_model, nmt_here):
    [other] = toy_model.glob("translator-*")
    weights_of(run).write_bytes(other.read_bytes())
    assert_refused(nmt_here("check", run), "translator of another model")


def test_what_is_not_listed_is_not_looked_at(run, nmt_here):
    (run / "translator-0123456789abcdef.safetensors").write_bytes(b"foreign")
    (run / "notes.txt").write_bytes(b"\xff")
    assert nmt_here("check", run).code == 0


def test_a_folder_that_is_none_is_refused(run, tmp_path, nmt_here):
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "nowhere", tmp_path / "empty", run / "manifest.json", "/dev/null"):
        assert_refused(nmt_here("check", path), path)


@pytest.mark.long
@pytest.mark.parametrize("damage", DAMAGES)
def test_translate_as_a_process_refuses_it(run, nmt, damage):
    DAMAGES[damage](run)
    engine = "torch" if damage.startswith("weights") else "auto"  # which reads the exported one alone
    ended = nmt("translate", "--model", run, "--engine", engine, text=b"Hund.\n", timeout=60)
    assert_refused(ended, damage)
    print(f"{damage}: exit 2 after {ended.seconds:.1f} s: {ended.err.decode().strip()}")
