"""Printed names → regions, and the names that stay unresolved."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.gazetteer import LONGEST_NAME, candidates, printed_path, resolve
from corpus.kinds import find_office

FOLDER = Path(__file__).parents[2] / "corpus" / "gazetteers"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("义乌市水务局", ("浙江省", "金华市", "义乌市")),
        ("重庆市合川区钱塘镇人民政府", ("重庆市", "合川区", "钱塘镇")),
        ("阿坝州司法局", ("四川省", "阿坝藏族羌族自治州")),
        ("内蒙古呼和浩特市", ("内蒙古自治区", "呼和浩特市")),
        (
            "双江拉祜族佤族布朗族傣族自治县司法局",
            ("云南省", "临沧市", "双江拉祜族佤族布朗族傣族自治县"),
        ),
        ("京山县水务局", ("湖北省", "荆门市", "京山县")),
        ("莱芜市司法局", ("山东省", "莱芜市")),
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


def test_the_longest_name_of_the_table_is_read() -> None:
    lines = (FOLDER / "divisions.tsv").read_text("utf-8").splitlines()
    assert max(len(line.split("\t")[1]) for line in lines) == LONGEST_NAME


def test_former_divisions_lie_in_known_ones_and_are_none_of_them() -> None:
    for line in (FOLDER / "former.tsv").read_text("utf-8").splitlines():
        above, names = line.split("\t")
        path = tuple(above.split("/"))
        assert any(place.path == path for place in candidates(path[-1])), above
        assert len(set(names.split(" "))) == len(names.split(" "))
        for name in names.split(" "):
            places = [place.path for place in candidates(name)]
            assert places.count((*path, name)) == 1, name


@pytest.mark.parametrize(
    ("office", "kind"),
    [
        ("发改委", "发展改革"),
        ("工信局", "工业和信息化"),
        ("应急局", "应急管理"),
        ("市监局", "市场监管"),
        ("自规局", "自然资源"),
        ("民宗局", "民族宗教"),
        ("农业局", "农业农村"),
        ("卫计委", "卫生健康"),
        ("法制办", "司法"),
        ("质监局", "市场监管"),
        ("旅游局", "文化旅游"),
        ("建设局", "住房城乡建设"),
        ("地税局", "税务"),
        ("人事局", "人力资源社会保障"),
    ],
)
def test_short_and_former_names_of_offices_have_their_kind(office: str, kind: str) -> None:
    found = find_office("寿县" + office)
    assert found is not None
    assert (found.kind, found.start) == (kind, 2)
