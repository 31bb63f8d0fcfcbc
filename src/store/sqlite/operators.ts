import { IssuerError } from "../../errors.ts";
import type { OperatorRecord, OperatorRole } from "../records.ts";
import type { New, Page, PageRequest } from "../store.ts";
import { isDangling, isDuplicate } from "./failure.ts";
import { pageOf, readPage } from "./paging.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { dateOrNull, listText, ms, msOrNull } from "./values.ts";

const BY_NAME = query((p: { name: string }) =>
  db.selectFrom("operators").selectAll().where("name", "=", p.name),
);
const BY_UID = query((p: { uid: number }) =>
  db
    .selectFrom("operators")
    .selectAll()
    .where("unix_uid", "=", p.uid)
    .where("removed_at", "is", null),
);
const INSERT = query((p: Row<"operators">) =>
  db.insertInto("operators").values({
    name: p.name,
    roles: p.roles,
    unix_user: p.unix_user,
    unix_uid: p.unix_uid,
    bot: p.bot,
    created_at: p.created_at,
    created_by: p.created_by,
    updated_at: p.updated_at,
    removed_at: p.removed_at,
    revision: p.revision,
  }),
);
const UPDATE = query((p: Row<"operators">) =>
  db
    .updateTable("operators")
    .set({
      roles: p.roles,
      unix_user: p.unix_user,
      unix_uid: p.unix_uid,
      bot: p.bot,
      updated_at: p.updated_at,
      removed_at: p.removed_at,
      revision: p.revision,
    })
    .where("name", "=", p.name),
);

export function getOperator(session: ReadSession, name: string): OperatorRecord | undefined {
  return decodeMaybe(session.get(BY_NAME, { name }));
}

export function getOperatorByUid(session: ReadSession, uid: number): OperatorRecord | undefined {
  return decodeMaybe(session.get(BY_UID, { uid }));
}

export function listOperators(session: ReadSession, page?: PageRequest): Page<OperatorRecord> {
  const cursor = readPage(page);
  const rows = db.selectFrom("operators").selectAll().where("name", ">", cursor.after);
  const found = session.list(rows.orderBy("name").limit(cursor.limit + 1));
  return pageOf(found, cursor, (row) => row.name, decode);
}

export function createOperator(
  session: WriteSession,
  operator: New<OperatorRecord>,
): OperatorRecord {
  const row = encode({ ...operator, revision: 1 });
  try {
    session.run(INSERT, row);
  } catch (error) {
    throw refusalOf(operator, error);
  }
  session.change("operator", operator.name, {});
  return decode(row);
}

export function updateOperator(session: WriteSession, operator: OperatorRecord): OperatorRecord {
  const { name, revision } = operator;
  const stored = session.get(BY_NAME, { name });
  if (stored === undefined) throw new IssuerError("NOT_FOUND", `operator ${name} does not exist`);
  if (stored.revision !== revision) {
    const message = `operator ${name} is at revision ${stored.revision}, not ${revision}`;
    throw new IssuerError("STALE_REVISION", message);
  }
  if (stored.removed_at !== null) {
    throw new IssuerError("WRONG_STATE", `operator ${name} is removed for good`);
  }
  const kept = { created_at: stored.created_at, created_by: stored.created_by };
  const row = { ...encode(operator), ...kept, revision: revision + 1 };
  try {
    session.run(UPDATE, row);
  } catch (error) {
    throw refusalOf(operator, error);
  }
  session.change("operator", name, operator.removedAt === null ? {} : { removed: true });
  return decode(row);
}

/** What a failed write means: there is no such bot, the name was given before, or another operator is that user. */
function refusalOf(
  { name, unixUser, bot }: Pick<OperatorRecord, "name" | "unixUser" | "bot">,
  cause: unknown,
): unknown {
  if (isDangling(cause))
    return new IssuerError("NOT_FOUND", `bot ${bot} does not exist`, { cause });
  if (!isDuplicate(cause)) return cause;
  const user = unixUser === null ? "" : `, or another operator is the user ${unixUser}`;
  const message = `an operator has, or had, the name ${name}${user}`;
  return new IssuerError("ALREADY_EXISTS", message, { cause });
}

function encode(operator: OperatorRecord): Row<"operators"> {
  return {
    name: operator.name,
    roles: listText(operator.roles),
    unix_user: operator.unixUser,
    unix_uid: operator.unixUid,
    bot: operator.bot,
    created_at: ms(operator.createdAt),
    created_by: operator.createdBy,
    updated_at: ms(operator.updatedAt),
    removed_at: msOrNull(operator.removedAt),
    revision: operator.revision,
  };
}

function decode(row: Row<"operators">): OperatorRecord {
  return {
    name: row.name,
    roles: JSON.parse(row.roles) as OperatorRole[],
    unixUser: row.unix_user,
    unixUid: row.unix_uid,
    bot: row.bot,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    updatedAt: new Date(row.updated_at),
    removedAt: dateOrNull(row.removed_at),
    revision: row.revision,
  };
}

function decodeMaybe(row: Row<"operators"> | undefined): OperatorRecord | undefined {
  return row === undefined ? undefined : decode(row);
}
