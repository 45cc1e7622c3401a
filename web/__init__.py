"""The site: an engine's answers as pages that work without scripts, and as JSON.

``create_app`` is the only door.  Nothing here knows what is below the engine's protocol
(``search.engine``), reads a file of the collection, or keeps anything about a visitor.
"""

from __future__ import annotations

from flask import Flask

from search.engine import Engine
from web import caching, compression, errors, limits, security
from web.settings import Settings
from web.site import Site, attach
from web.views import BLUEPRINTS

__all__ = ["Settings", "create_app"]


def create_app(engine: Engine, settings: Settings | None = None) -> Flask:
    """The application over one engine.  Closing the engine stays with the caller."""
    settings = settings or Settings()
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts) or None
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = False
    attach(app, Site(engine, settings))
    errors.register(app)
    security.register(app)
    limits.register(app)
    compression.register(app)
    caching.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
