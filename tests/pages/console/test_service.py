"""Members' questions, notices and service messages at the console."""

import io

from app.core.world import new_id
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.notices.mailings.test_mailings import agreeing, alone, shown, worked  # noqa: F401
from tests.notices.tickets.test_tickets import WORDS, asker, looked_at, picture, rows  # noqa: F401
from tests.pages.console.visitors import hidden


def test_a_question_is_taken_answered_once_noted_and_closed(asker, visitor):  # noqa: F811
    sent = picture(asker).json["id"]
    ticket_id = asker.ask(pictures=[sent]).json["id"]
    address = f"/console/tickets/{ticket_id}"
    person = visitor("support")
    assert person.get(f"/console/tickets/pictures/{sent}.jpg").mimetype == "image/jpeg"
    person.see("/console/tickets", "会员咨询", address, "其他")
    page = person.see(address, WORDS, "回复会员", f"/console/tickets/pictures/{sent}.jpg")
    person.do(f"{address}/take")
    person.see("/console/tickets", address, mine="1")
    key = hidden(page, "key")
    for _ in range(2):
        answer = person.post(f"{address}/answer", key=key, text="已为您<b>退款</b>")
    person.see(address, "已为您&lt;b&gt;退款&lt;/b&gt;", "已回复")
    person.do(f"{address}/note", text="仅同事可见的话")
    assert "仅同事可见的话" not in str(asker.own(ticket_id))
    assert person.post(f"{address}/answer", text=" ").status_code == 422
    person.do(f"{address}/close", text="会员已满意")
    again = person.post(f"{address}/answer", text="还有")
    assert (again.status_code, 'role="alert"' in again.text) == (409, True)
    person.do(f"{address}/reopen", text="误关了")
    person.do(f"{address}/leave")
    person.see(address, "误关了", "重新打开", "无人")
    said = [each.step for each in rows(ticket_id)]
    assert said.count("answered") == 1, answer.status_code


def test_an_answer_carries_pictures_once_however_often_it_is_sent(asker, visitor):  # noqa: F811
    ticket_id = asker.ask().json["id"]
    address, person = f"/console/tickets/{ticket_id}", visitor("support")
    key = hidden(person.see(address, 'enctype="multipart/form-data"'), "key")

    def send(name="files", data=None, **more):
        file = (io.BytesIO(data or stall.picture()), "a.png")
        wish = {name: file, "text": "请看图", "key": key} | more
        return person.post(f"{address}/answer", **wish)

    assert send(data=b"<svg/>").status_code == 422
    kept = send(text="")
    assert kept.status_code == 422
    picture_id = kept.text.split('name="pictures" value="')[1].split('"')[0]
    for _ in range(2):
        sent = person.post(f"{address}/answer", text="请看图", key=key, pictures=picture_id)
    assert sent.status_code == 303
    said = asker.own(ticket_id)["messages"]
    assert [each["pictures"] for each in said if each["author"] == "staff"] == [[picture_id]]
    assert looked_at(asker, picture_id, asker.mine).mimetype == "image/jpeg"
    page = person.see(address, f"/console/tickets/pictures/{picture_id}.jpg")
    key = hidden(page, "key")
    for _ in range(2):
        assert send(text="再看一张").status_code == 303
    assert [each.step for each in rows(ticket_id)].count("answered") == 2


def test_questions_and_messages_are_not_for_others(asker, visitor):  # noqa: F811
    sent = picture(asker).json["id"]
    ticket_id = asker.ask(pictures=[sent]).json["id"]
    address, person = f"/console/tickets/{ticket_id}", visitor("finance", "reviewer")
    before = len(rows(ticket_id))
    for path in (
        f"/console/tickets/pictures/{sent}.jpg",
        address,
        "/console/tickets",
        "/console/notices",
        "/console/mailings",
    ):
        assert person.get(path).status_code == 403, path
    person.get("/console/sessions")
    for step in ("answer", "note", "take", "leave", "close", "reopen"):
        assert person.post(f"{address}/{step}", text="x").status_code == 403
    assert len(rows(ticket_id)) == before


def test_what_did_not_arrive_and_how_notices_read(visitor):
    person = visitor("support")
    person.see("/console/notices", "消息通知", "被拦截")
    person.see("/console/notices", "没有这样的消息", error_code=new_id().hex[:8])
    person.see("/console/notices/previews", "各类消息的样子", "每人每天最多")


def test_a_message_is_written_by_one_and_let_go_by_another(client, visitor, alone):  # noqa: F811
    agreeing(world.shop())
    writer, other, helper = visitor("operator"), visitor("operator"), visitor("support")
    writer.see("/console/mailings", "写一条")
    wish = {"title": "周末<活动>", "text": "周末储值满五百元送八十元"}
    assert writer.post("/console/mailings", **wish, bought_within_days="很久").status_code == 422
    address = writer.do("/console/mailings", **wish, prepaid_at_most_fen="100").location
    mailing_id = address.rpartition("/")[2]
    worked()
    page = writer.see(address, "您写了这条消息", "周末&lt;活动&gt;", "¥100.00")
    assert f"{address}/approve" not in page
    assert writer.post(f"{address}/approve").status_code == 403
    assert "写一条" not in helper.see("/console/mailings", "周末&lt;活动&gt;")
    assert helper.post(f"{address}/stop", reason="不行").status_code == 403
    other.see(address, "通过")
    assert other.post(f"{address}/approve", starts_at="明天").status_code == 422
    other.do(f"{address}/approve", starts_at="2031-01-01T09:00")
    assert shown(client, mailing_id)["starts_at"].startswith("2031-01-01T01:00")
    other.do(f"{address}/pause")
    other.do(f"{address}/resume")
    other.do(f"{address}/stop", reason="写错了字")
    other.see(address, "已停止", "写错了字")
    assert other.post(f"{address}/stop", reason="再停一次").status_code == 409
