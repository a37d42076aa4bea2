import { useState } from "react";
import type { Receiver } from "@/services/orders";
import { orderTexts } from "@/texts/orders";
import { Field } from "./Field";
import { Card } from "./Rows";
import { Segments } from "./Segments";

export type Delivery = "pickup" | "shipment";
const MOBILE = /^1[3-9]\d{9}$/;
const SHORTEST_ADDRESS = 5;

export interface Destination {
  offered: Delivery[];
  delivery: Delivery;
  choose(delivery: Delivery): void;
  to: Receiver;
  write(to: Receiver): void;
  /** To whom it is sent; null where it is picked up. */
  receiver: Receiver | null;
  isKnown: boolean;
}

/** How goods of an offer come to a member, as they choose it. */
export function useDestination(deliveries: string[]): Destination {
  const offered = (["pickup", "shipment"] as const).filter((each) => deliveries.includes(each));
  const [delivery, choose] = useState<Delivery>(offered[0] ?? "pickup");
  const [to, write] = useState<Receiver>({ name: "", phone: "", address: "" });
  const trimmed = { name: to.name.trim(), phone: to.phone.trim(), address: to.address.trim() };
  const isSent = delivery === "shipment";
  const isAddressed = trimmed.name !== "" && MOBILE.test(trimmed.phone) && trimmed.address.length >= SHORTEST_ADDRESS;
  return { offered, delivery, choose, to, write, receiver: isSent ? trimmed : null, isKnown: !isSent || isAddressed };
}

export function DestinationFields({ offered, delivery, choose, to, write, receiver }: Destination) {
  const t = orderTexts();
  return (
    <>
      {offered.length > 1 ? <Segments<Delivery> names={{ pickup: t.pickup, shipment: t.shipment }} now={delivery} onChange={choose} /> : null}
      {receiver ? (
        <Card title={t.shipment}>
          <Field name="name" label={t.name} value={to.name} onChange={(name) => write({ ...to, name })} longest={30} />
          <Field name="phone" kind="number" label={t.phone} value={to.phone} onChange={(phone) => write({ ...to, phone })} longest={11} />
          <Field name="address" label={t.address} value={to.address} onChange={(address) => write({ ...to, address })} longest={200} />
        </Card>
      ) : null}
    </>
  );
}
