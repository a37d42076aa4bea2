"""Which channel pays whom: the one chosen for or by the payee, else the setting of their kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from app.core.config import settings
from app.wallet.errors import ChannelNotOffered
from app.wallet.withdrawals.channels.bank_file import BankFile
from app.wallet.withdrawals.channels.channel import Channel, ChannelName
from app.wallet.withdrawals.channels.wechat_transfer import WeChatTransfer
from app.wallet.withdrawals.payees import Payee

CHANNELS: dict[ChannelName, Channel] = {
    ChannelName.WECHAT_TRANSFER: WeChatTransfer(),
    ChannelName.BANK_FILE: BankFile(),
}


def channel(name: str) -> Channel:
    """The channel of a withdrawal, by the name written on it."""
    return CHANNELS[ChannelName(name)]


def offered(payee: Payee) -> list[ChannelName]:
    """The channels that may pay this payee: theirs first, then those they may choose."""
    usual = choose(payee).name
    choices: Mapping[str, Collection[str]] = settings().withdrawal_choices  # type: ignore[assignment]
    mine = [] if payee.channel else choices.get(payee.kind.value, ())
    return [usual, *sorted(ChannelName(name) for name in mine if name != usual)]


def with_choice(payee: Payee, wanted: ChannelName | None) -> Payee:
    """The payee with the channel they choose for one withdrawal. Raises ChannelNotOffered."""
    if wanted is None:
        return payee
    if wanted not in offered(payee):
        raise ChannelNotOffered(channels=offered(payee))
    return replace(payee, channel=wanted)


def choose(payee: Payee) -> Channel:
    """The channel that pays this payee: chosen for them, or WITHDRAWAL_CHANNELS for their kind."""
    return channel(payee.channel or settings().withdrawal_channels[payee.kind.value])
