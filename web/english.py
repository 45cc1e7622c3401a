"""The English catalogue: what stands in the source in Chinese → what an English page says.

A pair is singular and plural, chosen by ``n``.  Tests hold every string of the templates and
views to a line here, and every line to a string there.  How to translate: ``web.i18n``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from search.results import NoticeCode

CATALOGUE: Final[Mapping[str, str | tuple[str, str]]] = {
    "没有收录名为“{value}”的{what}。": "Nothing is held under “{value}” ({what}). ",
    "名称相近的有：": "Held, and named alike: ",
    "、": ", ",
    # charts as files
    "例如 首违不罚": "e.g. 首违不罚",
    "（{filters}）": " ({filters})",
    "，": ", ",
    "图 ": "Chart, ",
    "年度图 ": "Chart of years, ",
    "存为图片": "Save as a picture",
    "各{what}报告数 ": "Reports by {what}, ",
    "各{what}的报告数（份）": "Reports by {what}",
    "没有可以画的数据。": "Nothing to draw.",
    "另有 {n:,} 个没有画出。": ("{n:,} more is not drawn.", "{n:,} more are not drawn."),
    "每份报告处数": "Places a report",
    "空白：该年没有收录": "Blank: no report held",
    "继续使用": "Again",
    "累计": "In all",
    "累计采用": "In all",
    "各机关各年度的出现处数（处）": "Places by agency and year",
    "，第 {first:,}—{last:,} 个机关，共 {n:,} 个": ", agencies {first:,} to {last:,} of {n:,}",
    "各年度采用的机关数（个）": "Agencies that used it, by year",
    "各年度提到它的报告占同年收录报告的比例": (
        "Share of the reports held of a year that mention it"
    ),
    "各年度每万字出现的处数": "Places per 10,000 characters, by year",
    "各年度提到它的报告数（份）": "Reports that mention it, by year",
    "各年度出现的处数（处）": "Places by year",
    "共 {reports:,} 份报告、{passages:,} 个段落、{n:,} 处；": (
        "{reports:,} reports, {passages:,} passages, {n:,} place. ",
        "{reports:,} reports, {passages:,} passages, {n:,} places. ",
    ),
    "来源：{site}，收录 {held:,} 份报告，索引更新于 {day}。": (
        "Source: {site}, {held:,} reports held, index of {day}."
    ),
    "{year} 年：{value}（{reports} / {held} 份报告，{n} 处）": (
        "{year}: {value} ({reports} of {held} reports, {n} places)"
    ),
    "这是随程序附带的示例报告：机关、地名和数字均为虚构，请勿引用。": (
        "This is a sample report that comes with the program: agency, places and figures are "
        "invented. Do not cite it."
    ),
    # every page
    "法治报告检索": "Fazhi Search",
    "跳到正文": "Skip to content",
    "检索词": "Query",
    "检索词；加引号则须连在一起": "Chinese words; quotes keep them together",
    "搜索": "Search",
    "本站": "Site",
    "报告": "Reports",
    "历年对比": "Over the years",
    "收藏": "Bookmarks",
    "帮助": "Help",
    "切换深浅色": "Light or dark",
    "收录 {n:,} 份报告，{characters:,} 字。索引更新于": (
        "{n:,} report, {characters:,} characters. Index of",
        "{n:,} reports, {characters:,} characters. Index of",
    ),
    "关于本站": "About",
    "检索帮助": "Search help",
    "数据接口": "Data interface",
    "未识别": "Unidentified",
    "机关未识别": "Agency unidentified",
    "年度未识别": "Year unidentified",
    "{year} 年": "{year}",
    "{name}：": "{name}: ",
    "翻页": "Pages",
    "上一页": "Previous",
    "下一页": "Next",
    "第 {page:,} / {last:,} 页": "Page {page:,} of {last:,}",
    "第 {page} 页": "page {page}",
    "这里收录的是随程序附带的示例报告：机关、地名和数字均为虚构，请勿引用。": (
        "These are the sample reports that come with the program: agencies, places and figures "
        "are invented. Do not cite them."
    ),
    "这里混有示例报告（云江省、岚溪市、澜州市）：其机关、地名和数字均为虚构，请勿引用。": (
        "Some of these are the sample reports that come with the program: "
        "their agencies, places and figures are invented. Do not cite them."
    ),
    # fields and their values
    "机关": "Agency",
    "年度": "Year",
    "章节": "Section",
    "类别": "Kind",
    "地区": "Region",
    "机关类别": "Kind of agency",
    "主要举措和成效": "Measures and results",
    "存在的不足和原因": "Shortcomings and causes",
    "党政主要负责人履职": "Duties of the leaders",
    "下一年度安排": "Plans for next year",
    "其他": "Other",
    "法治政府建设年度报告": "Annual report on law-based government",
    "政府工作报告": "Government work report",
    "政府信息公开年度报告": "Annual report on open government information",
    "其他文件": "Other document",
    "{year} 年及以前": "up to {year}",
    "{year} 年及以后": "from {year}",
    "{low}—{high} 年": "{low}–{high}",
    # start
    "：法治政府建设年度报告全文检索": ": China’s reports on law-based government, in full text",
    "逐字精确检索各级机关的法治政府建设年度报告：跨机关、跨年度，每一段都有长期有效的链接。": (
        "Exact full-text search over the yearly reports on law-based government of Chinese "
        "government bodies, across agencies and years, with a lasting link to every passage."
    ),
    "逐字检索各级机关历年的法治政府建设报告，每一段都有长期有效的链接。": (
        "Every yearly report on law-based government, searched to the character; "
        "every passage has a lasting link."
    ),
    "试试": "Try",
    "看历年变化": "See them over the years",
    "收录": "Holding",
    "份报告，": "reports, ",
    "个机关，": "agencies, ",
    "字": "characters",
    "各年度的报告数": "Reports of each year",
    "另有": "And",
    "{n:,} 份年度未识别": ("{n:,} report of no known year", "{n:,} reports of no known year"),
    "全部 {n:,} 个{what}": "All {n:,} values: {what}",
    "最新报告": "Newest reports",
    "全部报告": "All reports",
    "最近收录的报告": "Newly added reports",
    # results
    "份报告": ("report", "reports"),
    "个段落": ("passage", "passages"),
    "处": ("place", "places"),
    "{n:,} 份报告": ("{n:,} report", "{n:,} reports"),
    "{n:,} 处": ("{n:,} place", "{n:,} places"),
    "{year} 年：{n:,} 份报告": ("{year}: {n:,} report", "{year}: {n:,} reports"),
    "全部段落": "All passages",
    "没有找到符合条件的段落": "No passage matches",
    "订阅这个检索": "Subscribe to this search",
    "已选条件": "Filters in force",
    "去掉条件：": "Remove filter: ",
    "不含": "without",
    "全部清除": "Clear all",
    "各年度的报告数，点选即筛选": "Reports of each year; choose one to filter",
    "检索结果": "Results",
    "结果的看法": "Views of the results",
    "按报告": "By report",
    "按段落": "By passage",
    "逐处": "In context",
    "机关×年度": "Agency × year",
    "传播": "Spread",
    "历年": "By year",
    "排序：{order}": "Order: {order}",
    "相关": "relevance",
    "年度由近到远": "newest year first",
    "年度由远到近": "oldest year first",
    "最早出现": "first appearance",
    "最近收录": "newly added",
    "导出": "Export",
    "CSV 表格": "CSV table",
    "JSON Lines": "JSON Lines",
    "Markdown": "Markdown",
    "引文 GB/T 7714": "Citations, GB/T 7714",
    "引文 BibTeX": "Citations, BibTeX",
    "引文 RIS": "Citations, RIS",
    "订阅（Atom）": "Feed (Atom)",
    "JSON 接口": "JSON",
    "理解为：": "Understood as: ",
    "（以整份报告为范围）": " (anywhere in one report)",
    "标题与开头": "Title and opening",
    "这一页之后没有更多结果了。": "There is nothing after this page.",
    "回到第一页": "Back to the first page",
    "筛选": "Filter",
    "已选 {n}": "{n} chosen",
    "（各项后为报告数）": " (each with its number of reports)",
    "（已排除）": " (excluded)",
    "排除 {what}": "Exclude {what}",
    "起始年": "First year",
    "起": "from",
    "截止年": "Last year",
    "止": "to",
    "在{what}中查找": "Find in: {what}",
    "查找{what}": "Find: {what}",
    "查找": "Find",
    "还有 {n:,} 个": "{n:,} more",
    "结果中再搜": "Within these results",
    "在这些结果中再搜": "Search within these results",
    "同段还要有": "and in the same passage",
    "再搜": "Search",
    "范围": "Scope",
    "各词同在一份报告即可": "Words anywhere in one report",
    "您要找的是不是：": "Did you mean: ",
    "逐项看，各有多少": "What each part finds",
    "条件": "Condition",
    "不限{what}": "Without the filter: {what}",
    "不在结果中再搜": "Without the search within results",
    "不加任何筛选": "Without any filter",
    "其中任一词语，最相近的在前": "Any of the words, the most alike first",
    "段落": "Passages",
    "引号里的字须连在一起，不加引号则各词同在一段即可。": (
        "Quoted characters must stand together; unquoted words only need to share a passage. "
    ),
    # one facet
    "{n:,} 个": "{n:,}",
    "个": ("value", "values"),
    "，检索式": " for",
    "← 回到检索结果": "← Back to the results",
    "排列": "Order",
    "按报告数": "By reports",
    "按名称": "By name",
    "没有名称含“{text}”的{what}。": "No name holds “{text}” ({what}).",
    # other sides
    "按左邻字": "by what stands left",
    "按右邻字": "by what stands right",
    "按机关": "by agency",
    "排列：{order}": "Order: {order}",
    "出现过多，只对前 {n:,} 处排列；加上筛选条件可以看全。": (
        "Too many places: only the first {n:,} are sorted. Filters let you see all."
    ),
    "逐处上下文": "Places in context",
    "左文": "Left",
    "命中": "Match",
    "右文": "Right",
    "出处": "Source",
    "没有可以列出的出现之处。": "There is no place to list.",
    "请先输入检索词，再逐处查看。": "Type a query to see its places.",
    "格中是出现的处数；空白表示该年没有收录，“0”表示收录了但没有提到。": (
        "A cell is the number of places; blank: no report held; 0: held, not mentioned."
    ),
    "机关与年度": "Agencies and years",
    "机关（{n:,}）": "Agency ({n:,})",
    "合计": "Total",
    "{reports} / {held} 份报告": "{reports} of {held} reports",
    "处，{reports} / {held} 份报告": "places, {reports} of {held} reports",
    "{reports:,} 份 {n:,} 处": "{reports:,} rep., {n:,} pl.",
    "全部机关，报告": "All agencies, reports",
    "没有提到它的机关。": "No agency mentions it.",
    (
        "{n:,} 个机关用过，共收录 {agencies:,} 个机关的 {reports:,"
        "} 份报告。先后按年度、再按发布日期排列。"
    ): (
        "Agencies that used it: {n:,}. Held: {reports:,} reports of {agencies:,} agencies. "
        "Ordered by year, then by date of publication."
    ),
    "各年度采用的机关数": "Agencies using it, by year",
    "新采用": "New",
    "当年使用": "Using it",
    "当年收录": "Held",
    "图示": "Chart",
    "其后不再提": "dropped later",
    "{reports:,} 份报告，{n:,} 处": "{reports:,} reports, {n:,} places",
    "收录了，没有提到": "held, not mentioned",
    # across years
    "第 {i} 个说法": "Phrase {i}",
    "再加一个说法": "Another phrase",
    '例如 "首违不罚"': 'e.g. "首违不罚"',
    "比较": "Compare",
    "填入一个或几个说法，看历年有多少报告提到、占同年收录报告的几成。加引号为逐字匹配。": (
        "Enter one or several phrases to see how many reports of each year mention them, and "
        "what share of those held that is. Quote for exact text."
    ),
    "量度": "Measure",
    "报告占比": "Share of reports",
    "每万字处数": "Places per 10,000 characters",
    "报告数": "Reports",
    "出现处数": "Places",
    "{queries} 的历年曲线；数据见下表": "{queries} by year; the figures are in the table below",
    "{query}，{year} 年：{value}（{reports} / {held} 份报告，{n} 处）": (
        "{query}, {year}: {value} ({reports} of {held} reports, {n} places)"
    ),
    "不再比较 {query}": "Stop comparing {query}",
    "表格 CSV": "Table as CSV",
    "历年数据": "Figures by year",
    "各年提到的报告数 / 同年收录的报告数；处数；每万字处数": (
        "Reports that mention it / reports held of the year; places; places per 10,000 characters"
    ),
    "占比": "Share",
    "处数": "Places",
    "每万字": "per 10k",
    # report
    "目录": "Contents",
    "{n} 处命中": ("{n} match", "{n} matches"),
    "推断": "inferred",
    "推断，依据：{origin}": "inferred from {origin}",
    "{year} 年度": "{year}",
    "{date} 发布": "published {date}",
    "{n:,} 字": "{n:,} characters",
    "（{n:,} 字）": " ({n:,} characters)",
    "同一机关的其他年度": "Other years of the agency",
    "各年度": "Years",
    "与上一年对照": "Compare with the year before",
    "同一年度另有不同文本：": "Other texts of the same year: ",
    "跳到链接所指的段落": "Go to the linked passage",
    "链接所指的文字现在位于另一处：": "The linked text now stands elsewhere: ",
    "跳到该段": "go to it",
    "这个链接生成之后，该处文字已有改动，以下标出的是现在的文字。": (
        "The text has changed since this link was made; what is marked is the text of today. "
    ),
    "链接所指的段落已不在这份报告中：文字有改动。以下是报告现在的全文。": (
        "The linked passage is no longer in this report: its text has changed. "
        "Here is the report as it is now."
    ),
    "{year} 年同一章节": "Same section in {year}",
    "其他报告中的相似段落": "Similar passages of other reports",
    "在本报告中查找": "Find in this report",
    "共 {n:,} 处": ("{n:,} place", "{n:,} places"),
    "没有找到": "Not found",
    "上一处": "Previous match",
    "上一处（p）": "Previous match (p)",
    "下一处": "Next match",
    "下一处（n）": "Next match (n)",
    "清除标记": "Clear marks",
    "命中的段落（{n}）": "Paragraphs that match ({n})",
    "第 {i} 段 · {n} 处": "No. {i} · {n}",
    "这一段的链接": "Link to this paragraph",
    "关于这份报告": "About this report",
    "规定内容": "Prescribed contents",
    "未见": "not found",
    "引用": "Cite",
    "复制引文": "Copy citation",
    "来源": "Source",
    "文号：": "Document number: ",
    "又名：": "Also named: ",
    "标有“推断”的项目不是原文直接写明的：": "What is marked as inferred is not printed as such: ",
    "{label}依据{origin}": "{label} from {origin}",
    "；": "; ",
    "。": ".",
    "标题": "Title",
    "发布日期": "Date of publication",
    "文号": "Document number",
    "资料表 metadata.csv": "metadata.csv",
    "落款": "the signature",
    "正文首句": "the first sentence",
    "小标题": "the headings",
    "印发信息": "the printing footer",
    "网页信息": "the web page",
    "文件名": "the file name",
    "行政区划表": "the table of administrative divisions",
    "正文": "the text",
    "相似段落": "Similar passages",
    "没有找到相似的段落。": "No similar passage was found.",
    # list of reports
    "份": "held",
    "按机关、年度排列。": "By agency, then year. ",
    "按条件筛选和检索": "Filter and search",
    "字数": "Characters",
    "这一页没有报告。": "There is no report on this page.",
    # two reports
    "{left} 与 {right} 对照": "{left} beside {right}",
    "句": ("sentence", "sentences"),
    "左右对换": "Swap sides",
    "保留": "kept",
    "改动": "changed",
    "新增": "new",
    "删去": "dropped",
    # bookmarks
    (
        "收藏功能需要浏览器允许运行脚本。不用脚本时，可以把任何检索、报告、段落的地址存为浏览器书"
        "签，效果相同。"
    ): (
        "Bookmarks here need scripts. Without them, bookmark any search, report or passage in "
        "your browser: its address will do the same."
    ),
    "保存在这个浏览器里，不会上传。": "Kept in this browser, never uploaded.",
    "全部存入我的收藏": "Add all to my bookmarks",
    "看我自己的收藏": "See my own bookmarks",
    "按标签看": "By tag",
    "全部标签": "All tags",
    "在收藏中查找": "Find in bookmarks",
    "导出与分享": "Export and share",
    "复制分享链接": "Copy a link to this list",
    "Markdown（含引文）": "Markdown (with citations)",
    "JSON 备份": "JSON backup",
    "导入 JSON": "Import JSON",
    "还没有收藏。在检索结果或报告中点 ☆ 即可。": (
        "No bookmarks yet. Choose ☆ on a result or a report."
    ),
    "近期检索": "Recent searches",
    "清除近期检索": "Forget recent searches",
    "备注": "Note",
    "标签，空格分隔": "Tags, separated by blanks",
    "标签": "Tags",
    "上移": "Move up",
    "下移": "Move down",
    "取消收藏": "Remove bookmark",
    # about
    (
        "各级国家机关每年公布法治政府建设年度报告，散见于成千上万个网站。本站把它们收在一处，逐字"
        "检索，并给每一段一个长期有效的链接。"
    ): (
        "Chinese government bodies publish a report on building law-based government every year, "
        "scattered over thousands of web sites. This site holds them in one place, searches them "
        "to the character and gives every passage a lasting link."
    ),
    "索引": "Index",
    "标签从哪里来": "Where labels come from",
    (
        "机关、年度、地区等由程序从报告的标题、正文、落款中读出；不是原文直接写明的，标“推断”；"
        "读不出的，标“未识别”，绝不猜测。同一机关、同一年度的不同文本并列保存。"
    ): (
        "Agency, year and region are read from title, text and signature. What is not printed as "
        "such is marked as inferred; what cannot be read is called unidentified and never "
        "guessed. Different texts of one agency and year are kept side by side."
    ),
    "隐私": "Privacy",
    (
        "本站不设账号，不向其他网站发出任何请求；只有切换过界面语言，才有一个记住语言的 Cook"
        "ie。收藏和近期检索只保存在您自己的浏览器里。"
    ): (
        "There are no accounts and no requests to other sites. The only cookie remembers the "
        "language, once you have chosen one. Bookmarks and recent searches stay in your browser."
    ),
    "页面上的一切都可以用 JSON 取得，参数与页面地址相同：": (
        "All that pages show can be had as JSON, with the same parameters:"
    ),
    "检索": "search",
    "报告列表；": "list of reports; ",
    "一份报告的全文、目录和段落": "text, outline and passages of one report",
    "一个链接现在的状况": "what has become of a link",
    "以上全部的 OpenAPI 3.1 描述": "all of it described in OpenAPI 3.1",
    "出错时返回": "Errors are",
    "和相应的状态码。": "with the right status.",
    # errors
    "回到首页": "Start page",
    "浏览全部报告": "All reports",
    "出错了": "Something went wrong",
    "这个请求无法处理": "This request cannot be answered",
    "地址或参数不正确。": "The address or a parameter is wrong.",
    "请检查后重试。": "Please check it and try again.",
    "没有这个页面": "There is no such page",
    "地址可能写错了，或者这份报告从未收录。": (
        "The address may be mistyped, or the report was never held."
    ),
    "请求体过大": "The body of the request is too large",
    "本站只提供查阅，不接收内容。": "This site is for reading only and takes nothing in.",
    "请去掉请求体，用 GET 查阅。": "Leave the body out and use GET.",
    "地址过长": "The address is too long",
    "检索式或筛选过多，地址超过 32 KB。": (
        "Too much is asked for at once: the address is over 32 KB."
    ),
    "请减少后重试。": "Please ask for less and try again.",
    "请求头过大": "The headers of the request are too large",
    "请求头合计超过 32 KB。": "The headers come to more than 32 KB.",
    "可以直接搜索。": "You can search for it.",
    "不支持这种请求方式": "This method is not supported",
    "本站只提供查阅。": "This site is for reading only.",
    "这份报告已不再收录": "This report is no longer held",
    "它曾经收录在这里，但原文件已从资料库中移除，因此不再提供。": (
        "It was held here, but its file has been removed from the collection."
    ),
    "同一机关的其他年度报告可能仍然可以查阅。": "Other years of the agency may still be there.",
    "服务器没能完成这个请求，错误已经记录。": (
        "The server could not finish this request; the error has been logged."
    ),
    "请稍后再试。": "Please try again later.",
    "暂时无法检索": "Search is not available now",
    "索引不可用。": "There is no sound index to answer from.",
    "请联系管理员重新构建索引。": "Please ask the keeper to rebuild the index.",
    "地址中有一处无法识别": "Part of the address cannot be read",
    "改正后重试，或重新搜索。": "Correct it, or search again.",
    "这个检索无法执行": "This search cannot be answered",
    "修改后重试。": "Change it and try again.",
    "参数 {name} 的值“{value}”无法使用。": "The value “{value}” of {name} cannot be used.",
}

NOTICES: Final[Mapping[NoticeCode, str]] = {
    "not_understood": "{about}not understood as written; what could be read was searched.",
    "folds_to_nothing": "{about}punctuation or blanks only, left out.",
    "too_long": "The query is too long; only its beginning was used.",
    "too_many_clauses": "{about}too many words or operators; the rest was simplified.",
    "too_deep": "{about}too many brackets within brackets; the innermost were ignored.",
    "not_held": "{about}no report has one of the values chosen in the filters.",
    "hint": "{about}searched as text; see Help for how operators are written.",
}
"""``search.results.Notice`` by its code; ``about`` is the place in the query, or empty."""

UNDERSTOOD: Final[Mapping[str, str]] = {
    "全部段落": "all passages",
    "逐字含": " to the character ",
    "含短语": " the phrase ",
    "含词": " the word ",
    "含以": " words beginning with ",
    "开头的词": " ",
    "含": " ",
    "或其全部词语": " or all its words",
    "，并且": " and ",
    "，或者": " or ",
    "不要": " not ",
    "（": " (",
    "）": ") ",
    "）与（": ") and (",
    "与": " like ",
    "相近（含其中任一词语）": " (any of its words)",
    "在同一句": " in one sentence",
    "在同一段": " in one paragraph",
    "相隔不超过": " at most ",
    "字": " characters apart",
    "小标题": " in headings: ",
    "标题": " in the title: ",
    "机关": " in the agency: ",
    "类别": " in the kind: ",
    "地区": " in the region: ",
    "章节": " in the section: ",
    "年度为": " year ",
    "年度在": " years ",
    "年度未识别": " year unknown ",
    "机关未识别": " agency unknown ",
    "类别未识别": " kind unknown ",
    "地区未识别": " region unknown ",
    "及以前": " and before ",
    "及以后": " and after ",
    "之间": " ",
    "为": " ",
}
"""The words of ``search.query.describe``."""
