"""Fingerprints as bytes, for a database or a file: compressed arrays and a little JSON, no pickle."""

from __future__ import annotations

import io
import json
import zipfile
import zlib

import numpy as np

from plagiarism.fingerprints import SCHEME, Finding, Fingerprint


class StaleFingerprint(Exception):
    """The bytes were made under another scheme, or are no fingerprint: make it anew from the sources."""


def dump(one: Fingerprint) -> bytes:
    """The bytes that `load` reads."""
    about = {
        "scheme": SCHEME,
        "bounds": one.bounds,
        "files": one.files,
        "findings": [[finding.file, finding.code] for finding in one.findings],
    }
    out = io.BytesIO()
    np.savez_compressed(
        out,
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        hashes=one.hashes,
        places=one.places,
        stream=one.stream,
        lines=one.lines,
        file_of=one.file_of,
    )
    return out.getvalue()


def load(data: bytes) -> Fingerprint:
    """Raises `StaleFingerprint` for another scheme or damaged bytes."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            if about["scheme"] != SCHEME:
                raise StaleFingerprint(f"scheme {about['scheme']}, not {SCHEME}")
            return Fingerprint(
                hashes=arrays["hashes"],
                places=arrays["places"],
                bounds=tuple(about["bounds"]),
                stream=arrays["stream"],
                lines=arrays["lines"],
                file_of=arrays["file_of"],
                files=tuple(about["files"]),
                findings=tuple(Finding(file=file, code=code) for file, code in about["findings"]),
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise StaleFingerprint(str(error)) from error
