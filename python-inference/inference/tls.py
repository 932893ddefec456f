"""Certificates of the sidecar: whom it proves to be, and whom it lets in."""

from pathlib import Path

import grpc

from inference.settings import SettingInvalid, Settings


def server_credentials(settings: Settings) -> grpc.ServerCredentials | None:
    """What to serve with; None: without TLS. Raises SettingInvalid naming the setting."""
    if not (settings.tls_cert or settings.tls_key or settings.tls_ca):
        return None
    certificate = _pem("TLS_CERT", settings.tls_cert)
    key = _pem("TLS_KEY", settings.tls_key)
    authority = _pem("TLS_CA", settings.tls_ca) if settings.tls_ca else None
    return grpc.ssl_server_credentials([(key, certificate)], authority, authority is not None)


def client_credentials(settings: Settings) -> grpc.ChannelCredentials | None:
    """What the sidecar calls itself with, to ask whether it serves; None: without TLS.

    Its own certificate is the one it trusts, and the one it shows.
    """
    if server_credentials(settings) is None:
        return None
    certificate = _pem("TLS_CERT", settings.tls_cert)
    roots = certificate + (_pem("TLS_CA", settings.tls_ca) if settings.tls_ca else b"")
    return grpc.ssl_channel_credentials(roots, _pem("TLS_KEY", settings.tls_key), certificate)


def _pem(name: str, path: str) -> bytes:
    expected = "a PEM file"
    if not path:
        raise SettingInvalid(
            name, f"{expected}, as another of TLS_CERT, TLS_KEY and TLS_CA is set", "nothing"
        )
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise SettingInvalid(name, expected, f"{path!r} ({error.strerror})") from error
    if b"-----BEGIN " not in content:
        raise SettingInvalid(name, expected, f"{path!r}, which is none")
    return content
