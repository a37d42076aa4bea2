"""Of what a browser says of itself a door and a kind of device are kept, and nothing else."""

import pytest

from app.core import doors

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Mobile/15E148"
)
ANDROID = "Mozilla/5.0 (Linux; Android 14; V2309A Build/UP1A; wv) AppleWebKit/537.36 Mobile"
HARMONY = "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 ArkWeb/4.1.6.1 Mobile"
OLDER_HARMONY = "Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) AppleWebKit/537.36 Mobile"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 WindowsWechat"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 MacWechat/3.8.7"
WECHAT = " MicroMessenger/8.0.50(0x1800323d) NetType/WIFI Language/zh_CN"


@pytest.mark.parametrize(
    ("said", "device"),
    [
        (IPHONE, "ios"),
        (ANDROID, "android"),
        (HARMONY, "harmony"),
        (OLDER_HARMONY, "harmony"),
        (WINDOWS, "windows"),
        (MAC, "mac"),
        ("curl/8.5.0", "other"),
        ("", "other"),
    ],
)
def test_a_page_in_wechat_is_told_from_one_in_another_browser(said, device):
    assert doors.of_page(said + WECHAT) == doors.Entrance("wechat_page", device)
    assert doors.of_page(said) == doors.Entrance("browser", device)
    assert doors.of_mini_program(said + WECHAT) == doors.Entrance("mini_program", device)
