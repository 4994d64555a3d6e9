import json


def test_a_model_is_measured(toy_model, toy_data, monkeypatch, capsys):
    from nmt.cli import bench as command

    monkeypatch.setattr("nmt.benchmark.roofline._SECONDS", 0.01)
    monkeypatch.setattr("nmt.benchmark.roofline._SIZE", 64)
    monkeypatch.setattr("nmt.benchmark.rates._WARM_UP", 2)
    arguments = {"model": toy_model, "data": toy_data, "runs": 1, "updates": 2, "set_": ["training.threads=1"]}
    command.bench(**arguments, json_=True)
    report = json.loads(capsys.readouterr().out)
    assert report["decoding"].keys() == {"1", "5"}
    assert report["training"]["rate"]["median"] > 0
    assert report["process"]["seconds"]["median"] > 0
    assert 20e6 < report["process"]["peak_bytes"] < 300e6
    command.bench(**{**arguments, "updates": 0}, json_=False)
    text = capsys.readouterr().out
    assert "training" not in text
    for start in ("matrix products, int8", "translating, beam 5", "one sentence, beam 1", "start, sentence, exit"):
        assert any(line.startswith(start) for line in text.splitlines()), start
