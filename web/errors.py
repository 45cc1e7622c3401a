"""What goes wrong, as a page in Chinese or as JSON with the right status.

The only module that knows HTTP statuses of exceptions.  Below ``/api/`` and for those who ask for
JSON the answer is ``{"error": {"code", "message"}}`` (DESIGN §8); elsewhere it is a page that says
what happened and what to do.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from search.errors import CursorExpired, IndexUnavailable, RequestError
from web.i18n import language, translate
from web.urls import BadParameter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """How one kind of error is told."""

    status: int
    code: str
    title: str
    message: str
    advice: str = ""


_BY_STATUS: dict[int, Failure] = {
    400: Failure(400, "bad_request", "这个请求无法处理", "地址或参数不正确。", "请检查后重试。"),
    404: Failure(
        404, "not_found", "没有这个页面", "地址可能写错了，或者这份报告从未收录。", "可以直接搜索。"
    ),
    405: Failure(405, "method_not_allowed", "不支持这种请求方式", "本站只提供查阅。"),
    410: Failure(
        410,
        "gone",
        "这份报告已不再收录",
        "它曾经收录在这里，但原文件已从资料库中移除，因此不再提供。",
        "同一机关的其他年度报告可能仍然可以查阅。",
    ),
    413: Failure(
        413,
        "too_large",
        "请求体过大",
        "本站只提供查阅，不接收内容。",
        "请去掉请求体，用 GET 查阅。",
    ),
    414: Failure(
        414, "too_large", "地址过长", "检索式或筛选过多，地址超过 32 KB。", "请减少后重试。"
    ),
    431: Failure(431, "too_large", "请求头过大", "请求头合计超过 32 KB。", "请减少后重试。"),
    500: Failure(
        500, "internal", "出错了", "服务器没能完成这个请求，错误已经记录。", "请稍后再试。"
    ),
    503: Failure(
        503, "index_unavailable", "暂时无法检索", "索引不可用。", "请联系管理员重新构建索引。"
    ),
}


def register(app: Flask) -> None:
    """Hangs the handlers on the application."""

    @app.errorhandler(BadParameter)
    def bad_parameter(error: BadParameter) -> Response:
        failure = Failure(
            400, "bad_parameter", "地址中有一处无法识别", _said(error), "改正后重试，或重新搜索。"
        )
        return answer(failure)

    @app.errorhandler(RequestError)
    def bad_request(error: RequestError) -> Response:
        code = "cursor_expired" if isinstance(error, CursorExpired) else "bad_parameter"
        failure = Failure(400, code, "这个检索无法执行", _said(error), "修改后重试。")
        return answer(failure)

    @app.errorhandler(IndexUnavailable)
    def unavailable(error: IndexUnavailable) -> Response:
        log.error("index unavailable: %s", error)
        base = _BY_STATUS[503]
        message = str(error) if language() == "zh-CN" else ""
        return answer(Failure(503, base.code, base.title, message or base.message, base.advice))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        if 300 <= status < 400:
            return make_response(error.get_response())
        known = _BY_STATUS.get(status)
        response = answer(known or Failure(status, f"http_{status}", "出错了", error.name))
        # Such as Allow beside a 405.
        for name, value in error.get_headers():
            if name.lower() not in {"content-type", "content-length"}:
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("unexpected error at %s", request.path, exc_info=error)
        return answer(_BY_STATUS[500])


def _said(error: BadParameter | RequestError) -> str:
    """What is wrong; in English only which value of what."""
    if language() == "zh-CN":
        return str(error)
    name = error.name if isinstance(error, BadParameter) else error.field
    return translate("参数 {name} 的值“{value}”无法使用。", name=name, value=error.value)


def answer(failure: Failure, **more: object) -> Response:
    """The failure as JSON or as a page; ``more`` goes to the page."""
    if wants_json():
        body = {"error": {"code": failure.code, "message": failure.message}}
        response = jsonify(body)
    else:
        page = current_app.config.get("ERROR_PAGE", "error.html")
        response = make_response(render_template(page, failure=failure, **more))
    response.status_code = failure.status
    response.headers["Cache-Control"] = "no-store"
    return response


def failure_of(status: int) -> Failure:
    """The standard failure of a status."""
    return _BY_STATUS[status]


def wants_json() -> bool:
    """Whether the answer should be JSON."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"
