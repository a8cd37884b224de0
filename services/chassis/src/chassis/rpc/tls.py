"""Transport credentials from the certificate files of the settings; None means plain text."""

from __future__ import annotations

import grpc

from chassis.settings import ServiceSettings


def server_credentials(settings: ServiceSettings) -> grpc.ServerCredentials | None:
    """Both sides prove themselves: callers need a certificate of the same authority."""
    if (files := _read(settings)) is None:
        return None
    certificate, key, authority = files
    return grpc.ssl_server_credentials(
        [(key, certificate)], root_certificates=authority, require_client_auth=True
    )


def channel_credentials(settings: ServiceSettings) -> grpc.ChannelCredentials | None:
    if (files := _read(settings)) is None:
        return None
    certificate, key, authority = files
    return grpc.ssl_channel_credentials(authority, key, certificate)


def _read(settings: ServiceSettings) -> tuple[bytes, bytes, bytes] | None:
    certificate, key, authority = (
        settings.tls_certificate_file,
        settings.tls_key_file,
        settings.tls_authority_file,
    )
    if certificate is None or key is None or authority is None:
        return None
    return certificate.read_bytes(), key.read_bytes(), authority.read_bytes()
