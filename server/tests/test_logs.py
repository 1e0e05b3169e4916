"""Log lines for programs."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import datetime

import pytest

from llada_server.logs import JsonLines


def record(message: str, *values: object, exc: BaseException | None = None) -> logging.LogRecord:
    raised = (type(exc), exc, exc.__traceback__) if exc else None
    return logging.LogRecord("llada_server.x", logging.WARNING, "x.py", 1, message, values, raised)


@pytest.mark.parametrize("value", ['quotes " and \n lines', "ümlaut", "\udcff", "\x00\x1b[31m"])
def test_each_record_is_one_object_a_line(value: str) -> None:
    line = JsonLines().format(record("it holds %s!", value))
    assert "\n" not in line
    found = json.loads(line)
    assert set(found) == {"time", "level", "logger", "message"}
    assert (found["level"], found["logger"]) == ("warning", "llada_server.x")
    assert found["message"] == f"it holds {value}!".encode(errors="backslashreplace").decode()
    assert datetime.fromisoformat(found["time"]).tzinfo is not None


def test_traceback() -> None:
    try:
        raise ValueError("bad")
    except ValueError as error:
        line = JsonLines().format(record("failed", exc=error))
    found = json.loads(line)
    assert found["message"] == "failed"
    assert found["exception"].startswith("Traceback")
    assert found["exception"].endswith("ValueError: bad")


@pytest.mark.parametrize("form", ["text", "json"])
def test_both_forms_go_to_stderr(form: str) -> None:
    code = (
        "import logging; from llada_server.logs import configure_logging; configure_logging('error');"
        f"configure_logging('info', {form!r});"
        "logging.getLogger('llada_server').info('hello'); logging.getLogger('uvicorn').info('quiet')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    if form == "json":
        assert json.loads(lines[0])["message"] == "hello"
    else:
        assert lines[0].endswith(" INFO llada_server: hello")
