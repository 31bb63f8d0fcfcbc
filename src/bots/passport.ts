import { IssuerError } from "../errors.ts";
import { parseSpiffeId, spiffeIdFromPath, type TrustDomain } from "../spiffe/index.ts";
import type { BotKind, BotRecord, New, PassportTerms } from "../store/index.ts";
import {
  approvalRefusal,
  endRefusal,
  overdueRefusal,
  restrictionLimits,
  retirementRefusal,
  suspensionLimits,
  suspensionRefusal,
  termLimits,
} from "./guards.ts";
import { checkedTerms, contentOf, withContent } from "./terms.ts";
import { validateText } from "./text.ts";

export const BOT_KINDS: readonly BotKind[] = ["bot", "service", "node"];

/** Paths under this one are the issuer's own. */
export const RESERVED_PATH = "/botpass";

/** Paths under this one are those of people. */
export const OPERATOR_PATH = "/operator";

/** What an operator says of a new bot. */
export interface BotRegistration {
  /** `[a-z0-9-]+`, 1 to 63 bytes. */
  readonly name: string;
  /** Default `bot`. */
  readonly kind?: string;
  /** 1 to 256 bytes. */
  readonly owner: string;
  /** 1 to 1,024 bytes. */
  readonly purpose: string;
  /** `[a-z0-9-]+`, 1 to 63 bytes; default `default`. */
  readonly environment?: string;
  /** In the future. */
  readonly endsAt?: Date;
  /** Default `/bot/<environment>/<name>`. */
  readonly path?: string;
  /** Default: nothing is limited. */
  readonly terms?: PassportTerms;
}

const LABEL = /^[a-z0-9-]{1,63}$/;

/**
 * Builds the passport of a new bot.
 * @throws IssuerError REQUEST_INVALID, SPIFFE_ID_INVALID naming field and value.
 */
export function newBot(
  registration: BotRegistration,
  trustDomain: TrustDomain,
  now: Date,
): New<BotRecord> {
  const environment = registration.environment ?? "default";
  validateLabel("name", registration.name);
  validateLabel("environment", environment);
  const path = registration.path ?? `/bot/${environment}/${registration.name}`;
  const passport: New<BotRecord> = {
    name: registration.name,
    kind: parseKind(registration.kind ?? "bot"),
    owner: validateText("owner", registration.owner, 256),
    purpose: validateText("purpose", registration.purpose, 1024),
    environment,
    endsAt: registration.endsAt === undefined ? null : validateEnd(registration.endsAt, now),
    state: "active",
    spiffeId: botSpiffeId(trustDomain, path),
    createdAt: now,
    updatedAt: now,
  };
  if (registration.terms === undefined) return passport;
  const { owner, purpose, endsAt } = passport;
  return withContent(passport, { ...checkedTerms(registration.terms), owner, purpose, endsAt });
}

/** What an operator may change of a passport. Absent: unchanged. */
export interface PassportChange {
  readonly owner?: string;
  readonly purpose?: string;
  /** null removes the end date. */
  readonly endsAt?: Date | null;
  /** All of them; what they leave out is filled in as for a new passport. */
  readonly terms?: PassportTerms;
  /** Whether `terms.personAllowed` was said; default: no. */
  readonly personSaid?: boolean;
}

/**
 * The passport with the change; SPIFFE ID, kind and environment stay for life.
 * @throws IssuerError REQUEST_INVALID; WRONG_STATE for a retired bot.
 */
export function changePassport(bot: BotRecord, change: PassportChange, now: Date): BotRecord {
  if (bot.state === "retired") {
    throw new IssuerError("WRONG_STATE", `bot ${bot.name} is retired and changes no more`);
  }
  const terms = change.terms === undefined ? contentOf(bot) : checkedTerms(change.terms);
  return withContent(
    { ...bot, updatedAt: now },
    {
      ...terms,
      owner: change.owner === undefined ? bot.owner : validateText("owner", change.owner, 256),
      purpose:
        change.purpose === undefined ? bot.purpose : validateText("purpose", change.purpose, 1024),
      endsAt:
        change.endsAt === undefined || change.endsAt === null
          ? change.endsAt === null
            ? null
            : bot.endsAt
          : validateEnd(change.endsAt, now),
    },
  );
}

/** Why the passport refuses issuance at `now`; undefined when it allows it. */
export function passportRefusal(bot: BotRecord, now: Date): IssuerError | undefined {
  return (
    retirementRefusal(bot) ??
    endRefusal(bot, now) ??
    approvalRefusal(bot) ??
    suspensionRefusal(bot) ??
    overdueRefusal(bot, now)
  );
}

/** What of the passport an SVID must not outlive, beside the end date. */
export function passportLimits(bot: BotRecord, kind: "x509" | "jwt", now: Date) {
  return [...termLimits(bot, kind, now), ...restrictionLimits(bot, now), ...suspensionLimits(bot)];
}

function botSpiffeId(trustDomain: TrustDomain, path: string): string {
  const id = spiffeIdFromPath(trustDomain, path);
  if (id.path === "") {
    throw new IssuerError("SPIFFE_ID_INVALID", "path is empty: a bot's SPIFFE ID has a path");
  }
  if (isUnder(OPERATOR_PATH, id.path)) {
    const message = `path ${path} is reserved: ${OPERATOR_PATH}/ is for people, see operator invite`;
    throw new IssuerError("SPIFFE_ID_INVALID", message);
  }
  if (isUnder(RESERVED_PATH, id.path)) {
    const message = `path ${path} is reserved: ${RESERVED_PATH}/ is the issuer's own`;
    throw new IssuerError("SPIFFE_ID_INVALID", message);
  }
  return parseSpiffeId(id.toString()).toString();
}

function isUnder(parent: string, path: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

function parseKind(kind: string): BotKind {
  const known = BOT_KINDS.find((each) => each === kind);
  if (known === undefined) {
    const message = `kind ${JSON.stringify(kind)} is not one of ${BOT_KINDS.join(", ")}`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  return known;
}

function validateLabel(field: string, value: string): void {
  if (LABEL.test(value)) return;
  const shown = JSON.stringify(value.slice(0, 80));
  const message = `${field} ${shown} is not 1 to 63 of the characters a-z, 0-9 and -`;
  throw new IssuerError("REQUEST_INVALID", message);
}

function validateEnd(endsAt: Date, now: Date): Date {
  if (Number.isNaN(endsAt.getTime())) {
    throw new IssuerError("REQUEST_INVALID", "end date is not a date");
  }
  if (endsAt <= now) {
    const message = `end date ${endsAt.toISOString()} is not in the future`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  return endsAt;
}
