"""The keeper's page: what is held and what is not, labels by hand, and building anew.

An application of its own, in a process of its own, on a port of its own (``serving``), so that
nothing of it can be reached through the site.  ``guard`` says who is let in.  It reads through the
engine and ``problems.csv``; whatever changes a file or the index is a command of the packages
it may not import, run as a process (``commands``, ``builds``; DESIGN §7).
"""

from __future__ import annotations

from flask import Flask

from search.engine import Engine
from web import errors, security
from web.keeper import guard
from web.keeper.desk import Desk, attach_desk
from web.keeper.views import blueprint
from web.settings import Settings
from web.site import Site, attach

__all__ = ["create_keeper"]

MAX_FORM_BYTES = 64 * 1024


def create_keeper(engine: Engine, settings: Settings, token: str, desk: Desk) -> Flask:
    """The application for whoever has the token.  Closing the engine and the desk's builds stays
    with the caller."""
    app = Flask("web", static_folder="static", template_folder="templates")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        ERROR_PAGE="keeper/error.html",
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    attach(app, Site(engine, settings))
    attach_desk(app, desk)
    errors.register(app)
    security.register(app)
    guard.register(app, token, guard.own_names(settings))  # after security: its headers come first
    app.register_blueprint(blueprint)
    return app
