import type { Command } from "commander";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { usageError } from "../failure.ts";
import { checkChoice, checkText, example } from "../flags.ts";
import { type Column, showInstant } from "../table.ts";
import { parseDuration } from "../time.ts";
import { instant } from "../views.ts";

const KINDS = ["x509", "jwt", "svid", "log"] as const;
const MAX_LEAD_SECONDS = 600;
/** What the call takes beside waiting for the authorities to be known. */
const ANSWER_MS = 60_000;

interface Flags {
  readonly only?: string;
  readonly dryRun?: true;
  readonly lead?: string;
  readonly reason?: string;
}

interface KeyView {
  readonly kind: string;
  readonly before: string;
  /** null: nothing was replaced. */
  readonly after: string | null;
  readonly beforeUntil: string | null;
  readonly strandedTokens: number;
}

const COLUMNS: readonly Column<KeyView>[] = [
  { heading: "KEY", cell: ({ kind }) => kind },
  { heading: "BEFORE", cell: ({ before }) => before || "-" },
  { heading: "NOW", cell: ({ after }) => after ?? "(dry run)" },
  {
    heading: "OLD ONE TRUSTED UNTIL",
    cell: ({ beforeUntil }) => (beforeUntil === null ? "-" : showInstant(beforeUntil)),
  },
];

/** `botpass server rotate-keys`: new keys for a server that goes on serving. */
export function addRotateKeys(group: Command, context: CliContext): void {
  const command = group
    .command("rotate-keys")
    .description("replace the server's keys while it serves: authorities, its own SVID, the log's")
    .option("--only <KINDS>", "of x509, jwt, svid, log, comma-separated (default: all)")
    .option(
      "--lead <DURATION>",
      "how long new authorities are published before they sign, at most 10m (default: bundle_refresh_hint)",
    )
    .option("--reason <TEXT>", "why, for the audit")
    .option("--dry-run", "print which keys these are, and replace none")
    .action(async (flags: Flags, self: Command) => {
      const printer = printerOf(context, self);
      const only = kindsOf(flags.only);
      const leadMs =
        flags.lead === undefined
          ? undefined
          : parseDuration("--lead", flags.lead, 0, MAX_LEAD_SECONDS) * 1000;
      const request = {
        only,
        dryRun: flags.dryRun === true,
        ...(leadMs === undefined ? {} : { leadMs }),
        ...(flags.reason === undefined
          ? {}
          : { reason: checkText("--reason", flags.reason, 1024) }),
      };
      const waits = only.length === 0 || only.includes("x509") || only.includes("jwt");
      if (waits && flags.dryRun !== true && leadMs === undefined) {
        printer.note("new authorities sign when they have been published for bundle_refresh_hint");
      }
      await withServer(context, self, async (server) => {
        const timeoutMs = ANSWER_MS + (leadMs ?? MAX_LEAD_SECONDS * 1000);
        const { keys } = await server.call("KeyService", "RotateKeys", request, { timeoutMs });
        const views = keys.map(
          (each): KeyView => ({
            kind: each.kind,
            before: each.before,
            after: each.after === "" ? null : each.after,
            beforeUntil: each.beforeUntilMs === 0 ? null : instant(each.beforeUntilMs),
            strandedTokens: each.strandedTokens,
          }),
        );
        printer.list("keys", views, COLUMNS);
        for (const { strandedTokens, beforeUntil } of views) {
          if (strandedTokens === 0) continue;
          const message = `${strandedTokens} unused join tokens know the server only until ${showInstant(beforeUntil ?? "")}: make others`;
          printer.note(message);
        }
      });
    });
  example(
    command,
    "botpass server rotate-keys",
    'botpass server rotate-keys --only log --reason "disk replaced"',
  );
}

function kindsOf(text: string | undefined): string[] {
  if (text === undefined) return [];
  const kinds = text.split(",").map((each) => checkChoice("--only", each.trim(), KINDS));
  const twice = kinds.find((each, place) => kinds.indexOf(each) !== place);
  if (twice !== undefined) throw usageError(`--only "${text}" names ${twice} twice`);
  return kinds;
}
