"""Printed names → regions, and the names that stay unresolved."""

from __future__ import annotations

import pytest

from corpus.gazetteer import candidates, printed_path, resolve


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("义乌市水务局", ("浙江省", "金华市", "义乌市")),
        ("重庆市合川区钱塘镇人民政府", ("重庆市", "合川区", "钱塘镇")),
        ("阿坝州司法局", ("四川省", "阿坝藏族羌族自治州")),
        ("内蒙古呼和浩特市", ("内蒙古自治区", "呼和浩特市")),
    ],
)
def test_names_that_resolve(name: str, path: tuple[str, ...]) -> None:
    found = resolve(name)
    assert found is not None
    assert found.place.path == path


@pytest.mark.parametrize("name", ["鼓楼区司法局", "三都镇人民政府", "澜州市水务局", "司法局", ""])
def test_names_that_stay_unresolved(name: str) -> None:
    assert resolve(name) is None


def test_context_settles_which_only_when_it_names_one() -> None:
    found = resolve("鼓楼区司法局", "在南京市委领导下，南京市司法系统")
    assert found is not None
    assert found.place.path == ("江苏省", "南京市", "鼓楼区")
    assert resolve("鼓楼区司法局", "南京市与徐州市") is None


def test_a_path_is_read_off_a_name_that_no_table_knows() -> None:
    assert printed_path("澜州市临湖区") == ("澜州市", "临湖区")
    assert printed_path("岚溪市青石镇") == ("岚溪市", "青石镇")
    assert printed_path("某单位") == ()


def test_whole_country() -> None:
    assert len(candidates("三都镇")) > 1
    assert candidates("市辖区") == ()
