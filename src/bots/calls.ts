import type { BotRecord, StoreReader } from "../store/index.ts";
import { namedBots, peerPattern, termsOf } from "./terms.ts";

/** What passports name a bot by: its name, its SPIFFE ID, and each `spiffe://…/*` that it is below. */
export function callTargets({
  name,
  spiffeId,
}: Pick<BotRecord, "name" | "spiffeId">): readonly string[] {
  const targets = [name, spiffeId];
  const domainEnd = spiffeId.indexOf("/", "spiffe://".length);
  for (let at = spiffeId.lastIndexOf("/"); at >= domainEnd && at > 0; ) {
    targets.push(`${spiffeId.slice(0, at)}/*`);
    at = spiffeId.lastIndexOf("/", at - 1);
  }
  return targets;
}

/** Whether the bot's passport says that it may call whoever is named by one of `targets`. */
export function mayCall(bot: BotRecord, targets: ReadonlySet<string>): boolean {
  return bot.state !== "retired" && termsOf(bot).mayCall.some((each) => targets.has(each));
}

/** A passport's word on calls, by SPIFFE IDs and `spiffe://…/*`. */
export interface Calls {
  readonly mayCall: readonly string[];
  readonly calledBy: readonly string[];
  /** Bots that are named and not there, so far. */
  readonly unknown: readonly string[];
}

/** What the passport says of calls. */
export async function callsOf(store: Pick<StoreReader, "getBot">, bot: BotRecord): Promise<Calls> {
  const { mayCall, calledBy } = termsOf(bot);
  const ids = new Map<string, string>();
  const unknown: string[] = [];
  for (const name of new Set(namedBots([...mayCall, ...calledBy]))) {
    const named = await store.getBot(name);
    if (named === undefined) unknown.push(name);
    else ids.set(name, named.spiffeId);
  }
  const resolved = (patterns: readonly string[]): string[] =>
    patterns.flatMap((each) => peerPattern(each, (name) => ids.get(name)) ?? []);
  return { mayCall: resolved(mayCall), calledBy: resolved(calledBy), unknown };
}
