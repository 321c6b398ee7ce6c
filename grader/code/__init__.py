"""Uploaded files as a code submission: what is one, how an archive becomes one, and what belongs in a notebook only."""

from grader.code.archives import unpack_archive
from grader.code.checking import CodeBundle, check_code
from grader.code.refusal import MAX_REPORT_BYTES, MAX_SOURCE_BYTES, MAX_SOURCES, REPORT_SUFFIXES, RefusedCode

__all__ = [
    "MAX_REPORT_BYTES", "MAX_SOURCES", "MAX_SOURCE_BYTES", "REPORT_SUFFIXES",
    "CodeBundle", "RefusedCode", "check_code", "unpack_archive",
]  # fmt: skip
