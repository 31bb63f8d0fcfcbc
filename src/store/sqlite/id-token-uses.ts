import { IssuerError } from "../../errors.ts";
import type { IdTokenUse } from "../records.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { listText, ms, readList } from "./values.ts";

const BY_ID = query((p: { id: string }) =>
  db.selectFrom("id_token_uses").selectAll().where("id", "=", p.id),
);
const INSERT = query((p: Row<"id_token_uses">) =>
  db
    .insertInto("id_token_uses")
    .values({
      id: p.id,
      key_fingerprint: p.key_fingerprint,
      instance_ids: p.instance_ids,
      expires_at: p.expires_at,
    })
    .onConflict((conflict) => conflict.doNothing()),
);
const SET_INSTANCES = query((p: { id: string; instances: string }) =>
  db.updateTable("id_token_uses").set({ instance_ids: p.instances }).where("id", "=", p.id),
);

export function getIdTokenUse(session: ReadSession, id: string): IdTokenUse | undefined {
  const row = session.get(BY_ID, { id });
  return row === undefined ? undefined : decode(row);
}

export function useIdToken(session: WriteSession, use: IdTokenUse): IdTokenUse {
  session.run(INSERT, {
    id: use.id,
    key_fingerprint: use.keyFingerprint,
    instance_ids: listText(use.instanceIds),
    expires_at: ms(use.expiresAt),
  });
  return getIdTokenUse(session, use.id) ?? use;
}

export function addIdTokenInstance(
  session: WriteSession,
  id: string,
  instanceId: string,
): IdTokenUse {
  const use = getIdTokenUse(session, id);
  if (use === undefined) {
    throw new IssuerError("NOT_FOUND", `use ${id} of a platform's token does not exist`);
  }
  const instanceIds = [...use.instanceIds, instanceId];
  session.run(SET_INSTANCES, { id, instances: listText(instanceIds) });
  return { ...use, instanceIds };
}

function decode(row: Row<"id_token_uses">): IdTokenUse {
  return {
    id: row.id,
    keyFingerprint: row.key_fingerprint,
    instanceIds: readList(row.instance_ids),
    expiresAt: new Date(row.expires_at),
  };
}
