# Shortcuts for those who work on the project; ./run and ./test need nothing but themselves.
python := .venv/bin/python

.PHONY: check format lock screenshots

check:  ## everything a reviewer would run
	./test

format:  ## lay out the code
	$(python) -m ruff check --fix . && $(python) -m ruff format .

lock:  ## resolve and hash the requirements anew
	$(python) -m piptools compile --quiet --generate-hashes --no-emit-index-url \
		--no-emit-trusted-host --allow-unsafe --strip-extras -o requirements.txt requirements.in
	$(python) -m piptools compile --quiet --generate-hashes --no-emit-index-url \
		--no-emit-trusted-host --allow-unsafe --strip-extras -o requirements-dev.txt requirements-dev.in

screenshots:  ## every page, wide and narrow, light and dark, into screenshots/
	$(python) -m benchmarks.screenshots
