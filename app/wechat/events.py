"""What the events that WeChat pushes say, one shape for each (WeChat facts A6, C6, C8).

`app/wechat/messages.py` reads them from XML and from JSON; other rooms come to them as
`client.events`. Moments are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

USER_BLOCKED = "failed:user block"


@dataclass(frozen=True, slots=True)
class Followed:
    """Somebody follows the official account, by a code (`scene`), after paying, or plainly.

    `transaction_id` is WeChat Pay's number where the follow was offered after a payment.
    """

    scene: str | None
    transaction_id: str | None


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """Somebody left: what is known of them must be deleted."""


@dataclass(frozen=True, slots=True)
class CodeScanned:
    """A follower scanned a parametric code; None where its EventKey is no scene."""

    scene: str | None


@dataclass(frozen=True, slots=True)
class MenuClicked:
    """An entry of the menu, or of a menu message, was tapped."""

    key: str


@dataclass(frozen=True, slots=True)
class MenuScanned:
    """An entry of the menu let somebody scan a code; `content` is what the code says."""

    key: str
    content: str


@dataclass(frozen=True, slots=True)
class MenuViewed:
    """An entry of the menu opened an address."""

    url: str
    menu_id: str | None


@dataclass(frozen=True, slots=True)
class MiniProgramViewed:
    """An entry of the menu opened a page of the mini-program."""

    path: str
    menu_id: str | None


@dataclass(frozen=True, slots=True)
class LocationTold:
    """Where somebody is who allowed the account to know (degrees; precision in metres)."""

    latitude: float
    longitude: float
    precision: float | None


@dataclass(frozen=True, slots=True)
class TemplateFinished:
    """The fate of a template message, by the `msgid` its sending was answered with.

    `status` is WeChat's own word, in lower case and without the blank it sometimes puts after
    the colon: `success`, `failed:user block`, `failed:system failed`.
    """

    message_id: str
    status: str

    @property
    def outcome(self) -> Literal["delivered", "blocked", "failed"]:
        """`blocked` means that the receiver does not want messages of this account."""
        if self.status == "success":
            return "delivered"
        return "blocked" if self.status == USER_BLOCKED else "failed"


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody answered about one template. `scene`: 0 mini-program, 1 page, 2 article."""

    template_id: str
    is_accepted: bool
    scene: str | None


@dataclass(frozen=True, slots=True)
class ConsentAnswered:
    """Somebody answered the question for subscriptions. Each acceptance is worth one message."""

    consents: tuple[Consent, ...]


@dataclass(frozen=True, slots=True)
class ConsentChanged:
    """Somebody changed subscriptions in WeChat's own settings; only refusals are told."""

    consents: tuple[Consent, ...]


@dataclass(frozen=True, slots=True)
class SubscriptionFate:
    """The fate of one subscription message; `error_code` is 0 where it was delivered."""

    template_id: str
    message_id: str
    error_code: int
    error_status: str

    @property
    def is_delivered(self) -> bool:
        """Whether it arrived."""
        return self.error_code == 0


@dataclass(frozen=True, slots=True)
class SubscriptionsSent:
    """The fates of subscription messages."""

    fates: tuple[SubscriptionFate, ...]


@dataclass(frozen=True, slots=True)
class AuthorizationRevoked:
    """Somebody withdrew what they had allowed: it must be deleted here.

    `openid` is the person; the message's own sender is WeChat's push service. `kinds` are
    WeChat's numbers, for the mini-program among them 6 name and picture, 8 phone number,
    13 place; 2xx for pages of the official account.
    """

    openid: str
    app_id: str | None
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileCleared:
    """WeChat removed a risky name or picture: the copy here should go too."""

    openid: str
    app_id: str | None


@dataclass(frozen=True, slots=True)
class AccountCancelled:
    """A person gave up their WeChat account: their personal data must be deleted here."""

    openid: str
    app_id: str | None


@dataclass(frozen=True, slots=True)
class MediaChecked:
    """The result of an asynchronous content check, by its `trace_id`.

    `suggestion` is None where WeChat could not check (`error_code`, e.g. not fetchable).
    """

    trace_id: str
    suggestion: Literal["pass", "review", "risky"] | None
    label: int | None
    error_code: int


@dataclass(frozen=True, slots=True)
class TradeOrder:
    """Which payment a trade event is about; at least one of both numbers is known."""

    out_trade_no: str | None
    transaction_id: str | None
    merchant_id: str | None
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShippingWanted:
    """WeChat misses the shipping information of a payment for more than 48 hours."""

    order: TradeOrder
    text: str


@dataclass(frozen=True, slots=True)
class ShippingSettled:
    """A payment was shipped (`estimated_at` says when its money will come) or settled.

    `receipt_method` is WeChat's number; its documents and its pushes contradict each other in
    which of 1 and 2 is by hand, so nothing may depend on it.
    """

    order: TradeOrder
    shipped_at: datetime | None
    estimated_at: datetime | None
    received_at: datetime | None
    settled_at: datetime | None
    receipt_method: int | None


@dataclass(frozen=True, slots=True)
class ShippingAccessWanted:
    """WeChat reminds, daily until the first shipment, that shipping must be reported."""

    text: str


@dataclass(frozen=True, slots=True)
class TradeControlled:
    """WeChat restricts the mini-program's payments until shipping is reported: act at once."""

    text: str


Event = (
    Followed
    | Unfollowed
    | CodeScanned
    | MenuClicked
    | MenuScanned
    | MenuViewed
    | MiniProgramViewed
    | LocationTold
    | TemplateFinished
    | ConsentAnswered
    | ConsentChanged
    | SubscriptionsSent
    | AuthorizationRevoked
    | ProfileCleared
    | AccountCancelled
    | MediaChecked
    | ShippingWanted
    | ShippingSettled
    | ShippingAccessWanted
    | TradeControlled
)
