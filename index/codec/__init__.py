"""How postings, positions and texts lie on disk: ``docs/format.md`` byte by byte."""
