"""English and codes of failed work and of the audit log."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "系统管理": "Administration",
    "处理记录": "Decisions",
    "多次失败后停下的后台任务。排除原因后重试；确定不再需要的，写明原因放弃。": (
        "Work that failed too often and stopped. Remove the cause and try again; give up what is no longer needed."
    ),
    "按类别": "By kind",
    "全部重试": "Try all again",
    "重试 {name} 的全部 {count} 项？": "Try all {count} of {name} again?",
    "已放弃": "Given up",
    "只显示 {name}。": "Only {name} is shown.",
    "显示全部": "Show all",
    "失败次数": "Failures",
    "最后的错误": "Last error",
    "放弃原因": "Given up because",
    "放弃…": "Give up…",
    "放弃": "Give up",
    "原因（至少 4 个字）": "Reason (4 characters or more)",
    "没有这样的任务。": "There is no such work.",
    "后台任务都在正常完成。": "All work gets done.",
    "已重新排入 {count} 项": "{count} will be tried again",
    "已重新排入": "It will be tried again",
    "已放弃，可在“已放弃”中重新尝试": "Given up; it can still be tried again from “Given up”",
    "由谁": "By",
    "谁重试或放弃了哪些失败的任务，以及当时的错误。": (
        "Who tried which failed work again, or gave it up, and how it had failed."
    ),
    "任务": "Work",
    "决定": "Decision",
    "当时的错误": "Error then",
    "还没有处理记录。": "Nothing was decided yet.",
    "已重试": "Tried again",
    "操作日志": "Audit log",
    "工作人员做过和试图做的每一件事，按哈希链封存，不可更改。": (
        "All that staff did or tried to do, sealed into a hash chain; nobody can change it."
    ),
    "（近 {count} 天）": "(last {count} days)",
    "操作（开头即可）": "Action (as it begins)",
    "对象编号": "Id of the object",
    "到": "To",
    "详情": "Details",
    "未知的人": "Somebody unknown",
    "展开": "Show",
    "记录编号": "Id of the record",
    "没有这样的记录。": "There are no such records.",
    "重复提交": "Repeated",
}

CODES = {
    "job_decision": {"retry": Code("已重试", "good"), "drop": Code("已放弃", "quiet")},
    "audit_outcome": {
        "done": Code("已完成", "good"),
        "repeated": Code("重复提交", "quiet"),
        "refused": Code("被拒绝", "wait"),
        "failed": Code("出错", "bad"),
    },
}
