"""Which channel pays whom: the payee's own, else the setting of their kind."""

from __future__ import annotations

from app.core.config import settings
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


def choose(payee: Payee) -> Channel:
    """The channel that pays this payee: chosen for them, or WITHDRAWAL_CHANNELS for their kind."""
    return channel(payee.channel or settings().withdrawal_channels[payee.kind.value])
