import pytest

from nmt.errors import ModelError
from nmt.model_folder import locking
from nmt.model_folder.locking import lock
from nmt.model_folder.store import open_folder, save


def test_a_folder_is_locked_for_one(tmp_path):
    with lock(tmp_path / "m"), pytest.raises(ModelError), lock(tmp_path / "m"):
        pass
    with lock(tmp_path / "m"):
        pass


def test_the_lock_leaves_nothing_and_is_free_after_an_error(tmp_path):
    with pytest.raises(KeyError), lock(tmp_path / "m"):
        raise KeyError
    assert list((tmp_path / "m").iterdir()) == []
    with lock(tmp_path / "m"):
        save(tmp_path / "m", {"config.json": b"{}"})  # the lock is for trainings: its holder saves
    assert open_folder(tmp_path / "m").read("config.json") == b"{}"


def test_a_lock_whose_file_its_last_holder_just_removed_is_taken_anew(tmp_path, monkeypatch):
    real, calls = locking.fcntl.flock, []

    def overtaken(descriptor, operation):
        calls.append(1)
        if len(calls) == 1:
            (tmp_path / "m" / ".lock").unlink()  # as a holder does that ends now
        real(descriptor, operation)

    monkeypatch.setattr(locking.fcntl, "flock", overtaken)
    with lock(tmp_path / "m"), pytest.raises(ModelError), lock(tmp_path / "m"):
        pass
