"""`arena competitions list | files C | download C | submit C -f FILE -m MESSAGE [--practice]
| submissions C | leaderboard C`.

The site and the token come from ARENA_URL and ARENA_TOKEN.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class ClientError(Exception):
    """The site refused, or can't be reached; the message says why."""


class BrokenOff(ClientError):
    """The connection broke off: the site may have done what it was asked."""


class Site:
    """The API of one site, as the person whose token it is."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = f"{address.rstrip('/')}/api/v1/", token

    def call(self, path: str, *, body: bytes | None = None, content_type: str = "") -> bytes:
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = content_type
        request = urllib.request.Request(self.address + path, body, headers)  # noqa: S310 - the user's own address
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise ClientError(_reason(error)) from error
        except urllib.error.URLError as error:
            raise ClientError(f"{self.address} can't be reached: {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            raise BrokenOff(f"{self.address} broke off: {error or type(error).__name__}") from error

    def json(self, path: str) -> Any:
        return json.loads(self.call(path))

    def submit(self, competition: str, files: Sequence[Path], message: str, *, practice: bool = False) -> Any:
        boundary = uuid.uuid4().hex
        # after a broken connection the same is sent again, and with the same key it is taken once
        fields = {"comment": message, "key": uuid.uuid4().hex} | ({"practice": "true"} if practice else {})
        parts = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()
        )
        body = "".join(parts).encode()
        for file in files:
            # as browsers do: only what would end the header is replaced
            name = file.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
            body += file.read_bytes() + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        path = f"competitions/{competition}/submissions"
        try:
            return json.loads(self.call(path, body=body, content_type=kind))
        except BrokenOff:
            return json.loads(self.call(path, body=body, content_type=kind))


def _reason(error: urllib.error.HTTPError) -> str:
    if error.code == 401:
        return "The token is not accepted: make one on the site under “API tokens” and set ARENA_TOKEN."
    try:
        return str(json.loads(error.read())["message"])
    except (ValueError, KeyError, TypeError):
        return f"The site answered {error.code} {error.reason}."


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    address, token = os.environ.get("ARENA_URL"), os.environ.get("ARENA_TOKEN")
    if not address or not token:
        print("Set ARENA_URL to the site's address and ARENA_TOKEN to your API token.", file=sys.stderr)
        return 2
    try:
        arguments.func(Site(address, token), arguments)
    except ClientError as error:
        print(error, file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"There is no file {error.filename}.", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="arena", description="Competitions from the command line.")
    groups = parser.add_subparsers(required=True, metavar="competitions")
    verbs = groups.add_parser("competitions", help="list, download, submit, follow").add_subparsers(
        required=True, metavar="VERB"
    )
    verbs.add_parser("list", help="your competitions").set_defaults(func=_list)
    for name, function, text in (
        ("files", _files, "the public files"),
        ("download", _download, "download the public files"),
        ("submit", _submit, "hand in predictions or code"),
        ("submissions", _submissions, "your submissions"),
        ("leaderboard", _leaderboard, "the public board"),
    ):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("competition")
        verb.set_defaults(func=function)
        if name == "download":
            verb.add_argument("-p", "--path", type=Path, default=Path())
        if name == "submit":
            verb.add_argument("-f", "--file", type=Path, action="append", required=True)
            verb.add_argument("-m", "--message", default="")
            verb.add_argument("--practice", action="store_true", help="run code on a part of train.csv, at no cost")
    return parser


def _table(rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    cells = [list(columns), *[["" if row[c] is None else str(row[c]) for c in columns] for row in rows]]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _list(site: Site, arguments: argparse.Namespace) -> None:
    _table(site.json("competitions"), ["slug", "title", "metric", "deadline", "quota_left"])


def _files(site: Site, arguments: argparse.Namespace) -> None:
    _table(site.json(f"competitions/{arguments.competition}/files"), ["name", "size", "sha256"])


def _download(site: Site, arguments: argparse.Namespace) -> None:
    for row in site.json(f"competitions/{arguments.competition}/files"):
        name = Path(row["name"]).name
        target = arguments.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(site.call(f"competitions/{arguments.competition}/files/{urllib.parse.quote(name)}"))
        print(target)


def _submit(site: Site, arguments: argparse.Namespace) -> None:
    row = site.submit(arguments.competition, arguments.file, arguments.message, practice=arguments.practice)
    print(f"{'Practice run' if arguments.practice else 'Submission'} {row['id']} is {row['status']}.")


def _submissions(site: Site, arguments: argparse.Namespace) -> None:
    rows = site.json(f"competitions/{arguments.competition}/submissions")
    _table(rows, ["id", "submitted_at", "type", "status", "verdict", "public_score", "comment"])


def _leaderboard(site: Site, arguments: argparse.Namespace) -> None:
    _table(site.json(f"competitions/{arguments.competition}/leaderboard"), ["rank", "name", "score", "submissions"])
