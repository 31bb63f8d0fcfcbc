// A database of schema 1, filled, is brought to the schema of today with nothing lost.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
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
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});
