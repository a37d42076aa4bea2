"""Why an export is refused."""

from __future__ import annotations

from app.core.errors import AppError


class ExportUnknown(AppError):
    """There is no such list, no such export, or it is somebody else's."""

    status, code = 404, "export_unknown"
    title, message = "There is no such export", "没有此导出"


class ExportsBusy(AppError):
    """So many exports (`most`) of the caller are being written."""

    status, code = 409, "exports_busy"
    title, message = "Wait for your other exports first", "请等待您的其他导出完成"


class ExportClosed(AppError):
    """It has no file (any more); `export_status` says why."""

    status, code = 409, "export_closed"
    title, message = "The export has no file", "此导出没有可下载的文件"
