import { IssuerError } from "../../errors.ts";
import type { InstanceRecord, InstanceState } from "../records.ts";
import type { InstanceFilter, New, Page, PageRequest } from "../store.ts";
import { isDangling, isDuplicate } from "./failure.ts";
import { pageOf, readPage } from "./paging.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { dateOrNull, listText, ms, msOrNull, readSelectors, selectorTexts } from "./values.ts";

const BY_ID = query((p: { id: string }) =>
  db.selectFrom("instances").selectAll().where("id", "=", p.id),
);
const BY_SERIAL = query((p: { serial: string }) =>
  db
    .selectFrom("issuances")
    .innerJoin("instances", "instances.id", "issuances.instance_id")
    .selectAll("instances")
    .where("issuances.id", "=", p.serial)
    .where("issuances.kind", "=", "x509"),
);
/** What the instance is; what was issued to it is kept by `issuances.ts`. */
type InstanceRow = Omit<Row<"instances">, "newest_issuance" | "issued_until">;

const INSERT = query((p: InstanceRow) =>
  db.insertInto("instances").values({
    id: p.id,
    bot: p.bot,
    entry_id: p.entry_id,
    attestor: p.attestor,
    selectors: p.selectors,
    evidence_key: p.evidence_key,
    evidence_expires_at: p.evidence_expires_at,
    state: p.state,
    attested_at: p.attested_at,
    last_seen_at: p.last_seen_at,
    lineage_ends_at: p.lineage_ends_at,
    resumable: p.resumable,
    newest_serial: p.newest_serial,
    newest_not_after: p.newest_not_after,
    newest_used: p.newest_used,
    previous_serial: p.previous_serial,
    remote_address: p.remote_address,
    revision: p.revision,
    node_bot: p.node_bot,
    node_instance: p.node_instance,
    newest_issuance: null,
    issued_until: 0,
  }),
);
const UPDATE = query((p: InstanceRow) =>
  db
    .updateTable("instances")
    .set({
      entry_id: p.entry_id,
      attestor: p.attestor,
      selectors: p.selectors,
      evidence_key: p.evidence_key,
      evidence_expires_at: p.evidence_expires_at,
      state: p.state,
      attested_at: p.attested_at,
      last_seen_at: p.last_seen_at,
      lineage_ends_at: p.lineage_ends_at,
      resumable: p.resumable,
      newest_serial: p.newest_serial,
      newest_not_after: p.newest_not_after,
      newest_used: p.newest_used,
      previous_serial: p.previous_serial,
      remote_address: p.remote_address,
      revision: p.revision,
    })
    .where("id", "=", p.id),
);
const TOUCH = query((p: { id: string; at: number; address: string }) =>
  db
    .updateTable("instances")
    .set({ last_seen_at: p.at, remote_address: p.address })
    .where("id", "=", p.id),
);

export function getInstance(session: ReadSession, id: string): InstanceRecord | undefined {
  const row = session.get(BY_ID, { id });
  return row === undefined ? undefined : decode(row);
}

export function getInstanceBySerial(
  session: ReadSession,
  serial: string,
): InstanceRecord | undefined {
  const row = session.get(BY_SERIAL, { serial });
  return row === undefined ? undefined : decode(row);
}

export function listInstances(
  session: ReadSession,
  filter: InstanceFilter = {},
  page?: PageRequest,
): Page<InstanceRecord> {
  const cursor = readPage(page);
  let rows = db.selectFrom("instances").selectAll().where("id", ">", cursor.after);
  if (filter.bot !== undefined) rows = rows.where("bot", "=", filter.bot);
  if (filter.state !== undefined) rows = rows.where("state", "=", filter.state);
  if (filter.entryId !== undefined) rows = rows.where("entry_id", "=", filter.entryId);
  if (filter.nodeBot !== undefined) rows = rows.where("node_bot", "=", filter.nodeBot);
  if (filter.nodeInstance !== undefined) {
    rows = rows.where("node_instance", "=", filter.nodeInstance);
  }
  if (filter.evidenceKey !== undefined) {
    rows = rows.where("evidence_key", "=", filter.evidenceKey);
  }
  const found = session.list(rows.orderBy("id").limit(cursor.limit + 1));
  return pageOf(found, cursor, (row) => row.id, decode);
}

export function createInstance(
  session: WriteSession,
  instance: New<InstanceRecord>,
): InstanceRecord {
  const row = encode({ ...instance, revision: 1 });
  try {
    session.run(INSERT, row);
  } catch (error) {
    if (isDangling(error)) {
      throw new IssuerError("NOT_FOUND", `bot ${instance.bot} does not exist`, { cause: error });
    }
    if (!isDuplicate(error)) throw error;
    const message = `there is an instance ${instance.id}`;
    throw new IssuerError("ALREADY_EXISTS", message, { cause: error });
  }
  session.change("instance", instance.id, { bot: instance.bot, state: instance.state });
  return decode(row);
}

export function updateInstance(session: WriteSession, instance: InstanceRecord): InstanceRecord {
  const { id, bot, state, revision } = instance;
  const stored = session.get(BY_ID, { id });
  if (stored === undefined) throw missing(id);
  if (stored.revision !== revision) {
    const message = `instance ${id} is at revision ${stored.revision}, not ${revision}`;
    throw new IssuerError("STALE_REVISION", message);
  }
  if (stored.bot !== bot) {
    throw new IssuerError("WRONG_STATE", `instance ${id} is of bot ${stored.bot} and stays so`);
  }
  const row = { ...encode(instance), revision: revision + 1 };
  session.run(UPDATE, row);
  const moved = stored.entry_id !== instance.entryId;
  if (stored.state !== state || moved) session.change("instance", id, { bot, state });
  return decode(row);
}

export function touchInstance(session: WriteSession, id: string, at: Date, address: string): void {
  if (session.run(TOUCH, { id, at: ms(at), address }) === 0) throw missing(id);
}

function missing(id: string): IssuerError {
  return new IssuerError("NOT_FOUND", `instance ${id} does not exist`);
}

function encode(instance: InstanceRecord): InstanceRow {
  return {
    id: instance.id,
    bot: instance.bot,
    entry_id: instance.entryId,
    attestor: instance.attestor,
    selectors: listText(selectorTexts(instance.selectors)),
    evidence_key: instance.evidenceKey,
    evidence_expires_at: msOrNull(instance.evidenceExpiresAt),
    state: instance.state,
    attested_at: ms(instance.attestedAt),
    last_seen_at: ms(instance.lastSeenAt),
    lineage_ends_at: ms(instance.lineageEndsAt),
    resumable: instance.resumable ? 1 : 0,
    newest_serial: instance.newestSerial,
    newest_not_after: msOrNull(instance.newestNotAfter),
    newest_used: instance.newestUsed ? 1 : 0,
    previous_serial: instance.previousSerial,
    remote_address: instance.remoteAddress,
    revision: instance.revision,
    node_bot: instance.node?.bot ?? null,
    node_instance: instance.node?.instanceId ?? null,
  };
}

function decode(row: InstanceRow): InstanceRecord {
  return {
    id: row.id,
    bot: row.bot,
    entryId: row.entry_id,
    attestor: row.attestor,
    selectors: readSelectors(row.selectors),
    evidenceKey: row.evidence_key,
    evidenceExpiresAt: dateOrNull(row.evidence_expires_at),
    state: row.state as InstanceState,
    attestedAt: new Date(row.attested_at),
    lastSeenAt: new Date(row.last_seen_at),
    lineageEndsAt: new Date(row.lineage_ends_at),
    resumable: row.resumable === 1,
    newestSerial: row.newest_serial,
    newestNotAfter: dateOrNull(row.newest_not_after),
    newestUsed: row.newest_used === 1,
    previousSerial: row.previous_serial,
    remoteAddress: row.remote_address,
    revision: row.revision,
    node:
      row.node_bot === null || row.node_instance === null
        ? null
        : { bot: row.node_bot, instanceId: row.node_instance },
  };
}
