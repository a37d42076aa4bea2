import { Button } from "@/components/Button";
import { useLoad, useSignedIn } from "@/components/hooks";
import { Page } from "@/components/Page";
import { go, open, pathOf } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import * as members from "@/services/members";
import { day } from "@/services/moments";
import { store } from "@/services/stores";
import { choose, fill, isEnglish, texts } from "@/texts";

async function whoIAm() {
  const [me, bound] = await Promise.all([members.me(), members.binding()]);
  const home = bound.home_store_id ? await store(bound.home_store_id) : null;
  return { me, home };
}

export default function Me() {
  const t = texts();
  const isIn = useSignedIn();
  const found = useLoad(whoIAm, [isIn], isIn === true);
  const language = () => {
    choose(isEnglish() ? "zh" : "en");
    open(pathOf("me"));
  };
  return (
    <Page title={t.me.title} tab="me" isLoading={isIn === true && found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {isIn === false ? (
        <section className="hero">
          <h1 className="hero-title">{t.home.guest}</h1>
          <Button kind="plain" onClick={() => go("join", { back: pathOf("me") })}>{t.home.join}</Button>
        </section>
      ) : null}
      {found.value ? (
        <>
          <section className="store-head">
            <span className="logo logo-small" aria-hidden="true">惠</span>
            <div>
              <h1 className="store-name">{t.home.hello}</h1>
              <p className="fine">{fill(t.me.since, { date: day(found.value.me.joined_at) })}</p>
            </div>
          </section>
          <Card>
            <Row icon="store" title={t.me.home} value={<span className="fine">{found.value.home?.name ?? t.me.none}</span>} onClick={found.value.home ? () => go("store", { id: found.value!.home!.id }) : undefined} />
            <Row icon="friends" title={t.me.binding} onClick={() => go("binding")} />
            <Row icon="gift" title={t.me.level} onClick={() => go("level")} />
          </Card>
          <Card>
            <Row icon="paper" title={t.me.orders} onClick={() => go("orders")} />
            <Row icon="bag" title={t.me.cart} onClick={() => go("cart")} />
            <Row icon="rebate" title={t.me.rebates} onClick={() => go("rebates")} />
            <Row icon="card" title={t.me.withdrawals} onClick={() => go("withdraw")} />
            <Row icon="gift" title={t.me.benefits} onClick={() => go("benefits")} />
            <Row icon="place" title={t.me.errands} onClick={() => go("errands")} />
            <Row icon="friends" title={t.me.invite} onClick={() => go("invite")} />
          </Card>
          <Card>
            <Row icon="bell" title={t.me.messages} onClick={() => go("messages")} />
            <Row icon="phone" title={t.me.tickets} onClick={() => go("tickets")} />
            <Row icon="me" title={t.me.realName} onClick={() => go("real-name")} />
            <Row icon="shield" title={t.me.privacy} onClick={() => go("privacy")} />
            <Row icon="gear" title={t.me.settings} onClick={() => go("settings")} />
          </Card>
        </>
      ) : null}
      <Card>
        <Row icon="store" title={t.me.apply} onClick={() => go("merchant-applications")} />
        <Row icon="paper" title={t.me.terms} onClick={() => go("terms")} />
        <Row icon="globe" title={t.me.language} onClick={language} />
      </Card>
    </Page>
  );
}
