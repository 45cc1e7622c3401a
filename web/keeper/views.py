"""The keeper's pages: overview, unlabelled reports, labels of one file, problems, the build."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

from flask import Blueprint, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from search.results import ReportDocument
from web import urls
from web.errors import Failure, answer
from web.keeper.builds import AlreadyBuilding
from web.keeper.commands import (
    CollectedFile,
    Collection,
    CommandFailed,
    LabelsRefused,
    Row,
    RowChanged,
    read_row,
)
from web.keeper.desk import Problem, desk, missing
from web.keeper.guard import host_name
from web.site import site

log = logging.getLogger(__name__)
blueprint = Blueprint("keeper", __name__)
T = TypeVar("T")

PAGE = 50
"""Rows of a list on one page."""
BEGINNING, END = 240, 160
"""Characters shown of a report's two ends, where labels stand."""

COLUMNS = {
    "agency": "机关",
    "year": "年度",
    "title": "标题",
    "published": "发布日期",
    "url": "网址",
}
HINTS = {
    "agency": "全称，如 某某市司法局",
    "year": "报告所述的年度，四位数，如 2021",
    "title": "年度报告的全称",
    "published": "如 2022-01-15",
    "url": "公布这份报告的网页，http:// 或 https:// 开头",
}
LONGEST = {"title": 200, "agency": 100, "year": 4, "published": 40, "url": 1000}

STAGES = {
    "查找": "不支持的文件，不能用的 metadata.csv",
    "读取": "读不出文字的文件",
    "清理": "清理正文时的问题",
    "筛选": "不是年度报告，没有收录",
    "识别": "已收录，但机关或年度未识别",
    "合并": "合并的文件，并存的版本",
    "入库": "写入索引时的问题",
}


@blueprint.app_errorhandler(CommandFailed)
def command_failed(error: CommandFailed) -> Response:
    """A command that could not say what was asked."""
    log.error("a command failed: %s", error)
    advice = "请按上面的说明处理；也可以在服务器上运行 python -m index check 核对索引。"
    return answer(Failure(500, "command", "没有读到资料", str(error), advice))


@blueprint.app_errorhandler(404)
def not_found(error: Exception) -> Response:
    """An address that is none, or a file that is not one of the collection's."""
    message = "地址可能写错了，或者这个文件不在收录的文件清单里。"
    return answer(Failure(404, "not_found", "没有这个页面", message, "请从清单中选择文件。"))


@blueprint.app_errorhandler(413)
def too_much(error: Exception) -> Response:
    """A form no librarian fills in."""
    return answer(Failure(413, "too_much", "没有执行", "提交的内容太长。", "请缩短后重试。"))


@blueprint.get("/")
def overview() -> str:
    """What is held, what needs a look, and the build."""
    own = desk()
    collection = own.collection()
    stages = Counter(one.stage for one in own.problems())
    return render_template(
        "keeper/overview.html",
        collection=collection,
        overview=site().overview(),
        serving=site().engine.generation(),
        stages=[(name, count, STAGES.get(name, "")) for name, count in stages.most_common()],
        **_shared(collection),
    )


@blueprint.get("/unlabelled")
def unlabelled() -> str:
    """Reports that lack an agency or a year."""
    collection = desk().collection()
    shown, page, last = _page(collection.unlabelled())
    reports = [(one, _document(one)) for one in shown]
    return render_template(
        "keeper/unlabelled.html", reports=reports, page=page, last=last, **_shared(collection)
    )


@blueprint.get("/problems")
def problems() -> str:
    """The lines of ``problems.csv``, all or of one stage; those labels can mend lead there."""
    own = desk()
    collection = own.collection()
    everything = own.problems()
    stage = request.args.get("stage", "")
    listed, page, last = _page([one for one in everything if stage in {"", one.stage}])
    by_name: dict[str, list[CollectedFile]] = {}
    for file in collection.files.values():
        by_name.setdefault(file.shown, []).append(file)
    return render_template(
        "keeper/problems.html",
        problems=[(one, _mendable(one, by_name)) for one in listed],
        stages=Counter(one.stage for one in everything).most_common(),
        stage=stage,
        total=len(everything),
        page=page,
        last=last,
        **_shared(collection),
    )


@blueprint.get("/label")
def label() -> str:
    """The form for one file."""
    collection = desk().collection()
    file = _known(collection, request.args.get("file", ""))
    row = read_row(file)
    return _label_page(collection, file, row, dict(row.values))


@blueprint.post("/label")
def write_label() -> Response:
    """Writes the row; what is wrong with it is said beside the field."""
    collection = desk().collection()
    file = _known(collection, request.form.get("file", ""))
    values = {column: request.form.get(column, "").strip() for column in COLUMNS}
    if "\0" in "".join(values.values()):
        abort(400)  # no form can send it, no command take it
    seen = request.form.get("seen", "")
    try:
        desk().write(file, values, seen)
    except LabelsRefused as refused:
        row = read_row(file)
        page = _label_page(collection, file, row, values, seen=seen, problems=refused.problems)
        return make_response(page, 422)
    except RowChanged as changed:
        row = read_row(file)
        return make_response(_label_page(collection, file, row, values, changed=str(changed)), 409)
    return redirect(address(file), 303)


@blueprint.get("/build")
def build() -> str:
    """How the build stands."""
    own = desk()
    collection = None if own.state().running else own.collection()
    return render_template("keeper/build.html", collection=collection, **_shared(collection))


@blueprint.post("/build")
def start_build() -> Response:
    """Starts the build command; one at a time."""
    own = desk()
    collection = own.collection()
    if len(missing(collection.folders)) == len(collection.folders):
        advice = "请检查磁盘和网络盘，或在服务器上用新的路径运行 python -m index build。"
        message = "收录过的文件夹现在一个也找不到，没有可以读取的。"
        return answer(Failure(409, "no_folder", "没有重建", message, advice))
    try:
        own.build(collection, keep_all="all" in request.form, prune="prune" in request.form)
    except AlreadyBuilding:
        again = "一次重建正在进行，没有开始新的一次。"
        page = render_template("keeper/build.html", again=again, **_shared(collection))
        return make_response(page, 409)
    return redirect("/build", 303)


@blueprint.post("/build/stop")
def stop_build() -> Response:
    """Asks the build to stop; what is served stays as it was."""
    desk().builds.stop()
    return redirect("/build", 303)


def address(file: CollectedFile) -> str:
    """The form of a file."""
    return urls.join("/label", [("file", file.path)])


def _shared(collection: Collection | None) -> dict[str, object]:
    """What every page shows."""
    written = desk().written()
    return {
        "state": desk().state(),
        "written": written,
        "waiting": len(written),
        "missing": [] if collection is None else missing(collection.folders),
        "unlabelled_count": None if collection is None else len(collection.unlabelled()),
        "address": address,
        "public": _public(),
        "here": request.path,
    }


def _public() -> str:
    """The site's address without a closing slash, as seen from where this page is seen."""
    settings = site().settings
    return settings.site_url.rstrip("/") or f"http://{host_name(request.host)}:{settings.port}"


def _page(rows: Sequence[T]) -> tuple[Sequence[T], int, int]:
    """The rows of the page asked for, its number, and the last page's."""
    last = max(1, -(-len(rows) // PAGE))
    asked = request.args.get("page", "1")
    page = min(int(asked), last) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    page = max(page, 1)
    return rows[(page - 1) * PAGE : page * PAGE], page, last


def _known(collection: Collection, path: str) -> CollectedFile:
    """The file, if the index knows it by exactly this path; nothing else is ever read."""
    file = collection.files.get(path)
    if file is None or not file.takes_labels:
        abort(404)
    return file


def _mendable(problem: Problem, by_name: dict[str, list[CollectedFile]]) -> CollectedFile | None:
    """The file of a problem that labels may mend; None where several have the name."""
    found = by_name.get(problem.shown, [])
    return found[0] if len(found) == 1 and found[0].takes_labels else None


def _document(file: CollectedFile) -> ReportDocument | None:
    found = site().engine.report(file.report) if file.report else None
    return found if isinstance(found, ReportDocument) else None


def _label_page(
    collection: Collection,
    file: CollectedFile,
    row: Row,
    values: dict[str, str],
    *,
    seen: str = "",
    problems: Mapping[str, str] | None = None,
    changed: str = "",
) -> str:
    document = _document(file)
    paths = [one.path for one in collection.unlabelled() if one.path not in desk().written()]
    following = [path for path in paths if path > file.path] or paths
    after = next((collection.files[path] for path in following if path != file.path), None)
    return render_template(
        "keeper/label.html",
        file=file,
        row=row,
        seen=seen or row.seen,
        values=values,
        document=document,
        excerpt=_excerpt(document.text) if document else (),
        columns=COLUMNS,
        hints=HINTS,
        longest=LONGEST,
        problems=problems or {},
        changed=changed,
        after=after,
        left=len(paths),
        **_shared(collection),
    )


def _excerpt(text: str) -> tuple[str, ...]:
    """The report's beginning and end, or all of it when it is short."""
    if len(text) <= BEGINNING + END:
        return (text,)
    return text[:BEGINNING], text[-END:]
