import { db, query } from "./query.ts";
import type { ReadSession, WriteSession } from "./session.ts";

const BY_KEY = query((p: { key: string }) =>
  db.selectFrom("meta").select("value").where("key", "=", p.key),
);
const SET = query((p: { key: string; value: string }) =>
  db
    .insertInto("meta")
    .values({ key: p.key, value: p.value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: p.value })),
);
const REMOVE = query((p: { key: string }) => db.deleteFrom("meta").where("key", "=", p.key));

export function getMeta(session: ReadSession, key: string): string | undefined {
  return session.get(BY_KEY, { key })?.value;
}

export function setMeta(session: WriteSession, key: string, value: string | undefined): void {
  if (value === undefined) session.run(REMOVE, { key });
  else session.run(SET, { key, value });
}
