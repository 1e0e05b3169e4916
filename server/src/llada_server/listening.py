"""Where the server listens: an address or a Unix socket, and who can reach it there."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import ssl
import stat
from collections.abc import Iterator

from .settings import Settings

EXPOSED = """
******************************************************************************
ANYBODY WHO REACHES %s CAN USE THIS SERVER: no API key is set.
Give --api-key-file FILE (or --api-key, or LLADA_API_KEYS), or listen on
127.0.0.1, or on a Unix socket with --uds.
******************************************************************************"""


class StartError(Exception):
    """The server cannot start; `str(error)` says why in one line."""


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket of `bind`; the file of a Unix socket is gone afterwards."""
    with bind(settings) as listener:
        try:
            yield listener
        finally:
            if settings.uds is not None:
                with contextlib.suppress(OSError):
                    os.unlink(settings.uds)


def bind(settings: Settings) -> socket.socket:
    """A socket on the address of `settings`, taken before the model is loaded.

    Raises:
        StartError: the port or the path is in use, or it is none that this machine has.
    """
    if settings.uds is not None:
        return _bind_path(settings.uds)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it every reply waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise StartError(
            f"cannot listen on {settings.host} port {settings.port}: {reason}; choose another with --port"
        ) from None
    return listener


def _bind_path(path: str) -> socket.socket:
    """A Unix socket, which whoever may write to its file can use: as the process's umask has it. The file
    that a server left behind is replaced, no other."""
    if not hasattr(socket, "AF_UNIX"):
        raise StartError("--uds: this system's Python has no Unix sockets")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if _is_left_behind(path):
            os.unlink(path)
        listener.bind(path)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)  # a path too long has no strerror
        raise StartError(f"cannot listen on the Unix socket {path}: {reason}") from None
    return listener


def _is_left_behind(path: str) -> bool:
    """Whether it is a socket on which nobody listens."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            return False
    except FileNotFoundError:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        try:
            caller.connect(path)
        except ConnectionRefusedError:
            return True
    return False


def check_tls(settings: Settings) -> None:
    """Refuse a certificate or key that cannot be used.

    Raises:
        StartError: with the file and the reason.
    """
    if settings.ssl_certfile is None:
        if settings.ssl_keyfile is not None:
            raise StartError("--ssl-keyfile needs --ssl-certfile")
        return
    shown = " and ".join(filter(None, (settings.ssl_certfile, settings.ssl_keyfile)))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            settings.ssl_certfile, settings.ssl_keyfile, password=lambda: ""
        )
    except OSError as error:  # ssl.SSLError is one
        reason = getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else error.strerror
        reason = reason or "a file is not in PEM form, has no key, or the key is encrypted"
        raise StartError(f"cannot use the certificate {shown}: {reason}") from None


def is_exposed(listener: socket.socket) -> bool:
    """Whether other machines may reach it: it is no Unix socket, and its address is not of the loopback."""
    if listener.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    address = str(listener.getsockname()[0]).partition("%")[0]
    return not ipaddress.ip_address(address).is_loopback


def url_of(listener: socket.socket, *, tls: bool) -> str:
    """How a client on this machine, or on the address's, calls it; behind a Unix socket any name will do."""
    scheme, name = "https" if tls else "http", listener.getsockname()
    if isinstance(name, str):
        return f"{scheme}://localhost"
    host, port = name[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
