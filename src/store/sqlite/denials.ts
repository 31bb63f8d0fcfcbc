import type { DenialKind, DenialRecord } from "../records.ts";
import type { DenialSnapshot, RevokedSerialRecord } from "../store.ts";
import { feedSequence } from "./feed.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { ms } from "./values.ts";

const BY_VALUE = query((p: { kind: string; value: string }) =>
  db.selectFrom("denials").selectAll().where("kind", "=", p.kind).where("value", "=", p.value),
);
const VALID = query((p: { now: number }) =>
  db.selectFrom("denials").selectAll().where("expires_at", ">", p.now).orderBy("sequence"),
);
const PUT = query((p: Row<"denials">) =>
  db.replaceInto("denials").values({
    kind: p.kind,
    value: p.value,
    reason: p.reason,
    expires_at: p.expires_at,
    sequence: p.sequence,
  }),
);
const REMOVE = query((p: { kind: string; value: string }) =>
  db.deleteFrom("denials").where("kind", "=", p.kind).where("value", "=", p.value),
);

export function getDenial(
  session: ReadSession,
  kind: DenialKind,
  value: string,
): DenialRecord | undefined {
  const row = session.get(BY_VALUE, { kind, value });
  return row === undefined ? undefined : decode(row);
}

const COUNT = query((p: { now: number }) =>
  db
    .selectFrom("denials")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("expires_at", ">", p.now),
);

export function countDenials(session: ReadSession, now: Date): number {
  return session.get(COUNT, { now: ms(now) })?.count ?? 0;
}

export function denialSnapshot(session: ReadSession, now: Date): DenialSnapshot {
  return session.atOnce(() => ({
    sequence: feedSequence(session),
    denials: session.all(VALID, { now: ms(now) }).map(decode),
  }));
}

const REVOKED = query((p: { now: number }) =>
  db
    .selectFrom("denials")
    .innerJoin("issuances", "issuances.id", "denials.value")
    .leftJoin("changes", "changes.sequence", "denials.sequence")
    .select([
      "denials.value",
      "denials.expires_at",
      "issuances.authority_id",
      "issuances.not_before",
      "changes.at",
    ])
    .where("denials.kind", "=", "serial")
    .where("denials.expires_at", ">", p.now)
    .orderBy("denials.value"),
);

/** Changes are kept for longer than any X509-SVID lives; a clock that jumped may have pruned one, then the start of the SVID is said. */
export function revokedSerials(session: ReadSession, now: Date): readonly RevokedSerialRecord[] {
  return session.all(REVOKED, { now: ms(now) }).map((row) => ({
    serialHex: row.value,
    authorityId: row.authority_id,
    revokedAt: new Date(row.at ?? row.not_before),
    expiresAt: new Date(row.expires_at),
  }));
}

export function addDenials(
  session: WriteSession,
  denials: readonly Omit<DenialRecord, "sequence">[],
): readonly DenialRecord[] {
  return denials.map(({ kind, value, reason, expiresAt }) => {
    const earlier = session.get(BY_VALUE, { kind, value })?.expires_at ?? 0;
    const expiresAtMs = Math.max(earlier, ms(expiresAt));
    const change = { kind, value, reason, expiresAtMs };
    const sequence = session.change("denial", `${kind}:${value}`, change);
    session.run(PUT, { kind, value, reason, expires_at: expiresAtMs, sequence });
    return { kind, value, reason, expiresAt: new Date(expiresAtMs), sequence };
  });
}

export function liftDenial(session: WriteSession, kind: DenialKind, value: string): boolean {
  if (session.run(REMOVE, { kind, value }) === 0) return false;
  session.change("denial_lifted", `${kind}:${value}`, { kind, value });
  return true;
}

function decode(row: Row<"denials">): DenialRecord {
  return {
    kind: row.kind as DenialKind,
    value: row.value,
    reason: row.reason,
    expiresAt: new Date(row.expires_at),
    sequence: row.sequence,
  };
}
