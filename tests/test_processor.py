import pytest

from nmt import processor

SERVER = """processor\t: 0
model name\t: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz
flags\t\t: fpu avx avx2 avx512f avx512_vnni amx_tile amx_int8

processor\t: 1
model name\t: another
"""
LAPTOP = "model name\t: Intel(R) Core(TM) i5-8250U\nflags\t\t: fpu avx avx2 fma\n"


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        (SERVER, "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz (avx2, avx512, vnni, amx, 2 cores)"),
        (LAPTOP, "Intel(R) Core(TM) i5-8250U (avx2, 2 cores)"),
        ("model name: K6\nflags: fpu avx\n", "K6 (2 cores)"),
        (None, "arm64 (2 cores)"),  # no such file, as on macOS
    ],
)
def test_the_processor_is_named_with_what_it_can_do(monkeypatch, tmp_path, cpuinfo, expected):
    if cpuinfo is not None:
        (tmp_path / "cpuinfo").write_text(cpuinfo)
    monkeypatch.setattr(processor, "_CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(processor.platform, "processor", lambda: "")
    monkeypatch.setattr(processor.platform, "machine", lambda: "arm64")
    monkeypatch.setattr(processor.os, "cpu_count", lambda: 2)
    assert str(processor.this_processor()) == expected
