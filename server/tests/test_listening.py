"""Addresses, Unix sockets, certificates, and the warning where everybody may ask."""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from llada_server.api_keys import ApiKeys
from llada_server.context import Context
from llada_server.listening import StartError, bind, check_tls, is_exposed, listening, url_of
from llada_server.server import HttpServer
from llada_server.settings import Settings

from .conftest import MakeContext

pytestmark = pytest.mark.anyio

unix = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs Unix sockets")


async def ask(
    context: Context, listener: socket.socket, transport: httpx.AsyncHTTPTransport, url: str
) -> int:
    """Serve, ask for /v1/models, stop."""
    server = HttpServer(context, listener)
    task = asyncio.create_task(server.serve())
    try:
        async with httpx.AsyncClient(transport=transport, timeout=10) as http:
            return (await http.get(f"{url}/v1/models")).status_code
    finally:
        server.stop()
        server.stop()
        await task


@unix
async def test_unix_socket(
    make_context: MakeContext, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "llada_server")
    path = str(tmp_path / "s")
    context = make_context(uds=path)
    with listening(context.settings) as listener:
        transport = httpx.AsyncHTTPTransport(uds=path)
        assert await ask(context, listener, transport, "http://localhost") == 200
    assert not Path(path).exists()
    assert f"curl --unix-socket {path} http://localhost/v1/" in caplog.text
    assert "ANYBODY" not in caplog.text


@unix
def test_path_of_a_unix_socket(tmp_path: Path) -> None:
    settings = Settings(uds=str(tmp_path / "s"))
    with bind(settings) as first:
        first.listen()
        with pytest.raises(StartError, match="in use"):
            bind(settings)
    assert (tmp_path / "s").is_socket()
    with listening(settings):  # the file that the first one left behind
        pass
    (tmp_path / "s").write_text("precious")
    with pytest.raises(StartError, match="in use"):
        bind(settings)
    assert (tmp_path / "s").read_text() == "precious"
    for path in (tmp_path / "no" / "s", tmp_path / ("x" * 200)):
        with pytest.raises(StartError, match="cannot listen on the Unix socket"):
            bind(Settings(uds=str(path)))


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("keys", [None, ApiKeys(["sk-secret"])])
async def test_loud_where_everybody_may_ask(
    make_context: MakeContext, caplog: pytest.LogCaptureFixture, host: str, keys: ApiKeys | None
) -> None:
    caplog.set_level(logging.INFO, "llada_server")
    context = make_context(host=host, port=0)
    context.keys = keys
    with listening(context.settings) as listener:
        port = listener.getsockname()[1]
        status = await ask(context, listener, httpx.AsyncHTTPTransport(), f"http://127.0.0.1:{port}")
    assert status == (200 if keys is None else 401)
    loud = [record for record in caplog.records if "ANYBODY WHO REACHES" in record.getMessage()]
    assert len(loud) == (host == "0.0.0.0" and keys is None)
    assert all(record.levelno == logging.WARNING for record in loud)
    if loud:
        assert caplog.records[0] is loud[0]
        assert f"http://{host}:{port}" in loud[0].getMessage()
    assert ("-H 'Authorization: Bearer KEY'" in caplog.text) is (keys is not None)
    assert "sk-secret" not in caplog.text


@pytest.mark.parametrize(
    ("family", "address", "exposed"),
    [
        (socket.AF_INET, "127.0.0.1", False),
        (socket.AF_INET, "127.9.9.9", False),
        (socket.AF_INET, "0.0.0.0", True),
        (socket.AF_INET, "192.168.0.7", True),
        (socket.AF_INET6, "::1", False),
        (socket.AF_INET6, "::", True),
        (socket.AF_INET6, "fe80::1%eth0", True),
    ],
)
def test_who_can_reach_it(family: int, address: str, exposed: bool) -> None:
    class Bound:
        def __init__(self) -> None:
            self.family = family

        def getsockname(self) -> tuple[str, int]:
            return address, 8000

    assert is_exposed(Bound()) is exposed  # type: ignore[arg-type]
    shown = f"[{address}]" if ":" in address else address
    assert url_of(Bound(), tls=True) == f"https://{shown}:8000"  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for localhost that signs itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("tls")
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(["openssl", *made.split(), *names], cwd=folder, check=True, capture_output=True)
    return str(folder / "cert.pem"), str(folder / "key.pem")


async def test_https(make_context: MakeContext, certificate: tuple[str, str]) -> None:
    cert, key = certificate
    context = make_context(port=0, ssl_certfile=cert, ssl_keyfile=key)
    check_tls(context.settings)
    trusting = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=cert))
    with listening(context.settings) as listener:
        port = listener.getsockname()[1]
        assert await ask(context, listener, trusting, f"https://127.0.0.1:{port}") == 200


def test_certificates_that_cannot_be_used(certificate: tuple[str, str], tmp_path: Path) -> None:
    cert, key = certificate
    text = tmp_path / "text"
    text.write_text("x")
    for wrong in [
        Settings(ssl_keyfile=key),
        Settings(ssl_certfile=cert),
        Settings(ssl_certfile=str(tmp_path / "none")),
        Settings(ssl_certfile=cert, ssl_keyfile=str(text)),
        Settings(ssl_certfile=str(text), ssl_keyfile=key),
    ]:
        with pytest.raises(StartError) as caught:
            check_tls(wrong)
        assert "\n" not in str(caught.value)
        assert "_ssl.c" not in str(caught.value)
