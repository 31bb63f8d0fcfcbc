import { HASH_BYTES, type LogNode, TILE_LEAVES } from "../../log/index.ts";
import type { LogCheckpointRecord, LogHandoverRecord } from "../records.ts";
import type { LogExtent } from "../store.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { ms } from "./values.ts";

const OLDEST = query(() => db.selectFrom("audit").select("sequence").orderBy("sequence").limit(1));
const LEAVES = query((p: { from: number; to: number }) =>
  db
    .selectFrom("audit")
    .select(["sequence", "leaf"])
    .where("sequence", ">=", p.from)
    .where("sequence", "<=", p.to)
    .orderBy("sequence"),
);
const TILES = query((p: { from: number; to: number }) =>
  db
    .selectFrom("log_tiles")
    .selectAll()
    .where("position", ">=", p.from)
    .where("position", "<=", p.to)
    .orderBy("position"),
);
const SET_TILE = query((p: { position: number; leaves: Buffer }) =>
  db.replaceInto("log_tiles").values({ position: p.position, leaves: p.leaves }),
);
const NODES = query((p: { level: number; from: number; to: number }) =>
  db
    .selectFrom("log_nodes")
    .select(["position", "hash"])
    .where("level", "=", p.level)
    .where("position", ">=", p.from)
    .where("position", "<", p.to)
    .orderBy("position"),
);
const SET_NODE = query((p: { level: number; position: number; hash: Buffer }) =>
  db.replaceInto("log_nodes").values({ level: p.level, position: p.position, hash: p.hash }),
);
const NEWEST_CHECKPOINT = query(() =>
  db.selectFrom("log_checkpoints").selectAll().orderBy("size", "desc").limit(1),
);
const SET_CHECKPOINT = query((p: { size: number; at: number; note: string }) =>
  db.replaceInto("log_checkpoints").values({ size: p.size, at: p.at, note: p.note }),
);
const HANDOVERS = query(() => db.selectFrom("log_key_handovers").selectAll().orderBy("size"));
const ADD_HANDOVER = query((p: Row<"log_key_handovers">) =>
  db.insertInto("log_key_handovers").values({
    size: p.size,
    at: p.at,
    former: p.former,
    verifier: p.verifier,
    note: p.note,
  }),
);
const PRUNE_CHECKPOINTS = query((p: { before: number }) =>
  db
    .deleteFrom("log_checkpoints")
    .where("at", "<", p.before)
    .where("size", "<", (from) =>
      from.selectFrom("log_checkpoints").select((each) => each.fn.max("size").as("size")),
    ),
);

export function logExtent(session: ReadSession): LogExtent {
  return session.atOnce(() => {
    const before = session.counter("log_before");
    const newest = session.counter("audit");
    const keptFrom = session.get(OLDEST, {})?.sequence ?? newest + 1;
    return { before, size: newest - before, keptFrom };
  });
}

export function logHashes(
  session: ReadSession,
  level: number,
  index: number,
  count: number,
): readonly Buffer[] {
  if (level === 0) return session.atOnce(() => leaves(session, index, count));
  const rows = session.all(NODES, { level, from: index, to: index + count });
  return dense(
    rows.map(({ position, hash }) => ({ place: position, hash })),
    index,
  );
}

export function addLogNodes(session: WriteSession, nodes: readonly LogNode[]): void {
  for (const { level, index, hash } of nodes) {
    session.run(SET_NODE, { level, position: index, hash });
  }
}

export function newestLogCheckpoint(session: ReadSession): LogCheckpointRecord | undefined {
  const row = session.get(NEWEST_CHECKPOINT, {});
  return row && { ...row, at: new Date(row.at) };
}

export function addLogCheckpoint(session: WriteSession, checkpoint: LogCheckpointRecord): void {
  session.run(SET_CHECKPOINT, { ...checkpoint, at: ms(checkpoint.at) });
}

export function logHandovers(session: ReadSession): readonly LogHandoverRecord[] {
  return session.all(HANDOVERS, {}).map((row) => ({ ...row, at: new Date(row.at) }));
}

export function addLogHandover(session: WriteSession, handover: LogHandoverRecord): void {
  session.run(ADD_HANDOVER, { ...handover, at: ms(handover.at) });
}

/** The newest of all stays, however old it is. */
export function pruneLogCheckpoints(session: WriteSession, before: Date): void {
  session.run(PRUNE_CHECKPOINTS, { before: ms(before) });
}

/**
 * Keeps the leaf hashes of records that are about to go, up to record `upTo`.
 * @returns false, with nothing written, when some are missing.
 */
export function keepLeaves(session: WriteSession, upTo: number): boolean {
  const { before, keptFrom } = logExtent(session);
  const end = upTo - before;
  let begin = Math.floor((keptFrom - 1 - before) / TILE_LEAVES) * TILE_LEAVES;
  const tiles: { position: number; leaves: Buffer }[] = [];
  for (; begin < end; begin += TILE_LEAVES) {
    const count = Math.min(TILE_LEAVES, end - begin);
    const hashes = leaves(session, begin, count);
    if (hashes.length !== count) return false;
    tiles.push({ position: begin / TILE_LEAVES, leaves: Buffer.concat(hashes) });
  }
  for (const tile of tiles) session.run(SET_TILE, tile);
  return true;
}

/** Leaf hashes from `index` on: of pruned records from the tiles, of others from their rows. */
function leaves(session: ReadSession, index: number, count: number): readonly Buffer[] {
  const before = session.counter("log_before");
  const found: { place: number; hash: Buffer }[] = [];
  const from = before + index + 1;
  const oldest = session.get(OLDEST, {})?.sequence ?? session.counter("audit") + 1;
  if (from < oldest) {
    const last = Math.min(index + count, oldest - before - 1) - 1;
    const range = { from: Math.floor(index / TILE_LEAVES), to: Math.floor(last / TILE_LEAVES) };
    for (const { position, leaves: bytes } of session.all(TILES, range)) {
      for (let at = 0; at + HASH_BYTES <= bytes.length; at += HASH_BYTES) {
        const place = position * TILE_LEAVES + at / HASH_BYTES;
        if (place < index || place > last) continue;
        found.push({ place, hash: bytes.subarray(at, at + HASH_BYTES) });
      }
    }
  }
  for (const { sequence, leaf } of session.all(LEAVES, { from, to: before + index + count })) {
    found.push({ place: sequence - before - 1, hash: leaf });
  }
  return dense(found, index);
}

/** What there is from `index` on, up to the first gap. */
function dense(
  found: readonly { readonly place: number; readonly hash: Buffer }[],
  index: number,
): readonly Buffer[] {
  const end = found.findIndex(({ place }, at) => place !== index + at);
  return (end < 0 ? found : found.slice(0, end)).map(({ hash }) => hash);
}
