import {
  planRevocation,
  prepareRevocation,
  type Revocation,
  type RevocationTarget,
  revocationKindOf,
  revoke,
  validateText,
} from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import { formatSelector, parseSelector, parseSpiffeId } from "../../spiffe/index.ts";
import type { RevokeRequest__Output, RevokeResponse } from "../../wire/index.ts";
import { type AdminCall, type AdminServices, changeState, type OperatorEvent } from "./context.ts";
import { instantOf, requiredOf } from "./fields.ts";
import { listed } from "./what-lives.ts";

/** The methods of RevocationService. */
export function revocationMethods(services: AdminServices) {
  return {
    async revoke(request: RevokeRequest__Output, call: AdminCall): Promise<RevokeResponse> {
      const target = targetOf(request);
      const reason = validateText("reason", request.reason, 1024);
      if (request.dryRun) {
        const plan = await planRevocation(services.store, target, services.clock.now());
        return responseOf(services, plan);
      }
      const planned = await prepareRevocation(services.store, target);
      return changeState(services, call, async (tx, now) => {
        const plan = await planned(tx, now);
        await revoke(tx, plan, now);
        return {
          result: responseOf(services, plan),
          events: eventsOf(plan, { reason, by: revocationKindOf(target) }),
        };
      });
    },
  };
}

function targetOf(request: RevokeRequest__Output): RevocationTarget {
  switch (request.target) {
    case "serial":
      return { serial: requiredOf("serial", request.serial ?? "").toLowerCase() };
    case "jti":
      return { jti: requiredOf("jti", request.jti ?? "") };
    case "jwtsOf": {
      const { spiffeId = "", issuedBeforeMs = 0 } = request.jwtsOf ?? {};
      const issuedBefore = instantOf("jwts_of.issued_before_ms", issuedBeforeMs);
      if (issuedBefore === null) {
        throw new IssuerError("REQUEST_INVALID", "jwts_of.issued_before_ms is required");
      }
      return { jwtsOf: { spiffeId: parseSpiffeId(spiffeId).toString(), issuedBefore } };
    }
    case "instance":
      return { instance: requiredOf("instance", request.instance ?? "") };
    case "bot":
      return { bot: requiredOf("bot", request.bot ?? "") };
    case "token":
      return { token: requiredOf("token", request.token ?? "") };
    case "node":
      return { node: requiredOf("node", request.node ?? "") };
    case "selector": {
      const { type = "", value = "" } = request.selector ?? {};
      return { selector: parseSelector(formatSelector({ type, value })) };
    }
    case "authority":
      return { authority: requiredOf("authority", request.authority ?? "") };
    default:
      throw new IssuerError("REQUEST_INVALID", "target is required: what is to be revoked");
  }
}

function responseOf(services: AdminServices, plan: Revocation): RevokeResponse {
  const x509Count = plan.svids.filter(({ kind }) => kind === "x509").length;
  return {
    ...listed(plan, services),
    x509Count,
    jwtCount: plan.svids.length - x509Count,
    instanceCount: plan.instances.length,
    tokenCount: plan.tokens.length,
    suspendedBot: plan.bot?.name ?? "",
  };
}

function eventsOf(
  { bot, svids, instances, tokens }: Revocation,
  details: Readonly<Record<string, string>>,
): OperatorEvent[] {
  return [
    ...(bot === undefined
      ? []
      : [{ type: "bot.suspended" as const, bot: bot.name, details: { ...details } }]),
    ...instances.map((each) => ({
      type: "instance.evicted" as const,
      bot: each.bot,
      instance: each.id,
      entry: each.entryId,
      details: { ...details, evidence: each.evidenceKey },
    })),
    ...tokens.map((each) => ({
      type: "token.revoked" as const,
      bot: each.bot,
      details: { ...details, token: each.id },
    })),
    ...svids.map((each) => ({
      type: "svid.revoked" as const,
      bot: each.bot,
      serial: each.id,
      instance: each.instanceId,
      entry: each.entryId,
      details: { ...details, kind: each.kind, expiresAt: each.notAfter.toISOString() },
    })),
  ];
}
