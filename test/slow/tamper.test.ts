// The tamper drill: `npm run tamper`. Somebody owns the whole database, and in a second round the log's key too, and changes
// the log in a hundred ways each. Whoever kept checkpoints elsewhere finds every one.
import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AuditLog, auditDraft } from "../../src/audit/index.ts";
import { systemClock } from "../../src/clock.ts";
import {
  CompactRange,
  formatCheckpoint,
  leafHash,
  type NoteSigner,
  noteSigner,
} from "../../src/log/index.ts";
import { openSqliteStore, type Store } from "../../src/store/index.ts";
import { run } from "../cli/run-cli.ts";

const RECORDS = 1500;
const PRUNED = 300;
const ROUNDS = 100;
const SEED = Number(process.env.TAMPER_SEED ?? 20_261_125);

const directory = mkdtempSync(join(tmpdir(), "bp-tamper-"));
const original = join(directory, "original.db");
const pem = generateKeyPairSync("ed25519")
  .privateKey.export({ format: "pem", type: "pkcs8" })
  .toString();
const signer: NoteSigner = noteSigner("example.org/botpass/audit", pem);

/** Seeded: mulberry32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function logOn(store: Store): AuditLog {
  const options = { store, clock: systemClock, signer, intervalSeconds: 3600 };
  return new AuditLog({
    ...options,
    onError: (error) => {
      throw error;
    },
  });
}

beforeAll(async () => {
  const store = await openSqliteStore({ file: original });
  const log = logOn(store);
  const notes: string[] = [];
  const random = randomOf(SEED);
  for (let written = 0; written < RECORDS; ) {
    const count = Math.min(1 + random(20), RECORDS - written);
    const drafts = Array.from({ length: count }, (_, place) =>
      auditDraft(
        {
          type: "svid.issued",
          outcome: "ok",
          actor: "bot:a",
          bot: `bot-${random(9)}`,
          serial: `${(written + place).toString(16)}ab`,
          details: { spiffeId: `spiffe://example.org/bot/${random(1000)}` },
        },
        new Date(1_000_000 + written + place),
      ),
    );
    await store.transaction((tx) => tx.appendAudit(drafts));
    written += count;
    if (random(8) === 0) notes.push((await log.checkpoint()).note);
  }
  await store.transaction(async (tx) => {
    const { auditUpTo } = await tx.prune({ auditBefore: new Date(1_000_000 + PRUNED) });
    const event = {
      type: "audit.pruned",
      outcome: "ok",
      details: { upTo: `${auditUpTo}` },
    } as const;
    await tx.appendAudit([auditDraft(event, new Date())]);
  });
  notes.push((await log.checkpoint()).note);
  await store.close();
  writeFileSync(join(directory, "checkpoints.txt"), notes.join("\n"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Row {
  sequence: number;
  at: number;
  type: string;
  bot: string | null;
  serial: string | null;
  instance_id: string | null;
  request_id: string | null;
  bytes: string;
  leaf: Buffer;
}

type Random = (below: number) => number;

/** Changes of the records, oldest first. Each answers with what it has done. */
const ATTACKS: Readonly<Record<string, (rows: Row[], random: Random) => string>> = {
  edit(rows, random) {
    const row = rows[random(rows.length)] as Row;
    row.bytes = row.bytes.replace(/"outcome":"ok"/, '"outcome":"refused"');
    return `edit ${row.sequence}`;
  },
  "edit one letter"(rows, random) {
    const row = rows[random(rows.length)] as Row;
    row.bytes = row.bytes.replace(/"actor":"b/, '"actor":"B').replace(/"type":"a/, '"type":"A');
    return `edit ${row.sequence}`;
  },
  delete(rows, random) {
    const [gone] = rows.splice(random(rows.length), 1);
    return `delete ${gone?.sequence}`;
  },
  "delete many"(rows, random) {
    const gone = rows.splice(1 + random(rows.length - 60), 2 + random(50));
    return `delete ${gone[0]?.sequence}-${gone.at(-1)?.sequence}`;
  },
  "delete the oldest"(rows, random) {
    const gone = rows.splice(0, 1 + random(700));
    return `delete ${gone[0]?.sequence}-${gone.at(-1)?.sequence}`;
  },
  "delete and renumber"(rows, random) {
    const place = random(rows.length);
    const [gone] = rows.splice(place, 1);
    for (const row of rows.slice(place)) renumber(row, row.sequence - 1);
    return `delete ${gone?.sequence} and renumber`;
  },
  swap(rows, random) {
    const one = rows[random(rows.length)] as Row;
    const other = rows[random(rows.length)] as Row;
    if (one === other) return this.edit?.(rows, random) ?? "";
    [one.bytes, other.bytes] = [other.bytes, one.bytes];
    [one.leaf, other.leaf] = [other.leaf, one.leaf];
    return `swap ${one.sequence} and ${other.sequence}`;
  },
  "swap what was done"(rows, random) {
    const one = rows[random(rows.length)] as Row;
    const other = rows[random(rows.length)] as Row;
    if (one === other) return this.edit?.(rows, random) ?? "";
    const bytes = one.bytes;
    one.bytes = withSequence(other.bytes, one.sequence);
    other.bytes = withSequence(bytes, other.sequence);
    return `swap the contents of ${one.sequence} and ${other.sequence}`;
  },
  truncate(rows, random) {
    const gone = rows.splice(-1 - random(400));
    return `truncate at ${gone[0]?.sequence}`;
  },
  insert(rows, random) {
    const place = random(rows.length);
    for (const row of rows.slice(place)) renumber(row, row.sequence + 1);
    const copy = { ...(rows[place] as Row) };
    renumber(copy, copy.sequence - 1);
    rows.splice(place, 0, copy);
    return `insert ${copy.sequence}`;
  },
};

function withSequence(bytes: string, sequence: number): string {
  return bytes.replace(/"sequence":\d+/, `"sequence":${sequence}`);
}

function renumber(row: Row, sequence: number): void {
  row.sequence = sequence;
  row.bytes = withSequence(row.bytes, sequence);
}

/** How far whoever did it covers the tracks, in the database. */
const COVERS = ["nothing", "leaves", "leaves and nodes", "everything"] as const;
type Cover = (typeof COVERS)[number];

/** Changes a copy of the database. @param key whether new checkpoints are signed with the log's own key. */
function attack(file: string, random: Random, key: boolean): { what: string; cover: Cover } {
  const database = new Sqlite(file);
  const rows = database.prepare("select * from audit order by sequence").all() as Row[];
  const known = rows.map(({ leaf }) => leaf);
  const names = Object.keys(ATTACKS);
  const name = names[random(names.length)] ?? "edit";
  const what = ATTACKS[name]?.(rows, random) ?? "";
  const cover = COVERS[key ? 3 : random(COVERS.length)] ?? "nothing";
  database.transaction(() => {
    database.exec("delete from audit");
    const insert = database.prepare(
      "insert into audit values (@sequence,@at,@type,@bot,@serial,@instance_id,@request_id,@bytes,@leaf)",
    );
    for (const row of rows) {
      insert.run({ ...row, leaf: cover === "nothing" ? row.leaf : leafHash(row.bytes) });
    }
    const last = rows.at(-1)?.sequence ?? 0;
    if (cover !== "nothing") {
      database.prepare("update counters set value = ? where name = 'audit'").run(last);
    }
    if (cover === "leaves and nodes" || cover === "everything") coverTree(database, rows, known);
    if (cover === "everything") {
      database.exec("delete from log_checkpoints");
      if (key) signAnew(database, rows);
    }
  })();
  database.close();
  return { what: `${name}: ${what}`, cover };
}

/** Leaves of pruned records, also of those that were taken out as if they had been, and no node that says otherwise. */
function coverTree(
  database: Sqlite.Database,
  rows: readonly Row[],
  known: readonly Buffer[],
): void {
  database.exec("delete from log_nodes");
  const kept = (rows[0]?.sequence ?? 1) - 1;
  const leaves = prunedLeaves(database);
  leaves.push(...known.slice(0, kept - leaves.length));
  const set = database.prepare("replace into log_tiles values (?, ?)");
  for (let begin = 0; begin < kept; begin += 256) {
    set.run(begin / 256, Buffer.concat(leaves.slice(begin, Math.min(begin + 256, kept))));
  }
}

function prunedLeaves(database: Sqlite.Database): Buffer[] {
  const tiles = database.prepare("select leaves from log_tiles order by position").pluck().all();
  return (tiles as Buffer[]).flatMap((tile) =>
    Array.from({ length: tile.length / 32 }, (_, at) => tile.subarray(at * 32, at * 32 + 32)),
  );
}

function signAnew(database: Sqlite.Database, rows: readonly Row[]): void {
  const range = new CompactRange();
  const pruned = prunedLeaves(database).slice(0, (rows[0]?.sequence ?? 1) - 1);
  for (const leaf of pruned) range.append(leaf);
  for (const { bytes } of rows) range.append(leafHash(bytes));
  const { size } = range;
  const text = formatCheckpoint({ origin: signer.name, size, root: range.root() });
  const insert = database.prepare("insert into log_checkpoints values (?, ?, ?)");
  insert.run(size, Date.now(), signer.sign(text));
}

/** What the server of that database exports, and what `audit verify` says of it. */
async function verify(file: string) {
  const store = await openSqliteStore({ file });
  const lines: string[] = [];
  try {
    const log = logOn(store);
    let page = { after: 0, upTo: 0, limit: 1000 };
    for (;;) {
      const { lines: more, next, upTo } = await log.exportPage(page);
      lines.push(...more);
      if (next === 0) break;
      page = { after: next, upTo, limit: 1000 };
    }
  } finally {
    await store.close();
  }
  writeFileSync(join(directory, "audit.jsonl"), `${lines.join("\n")}\n`);
  const argv = [
    "audit",
    "verify",
    "audit.jsonl",
    "--against",
    "checkpoints.txt",
    "--output",
    "json",
  ];
  const { code, stdout, stderr } = await run(argv, { cwd: directory });
  const report = JSON.parse(stdout || "{}") as {
    ok?: boolean;
    findings?: { what: string; records?: [number, number] }[];
  };
  return { code, report, stderr };
}

test("the log as it is verifies", async () => {
  const file = join(directory, "copy.db");
  copyFileSync(original, file);
  const { code, stderr, report } = await verify(file);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("tampered")]);
  expect(report.ok).toBe(true);
});

test.each([
  ["the database", false],
  ["the database and the log's key", true],
])("who owns %s is found, each time", async (_, key) => {
  const random = randomOf(SEED + (key ? 1 : 2));
  const missed: string[] = [];
  const named = { edits: 0, exactly: 0 };
  const kinds = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const file = join(directory, `${round}.db`);
    copyFileSync(original, file);
    const { what, cover } = attack(file, random, key);
    const { code, report, stderr } = await verify(file);
    rmSync(file);
    rmSync(`${file}-wal`, { force: true });
    rmSync(`${file}-shm`, { force: true });
    const found = code === 1 && stderr.includes("(LOG_INCONSISTENT)") && report.ok === false;
    if (!found) missed.push(`${what}; covered: ${cover}; exit ${code}: ${stderr}`);
    const kind = what.slice(0, what.indexOf(":"));
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const edited = /: edit (\d+)$/.exec(what)?.[1];
    if (edited === undefined || cover !== "nothing") continue;
    named.edits += 1;
    const [finding] = report.findings ?? [];
    if (finding?.what === "edited" && finding.records?.[0] === Number(edited)) named.exactly += 1;
  }
  process.stdout.write(
    `${ROUNDS - missed.length} of ${ROUNDS} found (${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ")}); ` +
      `${named.exactly} of ${named.edits} edits without new hashes named by their number; seed ${SEED}\n`,
  );
  expect(missed).toEqual([]);
  expect(named.exactly).toBe(named.edits);
});
