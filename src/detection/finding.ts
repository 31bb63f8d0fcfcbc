import type { Observation } from "./observation.ts";

export const DETECTORS = [
  "identity_in_two_places",
  "token_second_key",
  "instance_count",
  "source_network_changed",
  "person_behind_bot",
  "outside_peers",
  "issuance_rise",
  "refusal_burst",
  "passport_probing",
] as const;

export type DetectorName = (typeof DETECTORS)[number];

export type Severity = "low" | "medium" | "high" | "critical";

/** What a detector says. */
export interface Finding {
  readonly detector: DetectorName;
  readonly severity: Severity;
  readonly at: Date;
  readonly bot: string | null;
  readonly instance: string | null;
  /** What it is about: of findings of one detector with the same subject, one an hour is told. */
  readonly subject: string;
  /** One sentence for people. */
  readonly summary: string;
  /** Facts by name; never a secret. */
  readonly facts: Readonly<Record<string, string>>;
  /** Sequences of the audit records that it rests on; at most 20. */
  readonly evidence: readonly number[];
}

/** What passports and configuration say, as far as detectors ask. Asked for bots of what is observed, and no others. */
export interface Expectations {
  /** Most instances of the bot at once; undefined: any number. */
  instanceLimit(bot: string): number | undefined;
  /** Whether a person may be behind the bot. */
  personAllowed(bot: string): boolean;
  /** SPIFFE IDs that the bot may call, or all below one (`spiffe://…/*`), and since when that stands; undefined: whomever. */
  peersOf(bot: string): { readonly allowed: readonly string[]; readonly since: Date } | undefined;
}

/** Watches for one kind of misuse. Keeps what it needs in memory, bounded by the time that it looks back. */
export interface Detector {
  readonly name: DetectorName;
  /** What it looks at; absent: at everything. */
  readonly types?: readonly Observation["type"][];
  observe(observation: Observation): readonly Finding[];
}
