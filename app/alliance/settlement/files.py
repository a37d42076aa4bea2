"""A statement as a file: for staff over the API, for contacts by the link in their notice."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.alliance.settlement import settling, spreadsheets, statements
from app.alliance.settlement.statements import Statement

PDF, CSV = "application/pdf", "text/csv; charset=utf-8"


def printed(statement: Statement) -> Response:
    """The statement as a PDF, shown in the browser."""
    # Read when first wanted: the printing library is a tenth of every process's start.
    from app.alliance.settlement import printing

    return _file(printing.statement_pdf(statement), PDF, "inline", f"{statement.reference}.pdf")


def exported(statement: Statement) -> Response:
    """The statement as CSV, to be saved."""
    name = f"{statement.reference}.csv"
    return _file(spreadsheets.statement_csv(statement), CSV, "attachment", name)


def of_settlement(settlement_id: UUID, kind: str) -> Response:
    """The file of a settlement, `kind` pdf or csv, in the current unit of work. Raises NotFound."""
    statement = statements.whole(settling.find(settlement_id))
    return printed(statement) if kind == "pdf" else exported(statement)


def spreadsheet(name: str, content: bytes) -> Response:
    """Another table, to be saved."""
    return _file(content, CSV, "attachment", name)


def _file(content: bytes, kind: str, disposition: str, name: str) -> Response:
    headers = {"Content-Disposition": f'{disposition}; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
