import Taro, { useDidShow, useRouter } from "@tarojs/taro";
import { type DependencyList, useCallback, useEffect, useRef, useState } from "react";
import { type Problem, problemOf } from "@/services/problem";
import * as session from "@/services/session";
import { pathOf } from "./routes";

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  isLoading: boolean;
  again(): void;
}

/** Loads when the page opens and whenever something named changes; the newest answer counts. */
export function useLoad<T>(load: () => Promise<T>, needs: DependencyList = [], isWanted = true): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, "again">>({ value: null, problem: null, isLoading: true });
  const turn = useRef(0);
  const again = useCallback(() => {
    if (!isWanted) return;
    const mine = (turn.current += 1);
    setState((before) => ({ ...before, problem: null, isLoading: true }));
    load()
      .then((value) => mine === turn.current && setState({ value, problem: null, isLoading: false }))
      .catch((cause) => {
        if (mine === turn.current) setState((before) => ({ ...before, problem: problemOf(cause), isLoading: false }));
      });
  }, [isWanted, ...needs]);
  useEffect(again, [again]);
  useEffect(() => () => void (turn.current += 1), []);
  return { ...state, isLoading: isWanted && state.isLoading, again };
}

/** Looks again when somebody comes back to the page: what they did elsewhere may have changed it. */
export function useAgain(again: () => void): void {
  const isFirst = useRef(true);
  useDidShow(() => {
    if (!isFirst.current) again();
    isFirst.current = false;
  });
}

export interface Work {
  isBusy: boolean;
  problem: Problem | null;
  run(): void;
  clear(): void;
}

/** Something a button does: not twice at a time, and a refusal is kept to be shown. */
export function useWork(work: () => Promise<void>): Work {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isRunning = useRef(false);
  const run = async () => {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (cause) {
      setProblem(problemOf(cause));
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  };
  return { isBusy, problem, run: () => void run(), clear: () => setProblem(null) };
}

/** Whether somebody is signed in; null until it is known. */
export function useSignedIn(): boolean | null {
  const [isIn, setIn] = useState<boolean | null>(null);
  useEffect(() => {
    const look = () => setIn(session.token() !== null);
    void session.ready().then(look);
    return session.listen(look);
  }, []);
  return isIn;
}

/** For pages of members: whoever is not signed in is led to the log-in, and back afterwards. */
export function useMember(): boolean {
  const isIn = useSignedIn();
  const wanted = useHere();
  useEffect(() => {
    if (isIn === false) void Taro.redirectTo({ url: pathOf("join", { back: wanted }) });
  }, [isIn]);
  return isIn === true;
}

export function useQuery(): Record<string, string> {
  const { params } = useRouter();
  return Object.fromEntries(
    Object.entries(params).filter(([name]) => !name.startsWith("$") && name !== "stamp").map(([name, value]) => [name, decoded(value ?? "")]),
  );
}

function useHere(): string {
  const { path } = useRouter();
  const query = Object.entries(useQuery()).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${path.split("?")[0]}${query.length ? `?${query.join("&")}` : ""}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
