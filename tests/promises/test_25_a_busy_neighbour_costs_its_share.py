"""Promise 25: a busy neighbour costs its share of the CPU and little more, for threads sleep while they wait.

What it costs is measured by benchmarks/busy_neighbour.py.
"""

import os
import subprocess
import sys

import pytest

# Says how threads are to wait at the moment when torch is about to be loaded. What was set when Python itself started
# does not count.
STARTED = """
import os, runpy, sys

class Spy:
    def find_spec(self, name, *_):
        if name == "torch":
            print(os.environ.get("OMP_WAIT_POLICY"), flush=True)
            os._exit(0)

sys.meta_path.insert(0, Spy())
del os.environ["OMP_WAIT_POLICY"]
if sys.argv[1]:
    os.environ["OMP_WAIT_POLICY"] = sys.argv[1]
code = sys.argv[2]
del sys.argv[1:3]
exec(code)
"""


def started(code, *arguments, wanted=""):
    command = [sys.executable, "-c", STARTED, wanted, code, *map(str, arguments)]
    environment = os.environ | {"OMP_WAIT_POLICY": "ACTIVE"}
    return subprocess.run(command, env=environment, input=b"Hund.\n", capture_output=True, timeout=120).stdout


@pytest.mark.parametrize(
    "code",
    [
        "from nmt.cli.__main__ import start; start()",
        "from nmt.cli.main import main; main()",
        "runpy.run_module('nmt', run_name='__main__')",
    ],
)
def test_the_threads_of_a_command_sleep_while_they_wait(toy_model, code):
    assert started(code, "translate", "--model", toy_model, "--engine", "torch") == b"PASSIVE\n"


def test_so_do_those_of_a_program_that_uses_the_package():
    assert started("import nmt.models.translator") == b"PASSIVE\n"


def test_who_wants_them_to_spin_has_that():
    assert started("import nmt.models.translator", wanted="ACTIVE") == b"ACTIVE\n"


@pytest.mark.skipif(sys.platform != "linux", reason="torch comes with another OpenMP elsewhere")
def test_torch_reads_it_when_it_is_loaded():
    code = "import os; os.environ.pop('OMP_WAIT_POLICY'); import nmt, torch"
    environment = os.environ | {"OMP_WAIT_POLICY": "ACTIVE", "OMP_DISPLAY_ENV": "VERBOSE"}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=120)
    assert b"GOMP_SPINCOUNT = '0'" in ended.stderr  # it is 300000 where nothing is said
