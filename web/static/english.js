// The strings of the scripts in English; loaded on English pages alone.
"use strict";
globalThis.ENGLISH = {
  "已复制": "Copied", "图没有画成": "The chart could not be drawn", "键盘": "Keys", "到检索框": "to the search box", "下一条、上一条": "next, previous", "打开选中的一条": "open the chosen one", "收藏选中的一条，或当前页": "bookmark the chosen one, or this page", "报告中的下一处、上一处命中": "next, previous match in a report", "列出按键": "list the keys", "关闭": "close",
  "请复制：": "Copy this:", "收藏：": "Bookmark: ", "已收藏": "Bookmarked", "已取消收藏": "Bookmark removed",
  "浏览器不允许保存": "The browser does not allow keeping it", "链接已复制": "Link copied", "复制这一段的链接": "Copy the link of this passage", "补全": "Completions", "引文已复制": "Citation copied",
  "{n} 份报告": "{n} reports", "{n} 段": "{n} passages", "段落": "Passage", "报告": "Report", "检索": "Search", "收藏": "Bookmarks",
  "文字已移到另一处": "text moved", "文字有改动": "text changed", "该段已不在报告中": "no longer in the report", "报告已移除": "report removed", "未收录": "not held",
  "这个分享链接不完整": "This link is incomplete", "这是别人分享的 {n} 条收藏。": "A list of {n} bookmarks, shared with you.", "分享链接已复制": "Link to the list copied",
  "全部标签": "All tags", "导入了 {n} 条": "{n} imported", "这个文件不是收藏备份，没有导入。": "This file is no backup of bookmarks; nothing was imported.",
  "类型": "Kind", "标题": "Title", "位置": "Place", "备注": "Note", "标签": "Tags", "收藏日期": "Bookmarked", "链接": "Link", "引文": "Citation",
};
