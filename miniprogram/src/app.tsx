import { useLaunch } from "@tarojs/taro";
import type { ReactNode } from "react";
import { open, pathOf } from "@/components/routes";
import * as session from "@/services/session";
import "./router.css";
import "./app.css";
import "./icons.css";

/** Whoever comes back from WeChat's log-in goes on where they were; who just joined is welcomed. */
async function arrive(): Promise<void> {
  const wasIn = session.token() !== null;
  await session.ready();
  const found = session.current();
  if (wasIn || !found) return;
  open(session.takeWanted() ?? (found.is_new ? pathOf("join") : pathOf("home")));
}

export default function App({ children }: { children: ReactNode }) {
  useLaunch(() => void arrive());
  return children;
}
