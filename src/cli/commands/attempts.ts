import type { AdminClient, RequestOf } from "../admin-client.ts";
import type { AuditFacts } from "../explanation.ts";
import { usageError } from "../failure.ts";
import { checkId, parseInteger } from "../flags.ts";
import type { Printer } from "../output.ts";
import { renderRecord, showInstant, showList } from "../table.ts";
import { entryView, present, selectorText } from "../views.ts";

/** The flags that name a caller. */
export interface AttemptsFlags {
  readonly uid?: string;
  readonly address?: string;
  readonly instance?: string;
  readonly last?: string;
  readonly selector?: string[];
  readonly node?: string;
  readonly idTokenFile?: string;
}

type Request = RequestOf<"ExplainService", "ExplainAttempts">;

const MAX_UID = 4_294_967_295;
const MOST = 50;

/** What to ask of a caller's last attempts; undefined when the flags name no caller. Throws a usage error. */
export function attemptsOf(flags: AttemptsFlags): Request | undefined {
  const { uid, address, instance, last, selector = [], node, idTokenFile } = flags;
  const callers: Request[] = [
    ...(uid === undefined ? [] : [{ uid: parseInteger("--uid", uid, 0, MAX_UID) }]),
    ...(address === undefined ? [] : [{ address: checkId("--address", address) }]),
    ...(instance === undefined ? [] : [{ instance: checkId("--instance", instance) }]),
  ];
  const [caller] = callers;
  if (caller === undefined) {
    if (last !== undefined) throw usageError("--last goes with --uid, --address or --instance");
    return undefined;
  }
  const others = selector.length > 0 || node !== undefined || idTokenFile !== undefined;
  if (callers.length > 1 || others) {
    const message = "--uid, --address and --instance exclude each other and the other flags";
    throw usageError(message);
  }
  return { ...caller, ...(last !== undefined && { limit: parseInteger("--last", last, 1, MOST) }) };
}

/** Asks for a caller's last attempts and prints what refused each. */
export async function explainAttempts(
  server: AdminClient,
  printer: Printer,
  request: Request,
): Promise<void> {
  const answer = await server.call("ExplainService", "ExplainAttempts", request);
  const attempts = answer.attempts.map(({ record, rule, entries }) => {
    const facts = JSON.parse(record) as AuditFacts;
    return {
      at: facts.time,
      actor: facts.actor,
      remoteAddress: facts.details.remoteAddress ?? "",
      bot: facts.bot,
      instance: facts.instance,
      code: facts.code ?? "",
      rule,
      message: facts.details.message ?? "",
      attestor: facts.evidence?.attestor ?? "",
      selectors: facts.evidence?.selectors ?? [],
      record: facts.sequence,
      entries: entries.map((each) => ({
        entry: entryView(present("entry", each.entry)),
        matches: each.matches,
        missing: each.missing.map(selectorText),
        refusal: each.refusal === "" ? null : each.refusal,
      })),
    };
  });
  printer.result({ attempts }, () =>
    attempts.map((each) => renderRecord(linesOf(each))).join("\n"),
  );
  if (attempts.length === 0) printer.note("no refused attempt of this caller is on record");
}

interface AttemptView {
  readonly at: string;
  readonly actor: string;
  readonly remoteAddress: string;
  readonly bot: string | null;
  readonly code: string;
  readonly rule: string;
  readonly message: string;
  readonly attestor: string;
  readonly selectors: readonly string[];
  readonly record: number;
  readonly entries: readonly {
    readonly entry: { readonly id: string; readonly bot: string };
    readonly missing: readonly string[];
    readonly refusal: string | null;
  }[];
}

const MOST_NEAR = 5;

function linesOf(each: AttemptView): (readonly [string, string])[] {
  return [
    ["At", `${showInstant(each.at)} (record ${each.record})`],
    ["Caller", [each.actor, each.remoteAddress].filter((part) => part !== "").join(" from ")],
    ["Bot", each.bot ?? "-"],
    ["Refused by", `${each.rule} (${each.code})`],
    ["Why", each.message],
    ["Proven", `${each.attestor}: ${showList(each.selectors)}`],
    ...each.entries
      .slice(0, MOST_NEAR)
      .map(({ entry, missing, refusal }): readonly [string, string] => [
        "Near entry",
        `${entry.id} of ${entry.bot}: ${missing.length === 0 ? (refusal ?? "matches today") : `misses ${showList(missing)}`}`,
      ]),
  ];
}
