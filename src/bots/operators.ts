import { IssuerError } from "../errors.ts";
import { spiffeIdFromPath, type TrustDomain } from "../spiffe/index.ts";
import {
  type BotRecord,
  type New,
  OPERATOR_ROLES,
  type OperatorRecord,
  type OperatorRole,
  type StoreTransaction,
} from "../store/index.ts";
import { newEntry, tokenSelector } from "./entry.ts";
import { retireBot } from "./lifecycle.ts";
import { OPERATOR_PATH } from "./passport.ts";

/** An operator's SVID lives so long, or as long as the server allows: who is away longer is invited again. */
const SVID_SECONDS = 86_400;
/** Bots' names hold no dot: none can be taken for a person's. */
const BOT_PREFIX = "operator.";
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** What an admin says of a new operator. */
export interface OperatorRegistration {
  /** `[a-z0-9._-]+`, beginning with a letter or digit, 1 to 63 bytes. */
  readonly name: string;
  readonly roles: readonly string[];
  readonly unixUser?: { readonly name: string; readonly uid: number };
  /** Who says so. */
  readonly createdBy: string;
}

/** The record of a new operator. @throws IssuerError REQUEST_INVALID naming field and value. */
export function newOperator(
  { name, roles, unixUser, createdBy }: OperatorRegistration,
  now: Date,
): New<OperatorRecord> {
  if (!NAME.test(name)) {
    const shown = JSON.stringify(name.slice(0, 80));
    const message = `name ${shown} is not 1 to 63 of a-z, 0-9, ".", "_" and "-", a letter or digit first`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  return {
    name,
    roles: parseRoles(roles),
    unixUser: unixUser?.name ?? null,
    unixUid: unixUser?.uid ?? null,
    bot: null,
    createdAt: now,
    createdBy,
    updatedAt: now,
    removedAt: null,
  };
}

/** Roles in their own order, each once. @throws IssuerError REQUEST_INVALID. */
export function parseRoles(roles: readonly string[]): readonly OperatorRole[] {
  const unknown = roles.find((role) => !OPERATOR_ROLES.some((each) => each === role));
  if (unknown !== undefined) {
    const shown = JSON.stringify(unknown.slice(0, 80));
    const message = `role ${shown} is not one of ${OPERATOR_ROLES.join(", ")}`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  return OPERATOR_ROLES.filter((each) => roles.includes(each));
}

/** The operator whose identity the bot is; undefined for any other bot. */
export function operatorOf(bot: Pick<BotRecord, "kind" | "name">): string | undefined {
  return bot.kind === "operator" ? bot.name.slice(BOT_PREFIX.length) : undefined;
}

/** Whether a bot of that name can only be a person's identity, made or yet to be made. */
export function isOperatorBotName(name: string): boolean {
  return name.startsWith(BOT_PREFIX);
}

/** The operator, not removed. @throws IssuerError NOT_FOUND; WRONG_STATE when removed. */
export async function existingOperator(
  tx: StoreTransaction,
  name: string,
): Promise<OperatorRecord> {
  const operator = await tx.getOperator(name);
  if (operator === undefined) {
    throw new IssuerError("NOT_FOUND", `operator ${name} does not exist`);
  }
  if (operator.removedAt !== null) {
    throw new IssuerError("WRONG_STATE", `operator ${name} is removed for good`);
  }
  return operator;
}

/**
 * Sees to it that the operator has an identity `spiffe://<trust domain>/operator/<name>`: a bot of kind operator with one
 * entry, for invitations.
 * @param entryId of the entry, if it is to be made.
 */
export async function giveIdentity(
  tx: StoreTransaction,
  operator: OperatorRecord,
  trustDomain: TrustDomain,
  entryId: string,
  now: Date,
): Promise<{ readonly operator: OperatorRecord; readonly bot: BotRecord }> {
  const known = operator.bot === null ? undefined : await tx.getBot(operator.bot);
  if (known !== undefined) return { operator, bot: known };
  const bot = await tx.createBot({
    name: BOT_PREFIX + operator.name,
    kind: "operator",
    owner: operator.name,
    purpose: "the identity of a person",
    environment: "operator",
    endsAt: null,
    state: "active",
    spiffeId: spiffeIdFromPath(trustDomain, `${OPERATOR_PATH}/${operator.name}`).toString(),
    createdAt: now,
    updatedAt: now,
  });
  const wish = { selectors: [tokenSelector(bot.name)], x509TtlSeconds: SVID_SECONDS };
  await tx.createEntry(newEntry(bot.name, wish, { id: entryId, createdBy: null }, now));
  return { operator: await tx.updateOperator({ ...operator, bot: bot.name, updatedAt: now }), bot };
}

/** Gives other roles. @throws IssuerError NOT_FOUND; WRONG_STATE when removed, or no admin would be left. */
export async function setRoles(
  tx: StoreTransaction,
  name: string,
  roles: readonly string[],
  now: Date,
): Promise<OperatorRecord> {
  const wanted = parseRoles(roles);
  const operator = await existingOperator(tx, name);
  if (!wanted.includes("admin")) await requireOtherAdmin(tx, operator, "stays admin");
  return tx.updateOperator({ ...operator, roles: wanted, updatedAt: now });
}

/**
 * Removes for good: the identity is retired, all that it holds denied.
 * @returns how many live SVIDs are denied now.
 * @throws IssuerError NOT_FOUND; WRONG_STATE when removed before, or the last admin.
 */
export async function removeOperator(
  tx: StoreTransaction,
  name: string,
  now: Date,
): Promise<{ readonly operator: OperatorRecord; readonly denied: number }> {
  const operator = await existingOperator(tx, name);
  await requireOtherAdmin(tx, operator, "cannot be removed");
  const { denied } = operator.bot === null ? { denied: 0 } : await retireBot(tx, operator.bot, now);
  return { operator: await tx.updateOperator({ ...operator, removedAt: now }), denied };
}

async function requireOtherAdmin(
  tx: StoreTransaction,
  operator: OperatorRecord,
  then: string,
): Promise<void> {
  if (!operator.roles.includes("admin")) return;
  let after: string | null = null;
  do {
    const page: { items: readonly OperatorRecord[]; next: string | null } = await tx.listOperators({
      limit: 1000,
      ...(after === null ? {} : { after }),
    });
    const another = page.items.some(
      (each) =>
        each.name !== operator.name && each.removedAt === null && each.roles.includes("admin"),
    );
    if (another) return;
    after = page.next;
  } while (after !== null);
  throw new IssuerError("WRONG_STATE", `operator ${operator.name} is the last admin and ${then}`);
}
