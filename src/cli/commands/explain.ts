import type { Command } from "commander";
import { parseSpiffeId } from "../../spiffe/index.ts";
import type { AdminClient, RequestOf } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import type { Deed, ExplanationView } from "../explanation.ts";
import { usageError } from "../failure.ts";
import { checkId, example, parseSerial, rephrased } from "../flags.ts";
import { logKeyOf } from "../log-flags.ts";
import { type Column, renderRecord, renderTable, showInstant, showList } from "../table.ts";
import { parseInstant } from "../time.ts";

interface ExplainFlags {
  readonly serial?: string;
  readonly jti?: string;
  readonly instance?: string;
  readonly spiffeId?: string;
  readonly at?: string;
  readonly key?: string;
}

type Received = ExplanationView["received"][number];

const RECEIVED: readonly Column<Received>[] = [
  { heading: "ISSUED", cell: (svid) => showInstant(svid.issuedAt) },
  { heading: "KIND", cell: (svid) => svid.kind },
  { heading: "SERIAL OR JTI", cell: (svid) => svid.id },
  { heading: "AUDIENCE", cell: (svid) => showList(svid.audience) },
  { heading: "BY", cell: (svid) => (svid.instance === "" ? "minting" : "instance") },
  { heading: "STATE", cell: (svid) => svid.state },
];

const MOST_SHOWN = 20;

/** `botpass explain`: who this was, and why it was let in, by records that are proven to be in the log. */
export function addExplainCommand(program: Command, context: CliContext): void {
  const command = program
    .command("explain")
    .description(
      "who this was and why it was let in, proven by the log; one of the first four flags says who",
    )
    .option("--serial <HEX>", "the X509-SVID with this serial number")
    .option("--jti <ID>", "the JWT-SVID with this JWT ID")
    .option("--instance <ID>", "this instance")
    .option("--spiffe-id <SPIFFE_ID>", "whoever had this SPIFFE ID")
    .option("--at <WHEN>", "at that date, or so long ago (default: when it was issued, else now)")
    .option(
      "--key <KEY>",
      "the log's key, as `audit key` prints it (default: the one that the server names)",
    )
    .action(async (flags: ExplainFlags, self: Command) => {
      const printer = printerOf(context, self);
      const request = requestOf(flags, context.clock.now());
      const { key } = flags;
      const verifier = key === undefined ? undefined : await logKeyOf(key);
      const { explanationOf, provenBy } = await import("../explanation.ts");
      await withServer(context, self, async (server) => {
        const answer = await server.call("ExplainService", "ExplainIdentity", request);
        const others = verifier !== undefined && verifier.text !== answer.verifier;
        const handovers = others ? await handoversFrom(server) : [];
        const view = explanationOf(answer, request, verifier, handovers);
        printer.result(view, () => textOf(view, provenBy(view)));
        for (const gap of view.gaps) printer.note(`note: ${gap}`);
      });
    });
  example(
    command,
    "botpass explain --serial 4d5e6f708192a3b4c5d6e7f8091a2b3c",
    "botpass explain --spiffe-id spiffe://example.org/bot/prod/invoice-poster --at 2030-01-31T08:00:00Z",
  );
}

/** How the log's key has changed: who named a former key is led to the present one, or refused. */
async function handoversFrom(server: AdminClient): Promise<readonly string[]> {
  const { handovers } = await server.call("KeyService", "ListLogKeys", {});
  return handovers.map(({ note }) => note);
}

/** @throws a usage error unless exactly one subject is named. */
function requestOf(flags: ExplainFlags, now: Date): RequestOf<"ExplainService", "ExplainIdentity"> {
  const { serial, jti, instance, spiffeId, at } = flags;
  const subjects = [
    ...(serial === undefined ? [] : [{ serial: parseSerial("--serial", serial) }]),
    ...(jti === undefined ? [] : [{ jti: checkId("--jti", jti) }]),
    ...(instance === undefined ? [] : [{ instance: checkId("--instance", instance) }]),
    ...(spiffeId === undefined
      ? []
      : [
          {
            spiffeId: rephrased(
              "--spiffe-id",
              spiffeId,
              () => parseSpiffeId(spiffeId).toString(),
              "a SPIFFE ID is like spiffe://example.org/bot/prod/a",
            ),
          },
        ]),
  ];
  const [subject] = subjects;
  if (subject === undefined || subjects.length > 1) {
    const message = `${subjects.length} subjects are named, not one of --serial, --jti, --instance, --spiffe-id`;
    throw usageError(message);
  }
  const instantOf = at === undefined ? undefined : parseInstant("--at", at, "before", now);
  return { ...subject, ...(instantOf && { atMs: instantOf.getTime() }) };
}

type Line = readonly [string, string];

function textOf(view: ExplanationView, proof: string): string {
  const fields = view.passport?.fields ?? {};
  const { spiffeId, kind, owner, purpose, environment, ...more } = fields;
  const lines: Line[] = [
    ["At", showInstant(view.at)],
    ["Who", spiffeId ?? view.svid?.spiffeId ?? "-"],
    ["Bot", [view.bot, kind, environment].filter(Boolean).join(", ")],
    ["Owner", owner ?? view.svid?.owner ?? "-"],
    ["Purpose", purpose ?? "-"],
    ...Object.entries(more).map(([name, value]): Line => [`Passport ${name}`, value || "-"]),
    ["State then", view.stateThen],
    ["Registered", showDeed(view.registered)],
    ["Passport changed", showDeed(view.passportChanged)],
    ...listed("Approved", view.approvals.filter(({ entry }) => entry === null).map(showApproval)),
    ...svidLines(view),
    ...view.instances.flatMap(instanceLines),
    ...view.tokens.map(({ id, made }): Line => ["Join token", `${id} made ${showDeed(made)}`]),
    ...view.entries.flatMap(entryLines),
    ...listed(
      "Since then",
      view.since.map(
        (each) => `${each.type} ${showDeed(each)}${each.reason ? `: ${each.reason}` : ""}`,
      ),
    ),
    ["Today", todayOf(view)],
    ["Proof", proof],
  ];
  if (view.received.length === 0) return renderRecord(lines);
  const shown = view.received.slice(0, MOST_SHOWN);
  const heading = `\nGiven out besides: ${view.receivedCount}${shown.length < view.receivedCount ? `; these ${shown.length} among them` : ""}:\n`;
  return renderRecord(lines) + heading + renderTable(RECEIVED, shown);
}

function svidLines({ svid }: ExplanationView): Line[] {
  if (svid === null) return [];
  const kind = svid.kind === "jwt" ? "JWT-SVID" : "X509-SVID";
  return [
    [kind, svid.id],
    ["Issued", `${showInstant(svid.issuedAt)} to ${svid.askedBy} (record ${svid.record})`],
    ["Valid until", `${showInstant(svid.notAfter)}, limited by ${svid.limitedBy}`],
    ...(svid.audience.length === 0 ? [] : [["Audience", showList(svid.audience)] as const]),
  ];
}

function instanceLines(each: ExplanationView["instances"][number]): Line[] {
  const { evidence } = each;
  const where = [
    each.pid === null ? "" : `process ${each.pid} of this machine, ${each.actor}`,
    each.remoteAddress === null ? "" : `from ${each.remoteAddress}`,
    each.node === null ? "" : `behind node ${each.node} (instance ${each.nodeInstance})`,
  ].filter((part) => part !== "");
  return [
    ["Instance", `${each.id} since ${showInstant(each.createdAt)} (record ${each.record})`],
    ["Process", where.join(", ") || "-"],
    ["Evidence", `${evidence?.attestor}: ${showList(evidence?.selectors ?? [])}`],
    ...(each.keySha256 === null ? [] : [["Proven by key", each.keySha256] as const]),
  ];
}

function entryLines({
  id,
  content,
  made,
  changed,
  approved,
}: ExplanationView["entries"][number]): Line[] {
  return [
    ["Let in by entry", id],
    ["Entry asks for", content.selectors ?? "not recorded"],
    ...(content.audiences ? [["Entry audiences", content.audiences] as const] : []),
    ["Entry written", showDeed(made)],
    ...(changed === null ? [] : [["Entry changed", showDeed(changed)] as const]),
    ...(approved === null ? [] : [["Entry approved", showApproval(approved)] as const]),
  ];
}

function todayOf({ today, svid }: ExplanationView): string {
  return [
    ...(today.bot === null ? [] : [`bot ${today.bot.state}, owned by ${today.bot.owner}`]),
    ...today.instances.map(
      ({ state, connected }) => `instance ${state}${connected ? ", connected" : ""}`,
    ),
    ...(today.svid === null || svid === null
      ? []
      : [`SVID ${today.svid}${today.denial === null ? "" : ` (${today.denial})`}`]),
  ].join("; ");
}

function listed(name: string, texts: readonly string[]): Line[] {
  return texts.map((text) => [name, text]);
}

function showApproval(approval: ExplanationView["approvals"][number]): string {
  const { authors } = approval;
  return `${showDeed(approval)}${authors.length === 0 ? "" : `, written by ${authors.join(", ")}`}`;
}

function showDeed(deed: Deed | null): string {
  if (deed === null) return "-";
  const from = deed.from === null ? "" : ` (${deed.from})`;
  return `by ${deed.by}${from} at ${showInstant(deed.at)} (record ${deed.record})`;
}
