"""A model hub on loopback: what huggingface_hub asks of its API, and files with ETag and Range."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def git_blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@dataclass
class ServedFile:
    """A file and how it is served.

    `cuts`: after how many bytes each of the next answers breaks off; `honors_if_range`: as RFC 9110 wants;
    `told`: content that the hub's listing speaks of, where it is another than what is served.
    """

    content: bytes
    is_large: bool = False
    cuts: list[int] = field(default_factory=list)
    honors_if_range: bool = True
    told: bytes | None = None

    @property
    def etag(self) -> str:
        return f'"{sha256(self.content)}"'

    def sibling(self, name: str) -> dict[str, object]:
        told = self.content if self.told is None else self.told
        entry: dict[str, object] = {"rfilename": name, "size": len(told), "blobId": git_blob(told)}
        if self.is_large:
            entry["lfs"] = {"size": len(told), "sha256": sha256(told), "pointerSize": 134}
        return entry


@dataclass
class HubServer:
    """`repositories`: files by name by `owner/name`; `requests`: path and Range of each, as they came."""

    repositories: dict[str, dict[str, ServedFile]]
    licenses: dict[str, str] = field(default_factory=dict)
    commit: str = COMMIT
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""

    def url(self, repository: str, name: str) -> str:
        return f"{self.address}/{repository}/resolve/{self.commit}/{name}"

    def ranges_of(self, name: str) -> list[str | None]:
        return [asked for path, asked in self.requests if path.endswith(f"/{name}")]


@contextmanager
def serving(hub: HubServer) -> Iterator[HubServer]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            hub.requests.append((path, self.headers.get("Range")))
            if info := re.fullmatch(r"/api/models/([^/]+/[^/]+?)(?:/revision/(\w+))?", path):
                self._answer_info(info[1], info[2])
            elif file := re.fullmatch(r"/([^/]+/[^/]+)/resolve/(\w+)/(.+)", path):
                # As hubs do with large files: the bytes lie elsewhere.
                served = hub.repositories.get(file[1], {}).get(file[3])
                if served and served.is_large:
                    self._answer(302, b"", {"Location": f"/cdn/{file[1]}/{file[3]}"})
                else:
                    self._answer_file(served)
            elif file := re.fullmatch(r"/cdn/([^/]+/[^/]+)/(.+)", path):
                self._answer_file(hub.repositories.get(file[1], {}).get(file[2]))
            else:
                self._answer(404, b"no such page")

        def _answer_info(self, repository: str, revision: str | None) -> None:
            files = hub.repositories.get(repository)
            if files is None:
                return self._answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
            if revision not in (None, "main", hub.commit):
                return self._answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
            info: dict[str, object] = {
                "id": repository,
                "sha": hub.commit,
                "siblings": [file.sibling(name) for name, file in files.items()],
            }
            if repository in hub.licenses:
                info["cardData"] = {"license": hub.licenses[repository]}
            self._answer(200, json.dumps(info).encode(), {"Content-Type": "application/json"})

        def _answer_file(self, file: ServedFile | None) -> None:
            if file is None:
                return self._answer(404, b"", {"X-Error-Code": "EntryNotFound"})
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            same = not file.honors_if_range or self.headers.get("If-Range") in (None, file.etag)
            start = int(asked[1]) if asked and same else 0
            size = len(file.content)
            if asked and start >= size:
                return self._answer(416, b"", {"Content-Range": f"bytes */{size}"})
            headers = {"ETag": file.etag}
            if asked and same:
                headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
            cut = file.cuts.pop(0) if file.cuts else None
            self._answer(206 if asked and same else 200, file.content[start:], headers, cut)

        def _answer(
            self, status: int, body: bytes, headers: dict[str, str] | None = None, cut: int | None = None
        ) -> None:
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[:cut])
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
