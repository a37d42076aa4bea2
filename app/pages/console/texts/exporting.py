"""English of exports in the background, their states, and what lists are called."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "导出文件": "Exports",
    "完整清单在后台写成文件，仅您本人可以下载，保留 24 小时后删除。下载会留下记录。": (
        "Whole lists are written to files in the background. Only you can take them; they are"
        " removed after 24 hours. Taking one is recorded."
    ),
    "还没有导出。": "No exports yet.",
    "在清单的「导出」中选择「全部」。": "Choose “All” under “Export” of a list.",
    "已开始导出，完成后可在此下载": "Begun; take it from here when it is done",
    "已取消导出": "Cancelled",
    "文件已删除": "Deleted",
    "取消导出": "Cancel",
    "删除后不能再下载。确定吗？": "It cannot be taken any more then. Delete it?",
    "清单": "List",
    "格式": "Format",
    "大小": "Size",
    "保留至": "Kept until",
    "下载": "Take",
    "全部（后台写成 XLSX）": "All (XLSX, in the background)",
    "全部（后台写成 CSV）": "All (CSV, in the background)",
    "等待导出": "Waiting",
    "正在导出": "Being written",
    "可下载": "Ready",
    "导出失败": "Failed",
    "导出已取消": "Cancelled",
    "已删除": "Deleted",
    "已过期删除": "Expired",
}
CODES = {
    "export": {
        "waiting": Code("等待导出", "wait"),
        "running": Code("正在导出", "busy"),
        "done": Code("可下载", "good"),
        "failed": Code("导出失败", "bad"),
        "cancelled": Code("导出已取消"),
        "deleted": Code("已删除"),
        "expired": Code("已过期删除"),
    },
    "listing": {
        "withdrawals": Code("提现"),
        "refunds": Code("退款"),
        "settlements": Code("结算单"),
        "taxes": Code("代扣税款"),
        "members": Code("会员"),
    },
}
