"""The columnar segment behind Whoosh's extension points, read-only.

``whoosh.index.open_dir`` on an index's folder, or on a generation's, finds a TOC whose segments
name this codec, and everything Whoosh asks is answered from the columns, once the generation is
verified.  Writing goes through ``index.builder`` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from whoosh.codec.base import Codec, PerDocumentReader, Segment
from whoosh.columns import Column, ColumnReader
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from corpus.model import CATEGORIES
from index.codec.reader import SegmentReader
from index.codec.whoosh_terms import ColumnarTerms, open_fields
from index.manifest import SegmentEntry, verify_files
from index.schema import INDEX_NAME, passage_schema

TOC_NAME: Final = f"_{INDEX_NAME}_{{}}.toc"
"""What Whoosh calls the TOC of a generation by its number."""


class ColumnarCodec(Codec):
    """Reads; whoever asks it to write is told where to."""

    def _open(self, storage: Any, segment: ColumnarSegment) -> SegmentReader:
        folder = Path(getattr(storage, "folder", None) or storage.a.folder)
        if segment.home and (folder / segment.home).is_dir():  # Whoosh was told the index's folder
            folder /= segment.home
        verify_files(folder)
        path = folder / f"{segment.segment_id()}.fz"
        return SegmentReader(path, BitMap(segment.deleted_docs()))

    def terms_reader(self, storage: Any, segment: ColumnarSegment) -> ColumnarTerms:
        return ColumnarTerms(self._open(storage, segment), passage_schema())

    def per_document_reader(self, storage: Any, segment: ColumnarSegment) -> ColumnarDocuments:
        return ColumnarDocuments(self._open(storage, segment))

    def _refuse(self) -> Any:
        raise NotImplementedError("this index is written by `python -m index build` alone")

    def per_document_writer(self, storage: Any, segment: Any) -> Any:
        return self._refuse()

    def field_writer(self, storage: Any, segment: Any) -> Any:
        return self._refuse()

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        return self._refuse()

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        return self._refuse()

    def new_segment(self, storage: Any, indexname: str) -> Any:
        return self._refuse()


class ColumnarSegment(Segment):
    """What the TOC says of a segment."""

    def __init__(
        self, name: str, passages: int, deleted: Sequence[int] = (), home: str = ""
    ) -> None:
        self.indexname = INDEX_NAME
        self.segid = name
        self.home = home
        """The generation's folder, from the index's."""
        self.compound = False
        self._passages = passages
        self._deleted = frozenset(deleted)

    def codec(self) -> ColumnarCodec:
        return ColumnarCodec()

    def segment_id(self) -> str:
        return str(self.segid)

    def doc_count_all(self) -> int:
        return self._passages

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        return iter(sorted(self._deleted))

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        raise NotImplementedError("this index is written by `python -m index build` alone")


class ColumnarDocuments(PerDocumentReader):
    """Lengths, labels and stored fields of a segment's passages."""

    def __init__(self, segment: SegmentReader) -> None:
        self._segment = segment
        self._schema = passage_schema()
        self._fields = open_fields(segment, self._schema)
        self._lengths: dict[str, NDArray[np.uint32] | None] = {}

    def doc_count(self) -> int:
        return self._segment.passage_count - len(self._segment.deleted)

    def doc_count_all(self) -> int:
        return self._segment.passage_count

    def has_deletions(self) -> bool:
        return bool(self._segment.deleted)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._segment.deleted

    def deleted_docs(self) -> Iterator[int]:
        return iter(self._segment.deleted)

    def _field_lengths(self, fieldname: str) -> NDArray[np.uint32] | None:
        if fieldname not in self._lengths:
            field = self._fields.get(fieldname)
            self._lengths[fieldname] = None if field is None else field.lengths()
        return self._lengths[fieldname]

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        lengths = self._field_lengths(fieldname)
        return default if lengths is None else int(lengths[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        lengths = self._field_lengths(fieldname)
        return 0 if lengths is None else int(lengths.sum(dtype=np.int64))

    def min_field_length(self, fieldname: str) -> int:
        lengths = self._field_lengths(fieldname)
        return 0 if lengths is None else int(lengths.min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        lengths = self._field_lengths(fieldname)
        return 0 if lengths is None else int(lengths.max(initial=0))

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname in self._schema and bool(self._schema[fieldname].column_type)

    def list_columns(self) -> list[str]:
        return [name for name in self._schema.names() if self.has_column(name)]

    def column_reader(self, fieldname: str, column: Column) -> LabelColumn:
        return LabelColumn(self, fieldname, column, self._schema[fieldname])

    def labels(self, docnum: int) -> dict[str, Any]:
        """Labels of a passage; unknown ones are missing."""
        segment = self._segment
        report = int(segment.report_of[docnum])
        columns = segment.reports
        found: dict[str, Any] = {
            "report": segment.report_id(report),
            "passage": segment.passage_id(docnum),
            "section": CATEGORIES[int(segment.section_of[docnum])],
        }
        for name in ("agency", "kind", "region"):
            place = int(getattr(columns, name)[report])
            if place >= 0:
                found[name] = getattr(columns, f"{name}_values")[place]
        if int(columns.year[report]) >= 0:
            found["year"] = int(columns.year[report])
        return found

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        segment = self._segment
        found = self.labels(docnum)
        found["title"] = segment.report_title(int(segment.report_of[docnum]))
        found["heading"] = " / ".join(segment.passage_headings(np.array([docnum]))[0])
        found["text"] = segment.passage_text(docnum)
        return found


class LabelColumn(ColumnReader):
    """A label of every passage, as Whoosh sorts and groups by it."""

    def __init__(
        self, documents: ColumnarDocuments, fieldname: str, column: Column, field: Any
    ) -> None:
        self._documents = documents
        self._fieldname = fieldname
        self._field = field
        self._column = column
        self._reverse = False

    def __len__(self) -> int:
        return self._documents.doc_count_all()

    def __getitem__(self, docnum: int) -> Any:
        label = self._documents.labels(docnum).get(self._fieldname)
        if label is None:
            return self._column.default_value(self._reverse)
        return self._field.to_column_value(label)

    def sort_key(self, docnum: int) -> Any:
        value = self[docnum]
        return -value if self._reverse and isinstance(value, int) else value

    def __iter__(self) -> Iterator[Any]:
        return (self[docnum] for docnum in range(len(self)))

    def load(self) -> list[Any]:
        return list(self)

    def set_reverse(self) -> None:
        self._reverse = True


def write_toc(
    folder: Path, segments: Sequence[SegmentEntry], generation: int, home: str = ""
) -> None:
    """Write Whoosh's table of contents for the segments that lie in the folder, which is ``home``
    seen from the index's."""
    own = []
    for entry in segments:
        deleted: list[int] = []
        if entry.deleted:
            deleted = list(BitMap.deserialize((folder / f"{entry.name}.del").read_bytes()))
        own.append(ColumnarSegment(entry.name, entry.passages, deleted, home))
    TOC(passage_schema(), own, generation).write(FileStorage(str(folder)), INDEX_NAME)
