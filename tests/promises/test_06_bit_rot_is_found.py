"""Promise 6: 1,000 flips anywhere in a model folder, 1,000 refused, by whatever reads it."""

import random

import pytest

from nmt.decoding.model import load_translator
from nmt.errors import ModelError
from nmt.training.checkpoint import load_checkpoint


def flip(path, generator):
    """Flip one bit of a file; returns its bytes before."""
    whole = path.read_bytes()
    spoilt = bytearray(whole)
    spoilt[generator.randrange(len(whole))] ^= 1 << generator.randrange(8)
    path.write_bytes(spoilt)
    return whole


@pytest.mark.parametrize("flips", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_every_flipped_bit_is_refused(run, nmt_here, flips):
    generator, refused = random.Random(6), 0
    model = [*run.glob("*-*.*"), run / "manifest.json"]
    checkpoint = [*(run / "checkpoint").glob("*-*.*"), run / "checkpoint" / "manifest.json"]
    assert len(model) == 5
    assert len(checkpoint) == 3
    for _ in range(flips):
        file = generator.choice(sorted(model + checkpoint))
        whole = flip(file, generator)
        with pytest.raises(ModelError, match="is damaged"):
            load_translator([run]) if file in model else load_checkpoint(run)
        ended = nmt_here("check", run)
        refused += ended.code == 2 and ended.err.count(b"\n") == 1
        file.write_bytes(whole)
    print(f"{flips} flips, {refused} refused")
    assert refused == flips
    assert nmt_here("check", run).code == 0


@pytest.mark.long
def test_every_bit_of_a_manifest_counts(run):
    manifest, refused = run / "manifest.json", 0
    whole = manifest.read_bytes()
    for place in range(8 * len(whole)):
        spoilt = bytearray(whole)
        spoilt[place // 8] ^= 1 << place % 8
        manifest.write_bytes(spoilt)
        with pytest.raises(ModelError):
            load_translator([run])
        refused += 1
    print(f"{8 * len(whole)} flips in the manifest, {refused} refused")
