import type { Revocation } from "../../bots/index.ts";
import type { RevokedInstance, RevokedSvid } from "../../wire/index.ts";
import type { AdminServices } from "./context.ts";

/** Most of each kind that an answer lists. */
const MOST_LISTED = 1000;

/** What would end, or has ended, as operators see it: the first of each kind. */
export function listed(
  { svids, instances, tokens }: Pick<Revocation, "svids" | "instances" | "tokens">,
  { registry }: Pick<AdminServices, "registry">,
): { svids: RevokedSvid[]; instances: RevokedInstance[]; tokens: string[] } {
  return {
    svids: svids.slice(0, MOST_LISTED).map((each) => ({
      id: each.id,
      kind: each.kind,
      bot: each.bot,
      spiffeId: each.spiffeId,
      instanceId: each.instanceId ?? "",
      notAfterMs: each.notAfter.getTime(),
    })),
    instances: instances.slice(0, MOST_LISTED).map(({ id, bot, attestor }) => ({
      id,
      bot,
      attestor,
      connected: registry.isConnected(id),
    })),
    tokens: tokens.slice(0, MOST_LISTED).map(({ id }) => id),
  };
}
