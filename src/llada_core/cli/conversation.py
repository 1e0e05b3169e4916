"""What `llada chat` keeps between two replies: the messages and the parameters."""

from __future__ import annotations

from typing import Any

from ..errors import LladaError
from ..session import Ask, Session
from .options import parse_value

HELP = """\
/set NAME VALUE   set a parameter: /set algorithm prefix_cache, /set threshold 0.9
/set NAME         back to its default
/set              show what is set
/reset            forget the conversation
/quit             leave (also Ctrl-D)
Ctrl-C gives up the reply that is being written."""


class Conversation:
    """Messages and parameters of one chat."""

    def __init__(
        self, session: Session, algorithm: str, params: dict[str, Any], system: str | None = None
    ) -> None:
        """
        Raises:
            LladaError: such a request can never run.
        """
        self.session = session
        self.settings: dict[str, Any] = {"algorithm": algorithm, **params}
        self._opening = [] if system is None else [{"role": "system", "content": system}]
        self.messages = list(self._opening)
        self._check(self.settings)

    def ask(self, text: str) -> Ask:
        """The request for the next reply, were `text` the next thing that the user says."""
        return self._ask([*self.messages, {"role": "user", "content": text}], self.settings)

    def add(self, text: str, reply: str) -> None:
        """Keep a turn and its reply."""
        self.messages += [{"role": "user", "content": text}, {"role": "assistant", "content": reply}]

    def command(self, line: str) -> str:
        """Carry out a line that starts with `/`; returns what to tell the user."""
        name, _, rest = line[1:].strip().partition(" ")
        if name == "help":
            return HELP
        if name == "reset":
            self.messages = list(self._opening)
            return "the conversation starts anew"
        if name == "set":
            return self._set(rest.strip())
        return f"no command /{name}; /help lists them"

    def _set(self, assignment: str) -> str:
        name, _, value = assignment.replace("=", " ", 1).partition(" ")
        name = name.strip().replace("-", "_")
        if not name:
            return ", ".join(f"{key} = {value}" for key, value in self.settings.items())
        settings = {key: old for key, old in self.settings.items() if key != name}
        if value.strip():
            settings[name] = parse_value(value)
        elif name == "algorithm":
            settings[name] = self.session.algorithm
        try:
            self._check(settings)
        except LladaError as error:
            return str(error)
        self.settings = settings
        return f"{name} = {settings[name]}" if name in settings else f"{name} is at its default"

    def _check(self, settings: dict[str, Any]) -> None:
        self.session.build(self._ask([{"role": "user", "content": ""}], settings))

    def _ask(self, messages: list[dict[str, str]], settings: dict[str, Any]) -> Ask:
        params = {name: value for name, value in settings.items() if name != "algorithm"}
        return Ask(messages, str(settings["algorithm"]), params)
