import { IssuerError } from "../../errors.ts";
import type { AuthorityRecord, AuthorityState } from "../records.ts";
import type { New } from "../store.ts";
import { isDuplicate } from "./failure.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { ms } from "./values.ts";

const BY_ID = query((p: { id: string }) =>
  db.selectFrom("authorities").selectAll().where("id", "=", p.id),
);
const ALL = query((_: Record<never, never>) =>
  db
    .selectFrom("authorities")
    .selectAll()
    .orderBy("kind", "desc")
    .orderBy("activate_at")
    .orderBy("id"),
);
type AuthorityRow = Omit<Row<"authorities">, "issued_until">;

const INSERT = query((p: AuthorityRow) =>
  db.insertInto("authorities").values({
    id: p.id,
    kind: p.kind,
    state: p.state,
    key_type: p.key_type,
    certificate_der: p.certificate_der,
    public_key_der: p.public_key_der,
    key_ref: p.key_ref,
    not_before: p.not_before,
    not_after: p.not_after,
    activate_at: p.activate_at,
    published_at: p.published_at,
    revision: p.revision,
    renew_by: p.renew_by,
    issued_until: 0,
  }),
);
const UPDATE = query((p: AuthorityRow) =>
  db
    .updateTable("authorities")
    .set({
      state: p.state,
      key_type: p.key_type,
      certificate_der: p.certificate_der,
      key_ref: p.key_ref,
      not_before: p.not_before,
      not_after: p.not_after,
      activate_at: p.activate_at,
      published_at: p.published_at,
      revision: p.revision,
      renew_by: p.renew_by,
    })
    .where("id", "=", p.id),
);
const DELETE = query((p: { id: string }) => db.deleteFrom("authorities").where("id", "=", p.id));

export function getAuthority(session: ReadSession, id: string): AuthorityRecord | undefined {
  const row = session.get(BY_ID, { id });
  return row === undefined ? undefined : decode(row);
}

export function listAuthorities(
  session: ReadSession,
  kind?: "x509" | "jwt",
): readonly AuthorityRecord[] {
  const rows = session.all(ALL, {});
  return rows.filter((row) => kind === undefined || row.kind === kind).map(decode);
}

export function createAuthority(
  session: WriteSession,
  authority: New<AuthorityRecord>,
): AuthorityRecord {
  const row = encode({ ...authority, revision: 1 });
  try {
    session.run(INSERT, row);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const message = `there is an authority ${authority.id}`;
    throw new IssuerError("ALREADY_EXISTS", message, { cause: error });
  }
  const { kind, state } = authority;
  session.change("authority", authority.id, { kind, state });
  return decode(row);
}

export function updateAuthority(
  session: WriteSession,
  authority: AuthorityRecord,
): AuthorityRecord {
  const { id, kind, state, revision } = authority;
  const stored = existing(session, id);
  if (stored.revision !== revision) {
    const message = `authority ${id} is at revision ${stored.revision}, not ${revision}`;
    throw new IssuerError("STALE_REVISION", message);
  }
  if (stored.kind !== kind || !stored.public_key_der.equals(authority.publicKeyDer)) {
    throw new IssuerError("WRONG_STATE", `authority ${id} keeps its kind and public key`);
  }
  const row = { ...encode(authority), revision: revision + 1 };
  session.run(UPDATE, row);
  session.change("authority", id, { kind, state });
  return decode(row);
}

export function deleteAuthority(session: WriteSession, id: string): AuthorityRecord {
  const stored = decode(existing(session, id));
  session.run(DELETE, { id });
  session.change("authority", id, { kind: stored.kind, state: "removed" });
  return stored;
}

function existing(session: WriteSession, id: string): Row<"authorities"> {
  const row = session.get(BY_ID, { id });
  if (row === undefined) throw new IssuerError("NOT_FOUND", `authority ${id} does not exist`);
  return row;
}

function encode(authority: AuthorityRecord): AuthorityRow {
  return {
    id: authority.id,
    kind: authority.kind,
    state: authority.state,
    key_type: authority.keyType,
    certificate_der: authority.certificateDer,
    public_key_der: authority.publicKeyDer,
    key_ref: authority.keyRef,
    not_before: ms(authority.notBefore),
    not_after: ms(authority.notAfter),
    activate_at: ms(authority.activateAt),
    published_at: ms(authority.publishedAt),
    revision: authority.revision,
    renew_by: authority.renewBy === null ? null : ms(authority.renewBy),
  };
}

function decode(row: AuthorityRow): AuthorityRecord {
  return {
    id: row.id,
    kind: row.kind as AuthorityRecord["kind"],
    state: row.state as AuthorityState,
    keyType: row.key_type,
    certificateDer: row.certificate_der,
    publicKeyDer: row.public_key_der,
    keyRef: row.key_ref,
    notBefore: new Date(row.not_before),
    notAfter: new Date(row.not_after),
    activateAt: new Date(row.activate_at),
    publishedAt: new Date(row.published_at),
    revision: row.revision,
    renewBy: row.renew_by === null ? null : new Date(row.renew_by),
  };
}
