import type { Command } from "commander";
import type { Selector } from "../spiffe/index.ts";
import { usageError } from "./failure.ts";
import {
  checkText,
  MAX_JWT_TTL_SECONDS,
  MAX_X509_TTL_SECONDS,
  parseSelectors,
  repeatable,
} from "./flags.ts";
import { parseFutureInstant, parseTtlSeconds } from "./time.ts";

/** As many selectors as an entry may have. */
export const MAX_ENTRY_SELECTORS = 32;
const MAX_LIST = 64;

/** The flags that describe an entry, as commander hands them over. */
export interface EntryFlags {
  readonly selector?: string[];
  readonly x509Ttl?: string;
  readonly jwtTtl?: string;
  readonly dnsName?: string[];
  readonly audience?: string[];
  readonly hint?: string;
  readonly node?: string[];
  readonly nodeSelector?: string[];
}

/** The parts of an entry that flags gave; absent ones were not given. */
export interface EntryParts {
  readonly selectors?: Selector[];
  readonly x509TtlSeconds?: number;
  readonly jwtTtlSeconds?: number;
  readonly dnsNames?: string[];
  readonly audiences?: string[];
  readonly hint?: string;
  readonly expiresAtMs?: number;
  readonly nodes?: string[];
  readonly nodeSelectors?: Selector[];
}

/** Adds the flags that describe an entry. */
export function addEntryFlags(command: Command, expires: string): Command {
  return command
    .addOption(repeatable("--selector <TYPE:VALUE>", "what the caller must prove; all of them"))
    .option("--x509-ttl <DURATION>", "lifetime of X509-SVIDs, at most 24h")
    .option("--jwt-ttl <DURATION>", "lifetime of JWT-SVIDs, at most 1h")
    .addOption(repeatable("--dns-name <NAME>", "DNS name in X509-SVIDs"))
    .addOption(repeatable("--audience <AUDIENCE>", "audience that JWT-SVIDs may be asked for"))
    .addOption(
      repeatable(
        "--node <NAME>",
        "node bot behind which a process may claim it; one of those given",
      ),
    )
    .addOption(
      repeatable("--node-selector <TYPE:VALUE>", "or behind any node that proved all of these"),
    )
    .option("--hint <TEXT>", "how a process with several identities tells this one")
    .option(`${expires} <WHEN>`, "date or duration after which the entry allows nothing");
}

/**
 * Checks the flags that describe an entry.
 * @throws CliFailure exit code 2, naming flag and value.
 */
export function entryParts(
  flags: EntryFlags,
  expires: { readonly flag: string; readonly text: string | undefined },
  now: Date,
): EntryParts {
  const { selector, x509Ttl, jwtTtl, dnsName, audience, hint, node, nodeSelector } = flags;
  return {
    ...(selector && { selectors: parseSelectors("--selector", selector, MAX_ENTRY_SELECTORS) }),
    ...(x509Ttl !== undefined && {
      x509TtlSeconds: parseTtlSeconds("--x509-ttl", x509Ttl, MAX_X509_TTL_SECONDS),
    }),
    ...(jwtTtl !== undefined && {
      jwtTtlSeconds: parseTtlSeconds("--jwt-ttl", jwtTtl, MAX_JWT_TTL_SECONDS),
    }),
    ...(dnsName && { dnsNames: checkList("--dns-name", dnsName, 253) }),
    ...(audience && { audiences: checkList("--audience", audience, 512) }),
    ...(hint !== undefined && { hint: checkText("--hint", hint, 1024) }),
    ...(node && { nodes: checkList("--node", node, 63) }),
    ...(nodeSelector && {
      nodeSelectors: parseSelectors("--node-selector", nodeSelector, MAX_ENTRY_SELECTORS),
    }),
    ...(expires.text !== undefined && {
      expiresAtMs: parseFutureInstant(expires.flag, expires.text, now).getTime(),
    }),
  };
}

/** Checks a repeated flag: at most 64 texts of at most `maxBytes`, each once. Throws a usage error. */
export function checkList(flag: string, values: readonly string[], maxBytes: number): string[] {
  if (values.length > MAX_LIST) {
    throw usageError(`${flag} is given ${values.length} times, not 1 to ${MAX_LIST}`);
  }
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw usageError(`${flag} ${JSON.stringify(twice)} is given twice`);
  return values.map((value) => checkText(flag, value, maxBytes));
}
