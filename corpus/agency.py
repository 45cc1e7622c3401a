"""Who reports: the agency's name, from title, signature or first sentence (DESIGN §3).

The name is kept as printed, in the fullest form that the document has; a bare region as author
means its 人民政府; a district or town whose city is certain carries the city's name in front.
Addressees and the host site are not the agency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from corpus import gazetteer
from corpus.dates import DATE, YEAR_NUMBER, plain_digits
from corpus.gazetteer import HAN
from corpus.kinds import MINISTRY, Office, find_office
from corpus.model import UNKNOWN, Certainty, Provenance
from corpus.title import is_addressee

_SUFFIX: Final = (
    "(?:人民政府(?:办公厅|办公室)?|办事处|管理委员会|管委会|委员会|办公室|总局|分局|局|厅|委|部|署|总队|支队"
    "|大队|中心|公司|街道|银行|调查队|国务院|行政公署|区公所|法院|检察院|大学|学院|学校|中学|小学|联合会"
    "|总工会|农场|医院|保健院|党组|党委|党工委|监狱|戒毒所"
    "|派出所|司法所|公证处|支行|分行|党校)"
)
_NAME: Final = rf"[{HAN}·]{{1,30}}?{_SUFFIX}"
_ALIAS: Final = rf"(?:[（(]({_NAME})[)）])?"
_WHOLE_NAME: Final = re.compile(rf"^({_NAME}){_ALIAS}$")
_YEAR_WORDS: Final = f"{YEAR_NUMBER}年(?:度)?"
_TITLE_YEAR: Final = (
    r"(?:(?:19|20)(?:\d\d|[xX×*＊Ｘ]{2})(?:年?[—–~～\-－至到、和]{1,2}20\d\d)?|[xX×*＊Ｘ]{4}"
    rf"|{YEAR_NUMBER})年(?:度)?"
)
_TITLE_TAIL: Final = re.compile(
    rf"^(?:中共[^、和]{{1,20}}?委(?:员会)?[、和 ]*(?=.{{2,12}}人民政府))?"
    rf"(?:关于)?(?:上报|报送|呈报|呈送|提交|公布|公开|发布)?(?:{_TITLE_YEAR})?(?P<agency>.+?)"
    rf"(?:关于)?(?:上报|报送|呈报)?(?:{_TITLE_YEAR})?(?:度)?(?:全面)?(?:贯彻|落实|推进|加强|开展|深入推进|贯彻落实)*"
    r"(?:(?:党政)?(?:主要|第一)(?:负责|责任)(?:人|同志).*)?(?:(?<=落实)《[^》]*|[《“\"]?)"
    r"(?:法治政府|依法行政|法治建设|依法治(?:[校企院]|(?![省市县区]委))|法治工作|法治|政府工作|政府信息)"
)
_TITLE_END: Final = re.compile(rf"报告(?:[—－-]{{1,2}}|[（(])([{HAN}]{{2,24}}{_SUFFIX})[)）]?$")
_SPAN: Final = re.compile(
    '(?:近|过去)?[两二三四五六七八九十]年来?$|[“"]?十[一二三四五六]五[”"]?(?:时期|期间)?$'
    "|(?<!\\d)\\d\\d年度?$|[〇○零一二][〇○零一二三四五六七八九]年度?$"
)
"""What a title may say of its time beside a year: 近五年, 十三五时期, 21年度."""
_ZONE: Final = re.compile("(?:开发|高新|园|度假|保税|示范|新)区$")
"""Zones have a 管理委员会 in a government's place."""
_NOWHERE: Final = re.compile("^(?:区|县|市|省|镇|乡)(?!委|场)")
_MONTH: Final = re.compile(
    r"(?:20\d\d|二[〇○零]二[〇○零一二三四五六七八九])年[\d一二三四五六七八九十]{1,2}月$"
)
_FAR: Final = 60_000
"""Characters; more of a text than any report has is not searched for names."""
_LOCAL: Final = re.compile(
    rf"^(?!国家|中国|国务院|全国|最高|{MINISTRY}).*(?:(?<!总)局|委员会|厅|办公室|中心|大队"
    "|支队|人民政府|办事处|行政公署|法院|检察院|联合会|总工会|医院|保健院|学校|中学|小学)$"
)
_BARE_REGION: Final = re.compile("(?:省|市|区|县|旗|州|盟|镇|乡|自治区)$")
_MASKED: Final = re.compile(r"[*＊×xX]{1,}|某|[ＸX]{1,}")
_BODY: Final = re.compile(
    "(?:[局厅委部署办院校所站社会团师馆处室队司关厂府区县市省镇乡旗盟州场道]|中心|[银支分]行|党组|医院|监狱)$"
)
"""How the name of a body ends: 来安县水利局主要负责人履行 is none."""
_HEAD_OF_TITLE: Final = re.compile(
    "^(?:【[^】]{1,14}】|附件[\\d一二三四五六七八九十]{0,2}[：:]?"
    "|[（(]?[一二三四五六七八九十\\d]{1,3}(?:[）)]|[、.．]))+"
)
"""What a list or a site puts in front of a title: 【公告】, （七）, 3."""
_SENT: Final = re.compile("关于(?:转报|转送|转发|上报|报送|呈报|批转)(.+)$")
_SEAL: Final = re.compile("[（(](?:盖章|公章|印章|代章|章)[）)]$")
_BRANCH: Final = re.compile("(?:分局|支队|大队|总队|所|中心|调查队|办事处)$")
_NOT_A_NAME: Final = re.compile(
    "^(?:我|全|本|该|各|其|市委|区委|县委|党委|省委)|领导|要求|部署|意见|关于|根据|为|和各|等"
)
_SUBJECT: Final = re.compile(
    rf"(?:^|[，,。：:\s])(?:(?:今年|一年来|{_YEAR_WORDS})[，,]?)?(?P<agency>{_NAME}){_ALIAS}"
    r"(?=(?:在|坚持|认真|深入|以|全面|紧紧|紧扣|按照|始终|严格|积极|高度|立足|围绕|切实|坚决|扎实|持续|聚焦|牢牢|"
    r"现将|将|根据|依据|认真|不断|着力|贯彻|落实|推进|党|法治|{0}))".replace("{0}", _YEAR_WORDS)
)


_CENTRAL_PREFIX: Final = re.compile(
    "(?:国家税务总局|国家统计局|中华人民共和国|国家金融监督管理总局|中共)(?=.)"
)
"""A central body's name in front of its local office's."""


class AgencyFound(NamedTuple):
    name: str | None
    aliases: tuple[str, ...]
    kind: str | None
    region: tuple[str, ...]
    provenance: Provenance
    region_provenance: Provenance


NO_AGENCY: Final = AgencyFound(None, (), None, (), UNKNOWN, UNKNOWN)


def find_agency(title: str | None, text: str, body_start: int) -> AgencyFound:
    """The agency with what follows from its name.  ``body_start``: where the text after the title
    begins."""
    if len(text) > _FAR:
        # A name's fuller form stands near the beginning or in the signature.
        text = text[: _FAR // 2] + "\n" + text[-_FAR // 2 :]
    for name, alias, provenance in _candidates(title, text, body_start):
        if _MASKED.search(name):
            return NO_AGENCY
        fullest = _fullest(name, text)
        if fullest.endswith("委") and fullest + "员会" in text:
            fullest += "员会"
        if _is_nameless(fullest):
            continue  # 区司法局 or 市场监督管理局: whose, nothing in the document says
        return describe_agency(fullest, alias, text, provenance)
    return NO_AGENCY


def _office(name: str) -> Office | None:
    """The office in a name, past its place's: 公安县 has no police in it, 山海关区 no customs."""
    head = gazetteer.head_length(name)
    office = find_office(name[head:])
    if office is not None:
        return office._replace(start=office.start + head)
    return find_office(name) if head < len(name) else None


def _is_nameless(name: str) -> bool:
    """Whether a name says what office it is but not of which place."""
    if _NOWHERE.match(name) and not gazetteer.head_length(name):
        return True
    office = _office(name)
    return office is not None and office.start == 0 and bool(_LOCAL.search(name))


def describe_agency(name: str, alias: str | None, text: str, provenance: Provenance) -> AgencyFound:
    """Kind, region and canonical form of a printed name."""
    aliases = [alias] if alias else []
    office = _office(name)
    if office is None and _BARE_REGION.search(name):
        zone = _ZONE.search(name) and not gazetteer.resolve(name)
        name += "管理委员会" if zone else "人民政府"
        office = _office(name)
    elif re.search("街道$|街道办$", name):
        name = re.sub("街道(?:办)?$", "街道办事处", name)
        office = _office(name)
    prefix = _CENTRAL_PREFIX.match(name)
    found = gazetteer.resolve(name[prefix.end() :] if prefix else name, text)
    region: tuple[str, ...] = ()
    region_provenance = UNKNOWN
    if found is not None:
        region = found.place.path
        certainty: Certainty = "inferred" if found.by_context else "read"
        region_provenance = Provenance("gazetteer", certainty, "".join(found.printed))
        fuller = name if prefix else _with_city(name, found)
        if fuller != name:
            if found.by_context:
                provenance = Provenance(provenance.origin, "inferred", provenance.evidence)
            aliases.append(name)
            name = fuller
    elif office is not None:
        # a subdistrict's own name is part of its office's: 望江街道办事处
        street = "街道" if office.kind == "街道办事处" else ""
        region = gazetteer.printed_path(name[: office.start] + street)
        if office.kind == "开发区" and (city := _named_city(name)):
            region = city
            region_provenance = Provenance("gazetteer", "inferred", name[: len(city[-1]) - 1])
        elif region and not gazetteer.candidates(region[0]):
            # A place the table does not know, spelt out: its own words are all we have.
            region_provenance = Provenance("gazetteer", "inferred", "".join(region))
        else:
            region = ()  # known but ambiguous: unresolved rather than guessed
    return AgencyFound(
        name,
        tuple(dict.fromkeys(aliases)),
        office.kind if office else None,
        region,
        provenance,
        region_provenance,
    )


def _named_city(name: str) -> tuple[str, ...]:
    """The city that a zone's name begins with, without 市: 成都高新区."""
    for size in (2, 3, 4):
        places = gazetteer.candidates(name[:size] + "市")
        if len(places) == 1:
            return places[0].path
    return ()


def _with_city(name: str, found: gazetteer.Resolved) -> str:
    """A district's or town's name with its city's in front; a county-level city stands alone."""
    path = found.place.path
    head = path[0] if path[0].endswith("市") else (path[1] if len(path) > 1 else "")
    top = gazetteer.candidates(found.printed[0])
    first_rank = next(
        (p.rank for p in top if p.path == path[: len(p.path)] and p.path[-1] == found.printed[0]),
        None,
    )
    if first_rank == "district":
        if head and name.startswith(head[:-1]) and found.printed[0] != head[:-1] + "区":
            return name  # 连云港经济技术开发区 names its city already
        return head + name if head and head != found.printed[0] else name
    if first_rank == "town":
        above = path[-2] if len(path) >= 2 else ""
        ranks = {p.rank for p in gazetteer.candidates(above) if p.path == path[:-1]}
        if "district" in ranks:
            return (head if head != above else "") + above + name
        return above + name
    return name


def find_work_agency(title: str | None, text: str, body_start: int) -> AgencyFound:
    """Whose 政府工作报告 it is: the State Council's, or the government of the place whose
    people's congress hears it."""
    head = text[:800]
    if central := re.search("国务院|全国人民代表大会|全国人大|全国政协", head):
        certainty: Certainty = "read" if central[0] == "国务院" else "inferred"
        return AgencyFound(
            "国务院", (), "国务院", (), Provenance("first_sentence", certainty, central[0]), UNKNOWN
        )
    if title and (named := _from_title(title)):
        return describe_agency(named[0], named[1], text, Provenance("title", "read", title))
    if heard := _CONGRESS.search(head):
        return describe_agency(
            heard[1] + "人民政府", None, text, Provenance("first_sentence", "read", heard[0])
        )
    if found := _from_signature(text):
        return describe_agency(*found, text, Provenance("signature", "read", found[0]))
    return NO_AGENCY


_CONGRESS: Final = re.compile(
    f"(?:在|于|向)([{HAN}]{{2,20}}?(?:省|市|区|县|旗|州|盟|镇|乡))"
    "第[一二三四五六七八九十百\\d]{1,5}届人民代表大会"
)


def _candidates(
    title: str | None, text: str, body_start: int
) -> Iterator[tuple[str, str | None, Provenance]]:
    """Names in the order of trust, each with its alias."""
    if title and (found := _from_title(title)):
        yield found[0], found[1], Provenance("title", "read", title)
    if found := _from_signature(text):
        yield found[0], found[1], Provenance("signature", "read", found[0])
    if found := _from_own_line(text, body_start):
        yield found[0], found[1], Provenance("title", "read", found[0])
    sentence = _first_sentences(text, body_start)
    for match in _SUBJECT.finditer(plain_digits(sentence)):
        name = _trimmed(match["agency"])
        if name and _office(name):
            yield name, match.group(2), Provenance("first_sentence", "read", match[0].strip())


def _from_title(title: str) -> tuple[str, str | None] | None:
    plain = plain_digits("".join(title.split()))
    found, behind = _before_topic(plain), _at_title_end(plain)
    if found and behind and found[1] is None:
        return found[0], behind[0]
    return found or behind


def _before_topic(plain: str) -> tuple[str, str | None] | None:
    match = _TITLE_TAIL.match(_HEAD_OF_TITLE.sub("", plain))
    if not match or re.search("部分[）)]$", plain):
        return None
    name = match["agency"]
    before = [part for part in re.split(_TITLE_YEAR, name) if part]
    # 来安县2021年水利局… is one name, 来安县水利局2020年工作总结暨… is not
    name = "".join(before) if len(before) < 2 or _BODY.search(name) else before[0]
    name = re.sub("^关于|关于$|的$|年度$", "", name).strip("《》-—·：: ")
    name = _SPAN.sub("", name)
    if (sent := _SENT.search(name)) and gazetteer.head_length(sent[1]) and _office(sent[1]):
        name = sent[1]  # another's report passed on
    name = name.split("关于")[0]  # 某某办公室关于印发某某…: who sends it
    if re.fullmatch("国务院|", name):
        return (name, None) if name else None
    alias = None
    if bracket := re.fullmatch(r"(.+?)[（(](.+?)[)）]", name):
        name, alias = bracket[1], bracket[2]
        if len(alias) < 3 or not _office(alias):
            alias = None
    if not re.fullmatch(f"[{HAN}·*＊×xX]{{2,40}}", name) or (
        name.startswith(("全", "我", "本")) and not gazetteer.head_length(name)
    ):
        return None
    if _is_joint(name):
        return None
    if (_office(name) and _BODY.search(name)) or re.search(rf"{_SUFFIX}$", name):
        return name, alias
    return (name, alias) if _BARE_REGION.search(name) else None


def _is_joint(name: str) -> bool:
    """Whether two bodies stand side by side: 来安县水利局来安县应急管理局."""
    if not gazetteer.head_length(name) or _BRANCH.search(name):
        return False
    return any(
        gazetteer.head_length(name[end.end() :]) and _office(name[end.end() :])
        for end in re.finditer("局|厅|委员会|办公室|人民政府", name)
        if end.end() < len(name)
    )


def _at_title_end(title: str) -> tuple[str, str | None] | None:
    """…年度报告——某局, …年度报告（某局）."""
    match = _TITLE_END.search(title)
    return (match[1], None) if match and _office(match[1]) else None


def _from_own_line(text: str, body_start: int) -> tuple[str, str | None] | None:
    """A name alone on the first line after the title, or of a text without one."""
    line = next((line for line in text[body_start : body_start + 200].split("\n") if line), "")
    match = _WHOLE_NAME.match(re.sub("[ \u3000]+", "", line).strip("（）()"))
    if match and (name := _trimmed(match[1])) and _office(name):
        return name, match[2]
    return None


def _from_signature(text: str) -> tuple[str, str | None] | None:
    """The last short line that is a name, where a date follows it or the text ends."""
    lines = [line.strip() for line in text.rstrip().split("\n")][-8:]
    lines = [_SEAL.sub("", line) for line in lines if not _SEAL.fullmatch(line)]
    for i in range(len(lines) - 1, 0, -1):
        if re.search("印发|印制", lines[i]):
            continue  # who printed it
        line = re.sub("[ \u3000]+", "", lines[i])
        dated = DATE.search(plain_digits(line))
        if dated and dated.start() > 0:
            line = line[: dated.start()]
        match = _WHOLE_NAME.match(line)
        after = plain_digits(re.sub("[ \u3000]+", "", "".join(lines[i + 1 : i + 2])))
        if match and (dated or not after or DATE.match(after) or _MONTH.match(after)):
            name = _trimmed(match[1])
            if name and (_office(name) or re.search(rf"{_SUFFIX}$", name)):
                return name, match[2]
    return None


def _first_sentences(text: str, start: int) -> str:
    body = text[start : start + 600]
    lines = [line for line in body.split("\n") if line.strip() and not is_addressee(line)]
    return "\n".join(lines[:2])[:300]


def _trimmed(name: str) -> str | None:
    name = name.strip()
    if not gazetteer.head_length(name):  # 将乐县 begins with no word of ours
        name = re.sub("^(?:现?将|现就|现把|由|对)", "", name)
    if _is_phrase(name) or (len(name) < 3 and name != "国务院"):
        return None
    return name


def _is_phrase(name: str) -> bool:
    """Whether words beside a place's name say that this is no name; 全椒县, 本溪市 and 无为市 have
    such words in theirs."""
    return bool(_NOT_A_NAME.search(name[gazetteer.head_length(name) :]))


def _fullest(name: str, text: str) -> str:
    """The longest printed name in the document that ends in this one and begins with a region."""
    if gazetteer.resolve(name, text) and not re.match("^(?:区|市|县|省|镇|乡)", name):
        return name
    bare = re.sub("^(?:区|市|县|省)", "", name)
    best = name
    for match in re.finditer(rf"(?<![{HAN}])([{HAN}]{{1,18}}?){re.escape(name)}", text):
        fuller = match[1] + name
        office = _office(fuller)
        head = fuller[: office.start] if office else ""
        if gazetteer.printed_path(head) and len(fuller) > len(best) and not _is_phrase(fuller):
            best = fuller
    if best == name and bare != name:
        for match in re.finditer(
            rf"(?<![{HAN}])([{HAN}]{{2,18}}?(?:区|市|县|省)){re.escape(bare)}", text
        ):
            if match[1].endswith(name[0]) and len(match[0]) > len(best):
                best = match[0]
    return best
