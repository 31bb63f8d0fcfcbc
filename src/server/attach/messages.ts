import { audienceRefusal, RESTRICTED_TTL_SECONDS, termsOf } from "../../bots/index.ts";
import type { Crl } from "../../ca/index.ts";
import { errorCodeOf, messageOf } from "../../errors.ts";
import type { Grant, IssuedJwtSvid, IssuedSvid, IssuedX509Svid } from "../../issuance/index.ts";
import type { Crls, Identity, IssueResult } from "../../wire/index.ts";

/** The lifetimes that are granted unless an entry says otherwise, in seconds. */
export interface GrantLifetimes {
  readonly x509DefaultSeconds: number;
  readonly x509MaxSeconds: number;
  readonly jwtDefaultSeconds: number;
  readonly jwtMaxSeconds: number;
}

/** An identity as its bot is told of it. */
export function identityMessage(grant: Grant, lifetimes: GrantLifetimes): Identity {
  const { bot, entry, instance } = grant;
  const terms = termsOf(bot);
  const { x509DefaultSeconds, x509MaxSeconds, jwtDefaultSeconds, jwtMaxSeconds } = lifetimes;
  return {
    instanceId: instance.id,
    bot: bot.name,
    spiffeId: bot.spiffeId,
    hint: entry.hint,
    x509TtlSeconds: Math.min(
      entry.x509TtlSeconds ?? x509DefaultSeconds,
      x509MaxSeconds,
      terms.maxX509TtlSeconds ?? Number.POSITIVE_INFINITY,
      bot.state === "restricted" ? RESTRICTED_TTL_SECONDS : Number.POSITIVE_INFINITY,
    ),
    jwtTtlSeconds: Math.min(
      entry.jwtTtlSeconds ?? jwtDefaultSeconds,
      jwtMaxSeconds,
      terms.maxJwtTtlSeconds ?? Number.POSITIVE_INFINITY,
      bot.state === "restricted" ? RESTRICTED_TTL_SECONDS : Number.POSITIVE_INFINITY,
    ),
    audiences: entry.audiences.filter((each) => audienceRefusal(bot, each) === undefined),
    dnsNames: [...entry.dnsNames],
    kind: bot.kind,
    lineageEndsAtMs: Math.min(
      instance.lineageEndsAt.getTime(),
      instance.evidenceExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
    ),
    resumable: instance.resumable,
  };
}

/** What an instance's bot is told when it has lost it. */
export function instanceStatusOf(error: unknown): { status: string; reason: string } {
  const reason = messageOf(error);
  switch (errorCodeOf(error)) {
    case "PASSPORT_REFUSED":
      return { status: "evicted", reason };
    case "BOT_SUSPENDED":
      return { status: "suspended", reason };
    case "BOT_RETIRED":
      return { status: "retired", reason };
    case "INSTANCE_EVICTED":
    case "ATTESTATION_REFUSED":
      return { status: "evicted", reason };
    case "INSTANCE_LOCKED":
      return { status: "locked", reason };
    default:
      return { status: "entry_removed", reason };
  }
}

/** An SVID as its bot receives it. */
export function svidMessage(svid: IssuedSvid): IssueResult {
  return svid.kind === "x509" ? { x509: x509Message(svid) } : { jwt: jwtMessage(svid) };
}

export function x509Message(svid: IssuedX509Svid) {
  return {
    spiffeId: svid.spiffeId.toString(),
    certificates: [...svid.certChainDer],
    serial: svid.serialHex,
    notBeforeMs: svid.notBefore.getTime(),
    notAfterMs: svid.notAfter.getTime(),
  };
}

export function jwtMessage(svid: IssuedJwtSvid) {
  return {
    spiffeId: svid.spiffeId.toString(),
    token: svid.token,
    jti: svid.jti,
    issuedAtMs: svid.issuedAt.getTime(),
    expiresAtMs: svid.expiresAt.getTime(),
  };
}

export function crlsMessage(crls: readonly Crl[]): Crls {
  return {
    crls: crls.map((each) => ({
      authorityId: each.authorityId,
      der: each.der,
      number: each.number,
      thisUpdateMs: each.thisUpdate.getTime(),
      nextUpdateMs: each.nextUpdate.getTime(),
      entries: each.entries,
    })),
  };
}
