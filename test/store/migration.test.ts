// A database of schema 1, filled, is brought to the schema of today with nothing lost.

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { leafHash } from "../../src/log/index.ts";
import { openSqliteStore } from "../../src/store/index.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../src/store/sqlite/schema.ts";

test("from schema 1", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bp-migrate-"));
  const file = join(directory, "db");
  const old = new Sqlite(file);
  old.exec(MIGRATIONS[0] ?? "");
  old.pragma(`application_id = ${APPLICATION_ID}`);
  old.pragma("user_version = 1");
  old.exec(`
insert into bots values ('a','bot','o','p','prod',null,'active','spiffe://x/a',1,1,1);
insert into entries (id,bot,selectors,selectors_hash,selector_count,anchor,dns_names,audiences,hint,created_at,updated_at,revision)
  values ('e','a','["unix:uid:1"]','h',1,'unix:uid:1','[]','[]','',1,1,1);
insert into instances (id,bot,entry_id,attestor,selectors,evidence_key,state,attested_at,last_seen_at,lineage_ends_at,resumable,newest_used,remote_address,revision)
  values ('i','a','e','unix','["unix:uid:1"]','k','active',1,1,9999,0,0,'',1);
insert into issuances (id,kind,bot,spiffe_id,instance_id,entry_id,audiences,authority_id,not_before,not_after,issued_at,result) values
  ('01','x509','a','s','i','e','[]','ca',1,900,1,'issued'),
  ('02','x509','a','s','i','e','[]','ca',1,500,2,'intent'),
  ('03','x509','a','s','i','e','[]','ca',1,990,3,'failed'),
  ('04','jwt','a','s',null,null,'[]','ca',1,800,4,'issued');
insert into audit values (1,1,'svid.issued','a','01','i',null,'{}'),(2,2,'svid.issued','b','09',null,null,'{}');
update counters set value = 2 where name = 'audit';
`);
  old.close();
  const store = await openSqliteStore({ file });
  const ids = async (filter: object, at: number) =>
    (await store.liveIssuances(filter, new Date(at))).map(({ id }) => id);
  expect(await ids({ instanceId: "i" }, 400)).toEqual(["02", "01"]);
  expect(await ids({ instanceId: "i" }, 600)).toEqual(["01"]);
  expect(await ids({ bot: "a" }, 600)).toEqual(["04", "01"]);
  expect(await store.getIssuance("03")).toBeUndefined();
  expect((await store.listAudit({ bot: "a" })).map(({ sequence }) => sequence)).toEqual([1]);
  expect((await store.listAudit({ instanceId: "i" })).map(({ sequence }) => sequence)).toEqual([1]);
  expect(await store.auditSequence()).toBe(2);
  const { origin, copy } = { origin: new Sqlite(`${file}.schema-1`), copy: `${file}.schema-1` };
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(origin.pragma("user_version", { simple: true })).toBe(1);
  expect(origin.prepare("select count(*) from audit").pluck().get()).toBe(2);
  origin.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

test("from the schema before the log: each record gets its leaf, and what was pruned before has none", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bp-migrate-"));
  const file = join(directory, "db");
  const old = new Sqlite(file);
  const before = MIGRATIONS.findIndex((each) => each.includes("log_tiles"));
  for (const migration of MIGRATIONS.slice(0, before)) old.exec(migration);
  old.pragma(`application_id = ${APPLICATION_ID}`);
  old.pragma(`user_version = ${before}`);
  const bytes = (sequence: number): string => `{"sequence":${sequence},"who":"ünïcode"}`;
  const insert = old.prepare("insert into audit values (?,?,'svid.issued',null,null,null,null,?)");
  for (let sequence = 41; sequence <= 700; sequence += 1) insert.run(sequence, 5, bytes(sequence));
  old.exec("update counters set value = 700 where name = 'audit'");
  old.close();
  const store = await openSqliteStore({ file });
  expect(await store.logExtent()).toEqual({ before: 40, size: 660, keptFrom: 41 });
  const expected = Array.from({ length: 660 }, (_, place) => leafHash(bytes(41 + place)));
  expect(await store.logHashes(0, 0, 1000)).toEqual(expected);
  // What is pruned from now on keeps its leaves.
  const draft = { at: new Date(9), type: "t", bot: null, serial: null, instanceId: null };
  await store.transaction((tx) => tx.appendAudit([{ ...draft, requestId: null, bytes }]));
  for (const limit of [300, 50, 1000]) {
    await store.transaction((tx) => tx.prune({ auditBefore: new Date(6), limit }));
  }
  expect(await store.logExtent()).toEqual({ before: 40, size: 661, keptFrom: 701 });
  expect(await store.logHashes(0, 0, 1000)).toEqual([...expected, leafHash(bytes(701))]);
  expect(await store.logHashes(0, 255, 3)).toEqual(expected.slice(255, 258));
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

test("from the schema before calls: whom a passport may call is found by what it names", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bp-migrate-"));
  const file = join(directory, "db");
  const old = new Sqlite(file);
  old.function("botpass_leaf_hash", (bytes) => leafHash(String(bytes)));
  const before = MIGRATIONS.findIndex((each) => each.includes("may_calls"));
  for (const migration of MIGRATIONS.slice(0, before)) old.exec(migration);
  old.pragma(`application_id = ${APPLICATION_ID}`);
  old.pragma(`user_version = ${before}`);
  const insert = old.prepare(
    "insert into bots (name,kind,owner,purpose,environment,state,spiffe_id,created_at,updated_at,revision,terms) values (?,'bot','o','p','prod','active',?,1,1,1,?)",
  );
  insert.run("a", "spiffe://x/a", '{"mayCall":["erp","spiffe://x/*"],"calledBy":["b"]}');
  insert.run("b", "spiffe://x/b", '{"mayCall":[]}');
  insert.run("c", "spiffe://x/c", null);
  old.close();
  const store = await openSqliteStore({ file });
  const a = { name: "a", spiffeId: "spiffe://x/a" };
  expect((await store.callersOf("erp")).items).toEqual([a]);
  expect((await store.callersOf("spiffe://x/*")).items).toEqual([a]);
  expect((await store.callersOf("b")).items).toEqual([]);
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});
