"""Upload like a student with a flaky network: again and again, but never twice."""

from __future__ import annotations

import http.client
import json
import time
import urllib.parse
import uuid
from dataclasses import dataclass

# a student waits so long for an answer
TIMEOUT_S = 30


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file of one student. The comment `key` tells afterwards whether an upload without an answer arrived."""

    key: str
    token: str
    name: str
    data: bytes
    slug: str
    expected: tuple[float | None, float | None] = (None, None)


class NotTaken(Exception):
    """The site answered, and not with 201; the message is its answer."""


def upload(address: str, item: Upload, *, slow_s: float = 0.0, tries: int = 200) -> float:
    """Send it until it is there; the seconds that took. Raises `NotTaken` when the site refuses it for good."""
    time.sleep(slow_s)
    started = time.monotonic()
    for attempt in range(tries):
        try:
            if attempt and _is_there(address, item):
                return time.monotonic() - started
            send(address, item)
            return time.monotonic() - started
        except (OSError, http.client.HTTPException, _Unavailable):
            time.sleep(min(1.0, 0.1 * (attempt + 1)))
    raise NotTaken(f"{item.key} was not taken in {tries} tries")


def send(address: str, item: Upload) -> int:
    """One POST to the API; the submission's number."""
    boundary = uuid.uuid4().hex
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="comment"\r\n\r\n{item.key}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{item.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + item.data + f"\r\n--{boundary}--\r\n".encode()  # fmt: skip
    kind = f"multipart/form-data; boundary={boundary}"
    answer = _ask(address, "POST", f"/api/v1/competitions/{item.slug}/submissions", item, body=body, kind=kind)
    return int(answer["id"])


def _is_there(address: str, item: Upload) -> bool:
    mine = _ask(address, "GET", f"/api/v1/competitions/{item.slug}/submissions", item)
    return any(row["comment"] == item.key for row in mine)


class _Unavailable(Exception):
    """A 5xx, or a refusal that passes: try again later."""


def _ask(address: str, method: str, path: str, item: Upload, *, body: bytes = b"", kind: str = "") -> object:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=TIMEOUT_S)
    try:
        headers = {"Authorization": f"Bearer {item.token}", **({"Content-Type": kind} if kind else {})}
        connection.request(method, path, body=body or None, headers=headers)
        response = connection.getresponse()
        data = response.read()
        if response.status >= 500 or b'"disk_full"' in data or b'"queue_full"' in data:
            raise _Unavailable(str(response.status))
        if response.status >= 300:
            raise NotTaken(f"{item.key}: {response.status} {data[:300]!r}")
        return json.loads(data)
    finally:
        connection.close()
