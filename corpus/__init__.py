"""Files of a folder → labelled reports.  ``corpus.model`` is the place to begin reading."""

from corpus.catalog import Catalog, Changes, Plan
from corpus.errors import CorpusError, OverridesError, ReadError, TooManyGone
from corpus.labelling import label_report
from corpus.model import Passage, Problem, Report, Section, Source
from corpus.problems import write_problems
from corpus.readers import read_bytes
from corpus.reading import Progress

__all__ = [
    "Catalog",
    "Changes",
    "CorpusError",
    "OverridesError",
    "Passage",
    "Plan",
    "Problem",
    "Progress",
    "ReadError",
    "Report",
    "Section",
    "Source",
    "TooManyGone",
    "label_report",
    "read_bytes",
    "write_problems",
]
