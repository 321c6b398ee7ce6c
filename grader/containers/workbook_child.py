"""Inside the child: the cells of one sheet of an .xlsx workbook, row by row. Needs the standard library alone.

Every part is read as a stream: no tree is built, a document type is refused, and reading stops at the last row that is
wanted. Of the styles only the formats of dates are kept.
"""

from __future__ import annotations

import posixpath
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.parsers import expat

from grader.containers import workbook_values as values
from grader.containers.frames import Refused

if TYPE_CHECKING:
    from grader.containers.frames import Output

PIECE = 2**16
MAX_PARTS = 10_000
MAX_SHEETS = 1000
MAX_SMALL = 4 * 2**20  # of the list of sheets, their addresses and the styles
MAX_LARGE = 128 * 2**20  # of the strings and a sheet
MAX_TOTAL = 200 * 2**20
MAX_STRINGS = 500_000
MAX_FORMATS = 65_536
MAX_CELLS = 5_000_000
MAX_WIDTH = 16_384  # columns of a sheet
MAX_HEIGHT = 1_048_576
MAX_TEXT = 200_000  # characters of one cell
MAX_DEPTH = 32


class Done(Exception):
    """All that is wanted was read."""


class Part:
    """One XML part as a stream of elements, by their names without namespace."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.path: list[str] = []

    def read(self, archive: zipfile.ZipFile, name: str, *, most: int) -> None:
        """Feed the parser. Raises `Refused` for a part that unpacks to more than `most` bytes."""
        size = 0
        with archive.open(name) as part:
            try:
                while piece := part.read(PIECE):
                    size += len(piece)
                    if size > most:
                        raise Refused("too_big")
                    self.parser.Parse(piece, False)
                self.parser.Parse(b"", True)
            except Done:
                return

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends; it is still the last of `path`."""

    def text(self, text: str) -> None:
        """Some characters of the innermost element."""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self.path.append(name)
        if len(self.path) > MAX_DEPTH:
            raise Refused("unreadable", why="depth")
        self.start(name, attributes)

    def _end(self, name: str) -> None:
        self.end(self.path[-1])
        self.path.pop()

    def _doctype(self, *_arguments: Any) -> None:
        raise Refused("unreadable", why="doctype")


class Relations(Part):
    """`targets`: address by id; `kinds`: address by the last word of its type."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        self.targets: dict[str, tuple[str, str]] = {}
        self.kinds: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"]
            path = target[1:] if target.startswith("/") else posixpath.normpath(f"{self.folder}/{target}")
            kind = attributes["Type"].rpartition("/")[2]
            self.targets[attributes["Id"]] = kind, path.lstrip("/")
            self.kinds.setdefault(kind, path.lstrip("/"))


class Workbook(Part):
    """The sheets' names and ids in order, and whether days are counted from 1904."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.is_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet":
            ids = [value for key, value in attributes.items() if key.endswith(" id")]
            self.sheets.append((attributes["name"], ids[0] if ids else ""))
            if len(self.sheets) > MAX_SHEETS:
                raise Refused("too_big")


class Styles(Part):
    """`kinds[i]`: what a number of cell format i is: a date, a duration, or None for a plain number."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.kinds: list[str | None] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.codes[attributes["numFmtId"]] = attributes["formatCode"][:1000]
        elif name == "xf" and self.path[-2:-1] == ["cellXfs"]:
            if len(self.kinds) >= MAX_FORMATS:
                raise Refused("too_big")
            number = attributes.get("numFmtId", "0")
            self.kinds.append(values.kind_of_format(number, self.codes.get(number)))


class Strings(Part):
    """The texts that cells share. Readings of characters (`rPh`) are no part of them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.parts: list[str] = []
        self.size = 0

    def text(self, text: str) -> None:
        if self.path[-1] == "t" and "rPh" not in self.path:
            self.parts.append(text)
            self.size += len(text)
            if self.size > MAX_LARGE // 4:
                raise Refused("too_big")

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append(values.unescaped("".join(self.parts)))
            self.parts.clear()
            if len(self.texts) > MAX_STRINGS:
                raise Refused("too_big")


class Sheet(Part):
    """Writes each row as a list of cells, empty ones at its end left out."""

    def __init__(
        self, output: Output, strings: list[str], kinds: list[str | None], *, is_1904: bool, most: tuple[int, int]
    ) -> None:
        super().__init__()
        self.output, self.strings, self.kinds, self.is_1904 = output, strings, kinds, is_1904
        self.most_rows, self.most_columns = most
        self.line = self.column = self.n_cells = 0
        self.row: list[Any] = []
        self.cell: dict[str, str] = {}
        self.parts: list[str] = []
        self.size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            at = int(attributes.get("r", self.line + 1))
            if not self.line < at <= MAX_HEIGHT:
                raise Refused("unreadable", why="rows")
            for _ in range(min(at, self.most_rows + 1) - self.line - 1):
                self.output.json([])
            self.line, self.column, self.row = at, 0, []
            if at > self.most_rows:
                raise Done
        elif name == "c":
            self.n_cells += 1
            self.column = values.column_of(attributes["r"]) if "r" in attributes else self.column + 1
            if self.column > MAX_WIDTH or self.n_cells > MAX_CELLS:
                raise Refused("too_big")
            self.cell = attributes
            self.parts, self.size = [], 0

    def text(self, text: str) -> None:
        inner = self.path[-1]
        if (inner == "v" or (inner == "t" and "is" in self.path and "rPh" not in self.path)) and "c" in self.path:
            self.parts.append(text)
            self.size += len(text)
            if self.size > MAX_TEXT:
                raise Refused("too_big")

    def end(self, name: str) -> None:
        if name == "c" and self.column <= self.most_columns:
            value = self._value("".join(self.parts))
            if value is not None:
                self.row += [None] * (self.column - len(self.row))
                self.row[self.column - 1] = value
        elif name == "row":
            self.output.json(self.row)
        elif name == "sheetData":
            raise Done

    def _value(self, text: str) -> Any:
        kind = self.cell.get("t", "n")
        if kind == "inlineStr":
            return text if self.parts else None
        if not self.parts:
            return None
        if kind == "s":
            return self.strings[int(text)]
        if kind == "n":
            style = int(self.cell.get("s", 0))
            return values.number(text, self.kinds[style] if style < len(self.kinds) else None, is_1904=self.is_1904)
        return bool(int(text)) if kind == "b" else values.dated(text) if kind == "d" else text


def read(stream: BinaryIO, output: Output, *, sheet: str | None, max_rows: int, max_columns: int) -> None:
    """Write the rows of one sheet (None: the first), found without regard to case and spaces around."""
    with zipfile.ZipFile(stream) as archive:
        names = archive.namelist()
        if len(names) > MAX_PARTS or sum(info.file_size for info in archive.infolist()) > MAX_TOTAL:
            raise Refused("too_big")
        if any(info.flag_bits & 1 for info in archive.infolist()):
            raise Refused("encrypted")
        top = Relations("")
        top.read(archive, "_rels/.rels", most=MAX_SMALL)
        address = top.kinds["officeDocument"]
        folder, _, file = address.rpartition("/")
        parts = Relations(folder)
        parts.read(archive, f"{folder}/_rels/{file}.rels".lstrip("/"), most=MAX_SMALL)
        book = Workbook()
        book.read(archive, address, most=MAX_SMALL)
        path = _chosen(book, parts, sheet)
        styles, strings = Styles(), Strings()
        for part, kind, most in ((styles, "styles", MAX_SMALL), (strings, "sharedStrings", MAX_LARGE)):
            if parts.kinds.get(kind) in names:
                part.read(archive, parts.kinds[kind], most=most)
        rows = Sheet(output, strings.texts, styles.kinds, is_1904=book.is_1904, most=(max_rows, max_columns))
        rows.read(archive, path, most=MAX_LARGE)


def _chosen(book: Workbook, parts: Relations, wanted: str | None) -> str:
    pages = {
        name: parts.targets[key][1] for name, key in book.sheets if parts.targets.get(key, ("",))[0] == "worksheet"
    }
    if wanted is None and pages:
        return next(iter(pages.values()))
    for name, path in pages.items():
        if wanted is not None and name.strip().casefold() == wanted.strip().casefold():
            return path
    raise Refused("no_sheet", names=[name[:100] for name in list(pages)[:6]])
