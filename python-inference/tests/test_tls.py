"""Who is let in: a server with our credentials, called as clients and its own health check call it."""

import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import HealthServicer

from inference import is_serving
from inference.settings import SettingInvalid, read_settings
from inference.tls import server_credentials

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority `ca`, and `server` and `client` signed by it; `stranger` signed by itself."""
    folder = tmp_path_factory.mktemp("tls")

    def run(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("ca", "stranger"):
        run("req", "-x509", *new, "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}")
    for name in ("server", "client"):
        run("req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"]
        run("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.crt", *signed)
    return folder


def _environment(folder: Path, **more: str) -> dict[str, str]:
    files = {"TLS_CERT": "server.crt", "TLS_KEY": "server.key", "TLS_CA": "ca.crt"}
    return {name: str(folder / file) for name, file in files.items()} | more


@pytest.fixture
def port(certificates: Path) -> Iterator[int]:
    """Of a server with mutual TLS that says SERVING."""
    credentials = server_credentials(read_settings(_environment(certificates), []))
    assert credentials is not None
    server = grpc.server(ThreadPoolExecutor(2))
    health_pb2_grpc.add_HealthServicer_to_server(HealthServicer(), server)
    bound = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    yield bound
    server.stop(0)


def _check(channel: grpc.Channel) -> int:
    with channel:
        request = health_pb2.HealthCheckRequest()
        return int(health_pb2_grpc.HealthStub(channel).Check(request, timeout=5).status)


def test_a_client_of_the_authority_is_let_in(certificates: Path, port: int) -> None:
    read = {name: (certificates / name).read_bytes() for name in ("ca.crt", "client.key", "client.crt")}
    credentials = grpc.ssl_channel_credentials(read["ca.crt"], read["client.key"], read["client.crt"])
    assert _check(grpc.secure_channel(f"127.0.0.1:{port}", credentials)) == 1


@pytest.mark.parametrize("who", ["nobody", "stranger", "plain"])
def test_others_are_refused(certificates: Path, port: int, who: str) -> None:
    ca = (certificates / "ca.crt").read_bytes()
    pair = [(certificates / f"stranger.{end}").read_bytes() for end in ("key", "crt")]
    address = f"127.0.0.1:{port}"
    channel = {
        "nobody": lambda: grpc.secure_channel(address, grpc.ssl_channel_credentials(ca)),
        "stranger": lambda: grpc.secure_channel(address, grpc.ssl_channel_credentials(ca, *pair)),
        "plain": lambda: grpc.insecure_channel(address),
    }[who]()
    with pytest.raises(grpc.RpcError) as refused:
        _check(channel)
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE


def test_the_health_check_of_a_container_knows_the_same_settings(
    certificates: Path, port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in _environment(certificates, HOST="0.0.0.0", PORT=str(port)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["is_serving"])
    assert is_serving.main() == 0
    assert capsys.readouterr().out == f"127.0.0.1:{port}: SERVING\n"
    monkeypatch.setenv("PORT", "9")
    assert is_serving.main() == 1
    assert "127.0.0.1:9: UNAVAILABLE" in capsys.readouterr().err


def test_what_is_missing_is_named(certificates: Path) -> None:
    assert server_credentials(read_settings({}, [])) is None
    for name in ("TLS_CERT", "TLS_KEY"):
        with pytest.raises(SettingInvalid, match=f"for {name} but received nothing"):
            server_credentials(read_settings(_environment(certificates) | {name: ""}, []))
    with pytest.raises(SettingInvalid, match=r"a PEM file for TLS_CA but received .*names.*which is none"):
        server_credentials(read_settings(_environment(certificates, TLS_CA=str(certificates / "names")), []))
