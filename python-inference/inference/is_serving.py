"""`python -m inference.is_serving`: asks the sidecar of HOST and PORT by grpc.health.v1 whether it serves.

Exit code 0: it does. For the health check of a container, which has the same settings as the sidecar in it.
"""

import os
import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from inference.settings import SettingInvalid, read_settings
from inference.tls import client_credentials

DEADLINE_SECONDS = 5.0
# A sidecar that listens on all addresses is asked on loopback.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}


def main() -> int:
    try:
        settings = read_settings(os.environ, sys.argv[1:])
        credentials = client_credentials(settings)
    except SettingInvalid as error:
        print(error, file=sys.stderr)
        return 2
    address = f"{LOOPBACK.get(settings.host, settings.host)}:{settings.port}"
    channel = grpc.secure_channel(address, credentials) if credentials else grpc.insecure_channel(address)
    try:
        with channel:
            answer = health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(), timeout=DEADLINE_SECONDS
            )
    except grpc.RpcError as error:
        print(f"{address}: {error.code().name}: {error.details()}", file=sys.stderr)  # type: ignore[attr-defined]
        return 1
    status = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    print(f"{address}: {status}")
    return 0 if answer.status == health_pb2.HealthCheckResponse.SERVING else 1


if __name__ == "__main__":
    sys.exit(main())
