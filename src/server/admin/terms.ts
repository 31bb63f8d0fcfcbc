import { NO_TERMS, termsOf } from "../../bots/index.ts";
import type { BotRecord, PassportContent, PassportTerms } from "../../store/index.ts";
import type {
  BotGovernance,
  PassportTerms__Output,
  PassportTerms as TermsMessage,
} from "../../wire/index.ts";
import { msOf } from "./fields.ts";

/** Terms of a request; absent: none were given. */
export function termsWish(message: PassportTerms__Output | null | undefined): {
  readonly terms?: PassportTerms;
  readonly personSaid: boolean;
} {
  if (message === null || message === undefined) return { personSaid: false };
  const personSaid = message._personAllowed !== undefined;
  return { terms: termsFrom(message), personSaid };
}

function termsFrom(message: PassportTerms__Output): PassportTerms {
  return {
    deputy: message.deputy === "" ? null : message.deputy,
    ticket: message.ticket,
    reviewEverySeconds: countOf(message.reviewEverySeconds),
    maxX509TtlSeconds: countOf(message.maxX509TtlSeconds),
    maxJwtTtlSeconds: countOf(message.maxJwtTtlSeconds),
    audiences: message.audiences,
    mayCall: message.mayCall,
    calledBy: message.calledBy,
    attestors: message.attestors,
    networks: message.networks,
    maxInstances: countOf(message.maxInstances),
    personAllowed: message.personAllowed ?? NO_TERMS.personAllowed,
  };
}

/** Terms as operators see them. */
export function termsMessage(terms: PassportTerms): TermsMessage {
  return {
    deputy: terms.deputy ?? "",
    ticket: terms.ticket,
    reviewEverySeconds: terms.reviewEverySeconds ?? 0,
    maxX509TtlSeconds: terms.maxX509TtlSeconds ?? 0,
    maxJwtTtlSeconds: terms.maxJwtTtlSeconds ?? 0,
    audiences: [...terms.audiences],
    mayCall: [...terms.mayCall],
    calledBy: [...terms.calledBy],
    attestors: [...terms.attestors],
    networks: [...terms.networks],
    maxInstances: terms.maxInstances ?? 0,
    personAllowed: terms.personAllowed,
  };
}

/** Approvals and reviews as operators see them; null: the environment has no policy. */
export function governanceMessage(bot: BotRecord): BotGovernance | null {
  const { governance } = bot;
  if (governance === undefined) return null;
  return {
    authors: [...governance.authors],
    approvedBy: governance.approvedBy ?? "",
    approvedAtMs: msOf(governance.approvedAt),
    reviewedBy: governance.reviewedBy ?? "",
    reviewedAtMs: msOf(governance.reviewedAt),
    ownerGoneAtMs: msOf(governance.ownerGoneAt),
    reviewDueMs: msOf(governance.warnAt),
    restrictAtMs: msOf(governance.restrictAt),
    suspendAtMs: msOf(governance.suspendAt),
    proposal: proposalMessage(bot),
  };
}

function proposalMessage(bot: BotRecord) {
  const proposal = bot.governance?.proposal ?? null;
  if (proposal === null) return null;
  const { owner, purpose, endsAt } = bot;
  const whole: PassportContent = { ...termsOf(bot), owner, purpose, endsAt, ...proposal.changes };
  return {
    owner: whole.owner,
    purpose: whole.purpose,
    endsAtMs: msOf(whole.endsAt),
    terms: termsMessage(whole),
    proposedAtMs: proposal.at.getTime(),
  };
}

/** What the audit says of terms: those that limit something. */
export function termsDetails(terms: PassportTerms | undefined): Record<string, string> {
  const details: Record<string, string> = {};
  for (const [name, value] of Object.entries(terms ?? {})) {
    const plain = NO_TERMS[name as keyof PassportTerms];
    if (JSON.stringify(value) === JSON.stringify(plain)) continue;
    details[name] = Array.isArray(value) ? value.join(" ") : String(value);
  }
  return details;
}

function countOf(value: number): number | null {
  return value === 0 ? null : value;
}
