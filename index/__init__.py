"""Reports → a store that answers by position; see ``index.types`` for what it can be asked."""
