import { formatDuration } from "../../duration.ts";
import type { Printer } from "../output.ts";
import { showInstant } from "../table.ts";
import type { BotView, GovernanceView, TermsView } from "../views.ts";

export function printBot(printer: Printer, bot: BotView): void {
  printer.record(bot, () => botFields(bot));
}

/** A bot for people, a line for each field; terms and approvals where there are any. */
export function botFields(bot: BotView): (readonly [string, string])[] {
  return [
    ["Name", bot.name],
    ["SPIFFE ID", bot.spiffeId],
    ["Kind", bot.kind],
    ["State", bot.state],
    ["Owner", bot.owner],
    ["Purpose", bot.purpose],
    ["Environment", bot.environment],
    ["Ends", showInstant(bot.endsAt)],
    ...(bot.terms === undefined ? [] : termsFields(bot.terms)),
    ...(bot.governance === undefined ? [] : governanceFields(bot.governance)),
    ["Created", showInstant(bot.createdAt)],
    ["Updated", showInstant(bot.updatedAt)],
    ["Revision", String(bot.revision)],
  ];
}

function termsFields(terms: TermsView): (readonly [string, string])[] {
  const seconds = (value: number | null): string => (value === null ? "" : formatDuration(value));
  const rows: readonly (readonly [string, string])[] = [
    ["Deputy", terms.deputy ?? ""],
    ["Ticket", terms.ticket],
    ["Review every", seconds(terms.reviewEverySeconds)],
    ["Longest X509-SVID", seconds(terms.maxX509TtlSeconds)],
    ["Longest JWT-SVID", seconds(terms.maxJwtTtlSeconds)],
    ["Audiences", terms.audiences.join(", ")],
    ["May call", terms.mayCall.join(", ")],
    ["Called by", terms.calledBy.join(", ")],
    ["Attestors", terms.attestors.join(", ")],
    ["Networks", terms.networks.join(", ")],
    ["Most instances", terms.maxInstances === null ? "" : String(terms.maxInstances)],
    ["Person", terms.personAllowed ? "" : "forbidden"],
  ];
  return rows.filter(([, value]) => value !== "");
}

function governanceFields(governance: GovernanceView): (readonly [string, string])[] {
  const { authors, approvedBy, approvedAt, reviewedBy, reviewedAt, proposal } = governance;
  const times: readonly (readonly [string, string | null])[] = [
    ["Owner gone since", governance.ownerGoneAt],
    ["Review due", governance.reviewDue],
    ["Restricted from", governance.restrictAt],
    ["Suspended from", governance.suspendAt],
  ];
  return [
    ...(authors.length === 0 ? [] : [["Waits, by", authors.join(", ")] as const]),
    ["Approved", approvedBy === null ? "no" : `${showInstant(approvedAt)} by ${approvedBy}`],
    ...(reviewedBy === null
      ? []
      : [["Reviewed", `${showInstant(reviewedAt)} by ${reviewedBy}`] as const]),
    ...times.flatMap(([name, at]) => (at === null ? [] : [[name, showInstant(at)] as const])),
    ...(proposal === null
      ? []
      : ([
          ["Proposed owner", proposal.owner],
          ["Proposed purpose", proposal.purpose],
          ["Proposed end", showInstant(proposal.endsAt)],
          ...termsFields(proposal.terms).map(
            ([name, value]) => [`Proposed ${name.toLowerCase()}`, value] as const,
          ),
        ] as const)),
  ];
}
