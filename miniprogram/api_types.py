"""Writes the TypeScript shapes of the product's answers: `src/services/api.ts`.

curl -s http://127.0.0.1:8000/openapi.json | python miniprogram/api_types.py > …/api.ts
"""

from __future__ import annotations

import json
import sys
from typing import Any

WANTED = [
    "SessionView",
    "MemberView",
    "WalletView",
    "StatementView",
    "StorePage",
    "StoreDetail",
    "OffersView",
    "PriceView",
    "PaymentView",
    "ReceiptView",
    "PaymentCodeView",
    "PaymentSettingsView",
    "OpenPaymentsView",
    "InviteCode",
    "OwnRewardPage",
    "AcceptedTopUp",
    "TopUpView",
    "OfferedPlans",
    "IntroductionView",
    "TermsView",
    "GiftView",
    "BindingView",
    "ExplanationView",
    "AcceptedWithdrawal",
    "WithdrawalsView",
    "QuoteView",
    "OrdersView",
    "OrderView",
    "RealNameView",
    "ConsentView",
    "NoticeList",
    "NoticePreferences",
    "MailingConsentView",
    "PhoneView",
    "CartView",
    "TopUpsView",
    "RefundOutlookView",
    "TopUpRefundView",
    "ExportView",
    "DeletionOutlook",
    "DeletionView",
    "JsSdkView",
    "ScannedCodeView",
    "PublicCampaigns",
    "MadeDraw",
    "DrawPage",
    "CheckedDraw",
    "DrawView",
    "OwnQueueView",
    "LinkView",
    "LinkPage",
    "DayReport",
    "PlacedOrders",
    "OrderPaymentView",
    "ErrandView",
    "ErrandPage",
    "NearbyErrands",
    "RunnerView",
    "TicketList",
    "OwnTicketView",
    "TicketView",
    "TicketPictureView",
    "ErrandPicture",
    "MemberLevels",
    "OwnLevel",
    "LevelGiftView",
    "SentList",
    "SentView",
    "ReceivedList",
    "BindingEvidenceView",
    "DisputeList",
    "DisputeView",
    "CarriedView",
    "OwnGrantPage",
    "MySalespersonView",
    "CommissionView",
    "SubscriptionList",
    "LeaveView",
    "ApplicationView",
    "ApplicationList",
    "ApplicationPictureView",
    "CategoryList",
    "MemberSessions",
]
HEAD = """\
// The shapes of the product's answers, written by miniprogram/api_types.py from /openapi.json and
// compared with it by tests/pages/test_client.py. Amounts are in fen, moments in RFC 3339.
"""
TAIL = """\
/** What wx.requestMerchantTransfer takes. */
export type TransferConfirmation = AcceptedWithdrawalConfirmation;
"""
PLAIN = {
    "integer": "number",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "null": "null",
}
Schema = dict[str, Any]


class Shapes:
    """Interfaces by name, in the order in which they are met."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self.schemas = schemas
        self.written: dict[str, str] = {}

    def add(self, name: str) -> None:
        """The interface of a schema and of all it is made of."""
        if name in self.written:
            return
        self.written[name] = ""
        schema = self.schemas[name]
        required = set(schema.get("required", []))
        lines = [
            f"  {field}{'' if field in required else '?'}: {self.type_of(part)};\n"
            for field, part in schema["properties"].items()
        ]
        self.written[name] = f"export interface {flat(name)} {{\n{''.join(lines)}}}\n"

    def type_of(self, schema: Schema) -> str:
        """A schema as a TypeScript type."""
        if "$ref" in schema:
            return self._named(schema["$ref"].rpartition("/")[2])
        if "anyOf" in schema:
            return " | ".join(dict.fromkeys(self.type_of(part) for part in schema["anyOf"]))
        if "enum" in schema or "const" in schema:
            return " | ".join(
                json.dumps(value) for value in schema.get("enum", [schema.get("const")])
            )
        if schema.get("type") == "array":
            inner = self.type_of(schema.get("items", {}))
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        if schema.get("type") == "object":
            values = schema.get("additionalProperties")
            inner = self.type_of(values) if isinstance(values, dict) else "unknown"
            return f"Record<string, {inner}>"
        return PLAIN.get(str(schema.get("type")), "unknown")

    def _named(self, name: str) -> str:
        if "enum" in self.schemas[name]:
            return self.type_of(self.schemas[name])
        self.add(name)
        return flat(name)


def flat(name: str) -> str:
    """`StorePage.FoundStoreView` as one word."""
    return name.replace(".", "")


def written(description: dict[str, Any]) -> str:
    """The whole file."""
    shapes = Shapes(description["components"]["schemas"])
    for name in WANTED:
        shapes.add(name)
    return "\n".join([HEAD, *shapes.written.values(), TAIL])


if __name__ == "__main__":
    sys.stdout.write(written(json.load(sys.stdin)))
