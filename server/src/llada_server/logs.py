"""Log lines: text for people, or a JSON object each for programs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import msgspec

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonLines(logging.Formatter):
    """`{"time": …, "level": …, "logger": …, "message": …}`, with `exception` where there is a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage().strip(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        elif record.exc_text:
            line["exception"] = record.exc_text
        # A lone surrogate, as from a file's name that is no UTF-8, cannot be encoded.
        clean = {name: value.encode(errors="backslashreplace").decode() for name, value in line.items()}
        return msgspec.json.encode(clean).decode()


def configure_logging(level: str, format: str = "text") -> None:
    """Log lines to stderr; the libraries below only from warnings on."""
    logging.basicConfig(format=TEXT, level=logging.WARNING)
    if format == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())
    for name in ("llada_server", "llada_core"):
        logging.getLogger(name).setLevel(level.upper())
