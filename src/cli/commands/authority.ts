import type { Command } from "commander";
import type { RequestOf, ResponseOf } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { addGroup, checkChoice, checkId, checkText, example } from "../flags.ts";
import { type Column, showInstant } from "../table.ts";
import { parseDuration } from "../time.ts";
import { type AuthorityView, authorityView, present } from "../views.ts";

type Method = "PrepareAuthority" | "ActivateAuthority" | "TaintAuthority" | "RevokeAuthority";
type Request = RequestOf<"AuthorityService", Method>;
type Response = ResponseOf<"AuthorityService", Method>;

const KINDS = ["x509", "jwt"] as const;
const DAY_MS = 86_400_000;
const MAX_TAINT_LEAD_MS = 600_000;
const ANSWER_MS = 30_000;

const COLUMNS: readonly Column<AuthorityView>[] = [
  { heading: "ID", cell: (authority) => authority.id },
  { heading: "KIND", cell: (authority) => authority.kind },
  { heading: "STATE", cell: (authority) => authority.state },
  { heading: "KEY", cell: (authority) => authority.keyType },
  { heading: "NOT BEFORE", cell: (authority) => showInstant(authority.notBefore) },
  { heading: "NOT AFTER", cell: (authority) => showInstant(authority.notAfter) },
  { heading: "LIVE SVIDS", cell: (authority) => String(authority.liveSvids) },
  { heading: "USED BY", cell: usersOf },
  { heading: "FINGERPRINT", cell: (authority) => authority.keyFingerprint },
];

interface Flags {
  readonly kind: string;
  readonly reason?: string;
  readonly lead?: string;
  readonly spread?: string;
}

/** `botpass authority …`: the trust domain's signing keys. */
export function addAuthorityCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "authority", "authorities: the trust domain's signing keys");
  const command = group
    .command("list")
    .description("list authorities: prepared, active, old, tainted, and who still uses them")
    .action(async (_flags: object, self: Command) => {
      const printer = printerOf(context, self);
      await withServer(context, self, async (server) => {
        const answer = await server.call("AuthorityService", "ListAuthorities", {});
        printer.list("authorities", answer.authorities.map(authorityView), COLUMNS);
      });
    });
  example(command, "botpass authority list");

  const prepare = group
    .command("prepare")
    .description("make the next authority and publish it; it signs nothing yet");
  common(prepare).action((flags: Flags, self: Command) =>
    change(context, self, "PrepareAuthority", requestOf(undefined, flags)),
  );
  example(prepare, "botpass authority prepare --kind jwt");

  const activate = group
    .command("activate [ID]")
    .description("have the prepared authority sign from now on");
  common(activate)
    .option(
      "--lead <DURATION>",
      "how long it must have been published (default: bundle_refresh_hint)",
    )
    .action((id: string | undefined, flags: Flags, self: Command) => {
      const leadMs = duration("--lead", flags.lead, DAY_MS);
      const request = { ...requestOf(id, flags), ...(leadMs === undefined ? {} : { leadMs }) };
      return change(context, self, "ActivateAuthority", request);
    });
  example(activate, "botpass authority activate", "botpass authority activate --lead 0s");

  const taint = group
    .command("taint [ID]")
    .description("have the authority sign nothing more, and all bots replace what it signed");
  common(taint)
    .option("--spread <DURATION>", "over how long the renewals are spread (default: 10s)")
    .option(
      "--lead <DURATION>",
      "how long its successor must have been published before it signs (default: 5s)",
    )
    .action((id: string | undefined, flags: Flags, self: Command) => {
      const leadMs = duration("--lead", flags.lead, MAX_TAINT_LEAD_MS);
      const spreadMs = duration("--spread", flags.spread, DAY_MS);
      const request = {
        ...requestOf(id, flags),
        ...(leadMs === undefined ? {} : { leadMs }),
        ...(spreadMs === undefined ? {} : { spreadMs }),
      };
      return change(context, self, "TaintAuthority", request, leadMs ?? 0);
    });
  example(taint, 'botpass authority taint --kind x509 --spread 1m --reason "key in a backup"');

  const revoke = group
    .command("revoke [ID]")
    .description("take a tainted authority out of the bundles: what it signed ends everywhere");
  common(revoke).action((id: string | undefined, flags: Flags, self: Command) =>
    change(context, self, "RevokeAuthority", requestOf(id, flags)),
  );
  example(revoke, 'botpass authority revoke --kind x509 --reason "key in a backup"');
}

function common(command: Command): Command {
  return command
    .option("--kind <KIND>", "x509 or jwt", "x509")
    .option("--reason <TEXT>", "why, for the audit");
}

function requestOf(id: string | undefined, { kind, reason }: Flags): Request {
  return {
    kind: checkChoice("--kind", kind, KINDS),
    ...(id === undefined ? {} : { id: checkId("ID", id) }),
    ...(reason === undefined ? {} : { reason: checkText("--reason", reason, 1024) }),
  };
}

/** Milliseconds; undefined without the flag. */
function duration(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  return parseDuration(flag, text, 0, most / 1000) * 1000;
}

async function change(
  context: CliContext,
  self: Command,
  method: Method,
  request: Request,
  leadMs = 0,
): Promise<void> {
  const printer = printerOf(context, self);
  await withServer(context, self, async (server) => {
    const timeoutMs = ANSWER_MS + leadMs;
    const answer = await server.call("AuthorityService", method, request, { timeoutMs });
    const view = viewOf(answer);
    printer.record(view, () => [
      ["ID", view.authority.id],
      ["Kind", view.authority.kind],
      ["State", method === "RevokeAuthority" ? "revoked" : view.authority.state],
      ["Live SVIDs", String(view.authority.liveSvids)],
      ["Used by", usersOf(view.authority)],
      ["Signs now", view.active?.id ?? "-"],
      ["Stranded tokens", String(view.strandedTokens)],
    ]);
  });
}

function viewOf({ authority, active, strandedTokens }: Response) {
  return {
    authority: authorityView(present("authority", authority)),
    active: active === null || active === undefined ? null : authorityView(active),
    strandedTokens,
  };
}

function usersOf({ kind, instances, connected }: AuthorityView): string {
  return kind === "jwt" ? "-" : `${instances} (${connected} connected)`;
}
