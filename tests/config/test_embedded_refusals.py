"""bin/run says why it does not start, and starts nothing."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from config.embedded_server import try_lock

ROOT = Path(__file__).resolve().parents[2]


def serve(var, **environment):
    return subprocess.run(
        [sys.executable, "-m", "config.serve"],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(var), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_second_run_in_the_same_place_says_so_and_leaves(tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    with try_lock(var / "run.lock") as lock:
        lock.write(b"http://localhost:8000 (process 12)\n")
        lock.flush()

        second = serve(var)

    assert second.returncode == 1
    assert second.stdout == "Échéance already runs here: http://localhost:8000 (process 12)\n"
    assert not (var / "postgres").exists()


def test_a_taken_port_is_named_before_anything_starts(tmp_path):
    var = tmp_path / "var"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        run = serve(var, PORT=str(port))

    assert run.returncode == 1
    assert run.stdout.startswith(f"Port {port} cannot be used (Address already in use)")
    assert not (var / "postgres").exists()
