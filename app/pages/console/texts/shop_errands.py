"""English of the errands that shops post."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "跑腿": "Errands",
    "详细地址": "Address in full",
    "纬度": "Latitude",
    "经度": "Longitude",
    "联系人": "Contact",
    "联系手机": "Mobile number",
    "赏金从可提现货款中预先冻结，完成后付给跑腿员；未完成的部分退回。": (
        "The reward is put aside from what is available, paid when it is done, or returned."
    ),
    "赏金": "Reward for the runner",
    "没有跑腿单": "No errands",
    "发布跑腿": "Post an errand",
    "取件": "Pick up at",
    "送达": "Deliver to",
    "经纬度可在地图应用中长按地点复制。": "A map application copies them at a long press.",
    "平台目前没有开放跑腿。": "The platform has no errands open now.",
    "确认完成": "Confirm",
    "确认后赏金付给跑腿员。": "The runner is paid then.",
    "有问题…": "Something is wrong…",
    "提交平台处理": "Hand to the platform",
    "取消跑腿单…": "Cancel the errand…",
    "取消跑腿单": "Cancel the errand",
    "已被接单的，取消时须付给跑腿员补偿。确定取消吗？": (
        "If it was taken, the runner gets a compensation. Cancel it?"
    ),
    "其中平台费": "Platform's fee in it",
    "付给跑腿员": "Paid to the runner",
    "取件码": "Pick-up code",
    "送达码": "Delivery code",
    "取件码、送达码由现场的人报给跑腿员，证明其到过。": (
        "Whoever is there tells the runner the code, which proves that they came."
    ),
    "已发布，等待跑腿员接单": "Posted; it waits for a runner",
    "已确认，赏金付给跑腿员": "Confirmed; the runner is paid",
    "跑腿单已取消": "Errand cancelled",
    "已提交平台处理": "Handed to the platform",
    "请一名跑腿员接单…": "Ask one runner…",
    "请其接单": "Ask them",
    "跑腿员 {id}（完成过 {count} 单）": "Runner {id} (completed {count})",
    "为本店跑过的": "Who ran for this shop",
    "其答复前别人看不到此单；其谢绝或未答复时重新开放。": (
        "Nobody else sees the errand until they answer; it opens again if they do not take it."
    ),
    "已请该跑腿员接单": "The runner was asked",
    "评价跑腿员…": "Rate the runner…",
    "提交评价": "Rate",
    "几星": "Stars",
    "只能评价一次。": "This can be done once.",
    "已评价": "Rated",
    "您的评价": "Your rating",
    "（{stars} 星，{count} 次评价）": " ({stars} stars by {count})",
    "现场照片": "Pictures from the spot",
    "图片（可不加；JPEG、PNG 或 WebP，每张不超过 4 MB，最多 6 张）": (
        "Pictures (if any; JPEG, PNG or WebP, 4 MB each, six at most)"
    ),
    "待接单": "Open to runners",
    "待跑腿员确认": "Waits for the runner",
    "已接单": "Taken",
    "已取件": "Picked up",
    "已送达": "Delivered",
    "争议中": "Disputed",
    "已裁决": "Decided",
}
CODES = {
    "errand": {
        "open": Code("待接单", "wait"),
        "assigned": Code("待跑腿员确认", "wait"),
        "taken": Code("已接单", "busy"),
        "picked_up": Code("已取件", "busy"),
        "delivered": Code("已送达", "wait"),
        "disputed": Code("争议中", "bad"),
        "completed": Code("已完成", "good"),
        "decided": Code("已裁决"),
        "cancelled": Code("已取消"),
        "expired": Code("已过期"),
    },
}
