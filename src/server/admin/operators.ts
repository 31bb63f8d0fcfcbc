import {
  existingOperator,
  giveIdentity,
  newOperator,
  parseRoles,
  passportRefusal,
  removeOperator,
  setRoles,
  validateText,
} from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import type { BotRecord, OperatorRecord, StoreReader } from "../../store/index.ts";
import type {
  AddOperatorRequest__Output,
  InviteOperatorRequest__Output,
  ListOperatorsRequest__Output,
  Operator,
  RemoveOperatorRequest__Output,
  SetOperatorRolesRequest__Output,
} from "../../wire/index.ts";
import { changeEvents } from "./bots.ts";
import { type AdminCall, type AdminServices, changeState, type OperatorEvent } from "./context.ts";
import { msOf, pageOf, requiredOf } from "./fields.ts";
import { timedUuid } from "./ids.ts";
import { draftToken } from "./tokens.ts";
import { findUnixUser } from "./unix-user.ts";

/** The methods of OperatorService. */
export function operatorMethods(services: AdminServices) {
  return {
    async whoAmI(_request: object, { caller }: AdminCall) {
      return {
        name: caller.name,
        roles: [...caller.roles],
        source: caller.source,
        spiffeId: caller.spiffeId ?? "",
        trustDomain: services.trustDomain.name,
      };
    },

    async addOperator(request: AddOperatorRequest__Output, call: AdminCall) {
      const now = services.clock.now();
      const { name, roles } = request;
      const registration = { name, roles, createdBy: call.caller.actor };
      // Checked before the system is asked.
      newOperator(registration, now);
      const unixUser = await findUnixUser(requiredOf("unix_user", request.unixUser));
      if (unixUser.uid === 0 || unixUser.uid === services.uid) {
        const message = `unix_user ${unixUser.name} is root or the server's own user: admin without a record`;
        throw new IssuerError("REQUEST_INVALID", message);
      }
      return changeState(services, call, async (tx) => {
        const operator = await tx.createOperator(newOperator({ ...registration, unixUser }, now));
        return {
          result: operatorMessage(services, operator, undefined),
          events: [{ type: "operator.added", details: detailsOf(operator) }],
        };
      });
    },

    inviteOperator(request: InviteOperatorRequest__Output, call: AdminCall) {
      const { name, roles } = request;
      return changeState(services, call, async (tx, now) => {
        const events: OperatorEvent[] = [];
        let record = await tx.getOperator(name);
        if (record === undefined) {
          const createdBy = call.caller.actor;
          record = await tx.createOperator(newOperator({ name, roles, createdBy }, now));
          events.push({ type: "operator.added", details: detailsOf(record) });
        } else {
          record = await existingOperator(tx, name);
          requireSameRoles(record, roles);
        }
        const { operator, bot } = await giveIdentity(
          tx,
          record,
          services.trustDomain,
          timedUuid(now, services.randomBytes),
          now,
        );
        const refusal = passportRefusal(bot, now);
        if (refusal !== undefined) throw refusal;
        const wish = { ...request, bot: bot.name, uses: 1, idPrefix: "operator-" } as const;
        const token = await draftToken(services, wish).create(tx, now);
        const details = { ...detailsOf(operator), ...token.details };
        events.push({ type: "operator.invited", bot: bot.name, details });
        return {
          result: {
            operator: operatorMessage(services, operator, bot),
            tokenId: token.record.id,
            expiresAtMs: token.record.expiresAt.getTime(),
            value: token.value,
          },
          events,
        };
      });
    },

    async getOperator(request: { name: string }) {
      const name = requiredOf("name", request.name);
      const operator = await services.store.getOperator(name);
      if (operator === undefined) {
        throw new IssuerError("NOT_FOUND", `operator ${name} does not exist`);
      }
      return operatorMessage(services, operator, await botOf(services.store, operator));
    },

    async listOperators(request: ListOperatorsRequest__Output) {
      const { items, next } = await services.store.listOperators(pageOf(request));
      const operators: Operator[] = [];
      for (const each of items) {
        operators.push(operatorMessage(services, each, await botOf(services.store, each)));
      }
      return { operators, nextPageToken: next ?? "" };
    },

    setOperatorRoles(request: SetOperatorRolesRequest__Output, call: AdminCall) {
      const name = requiredOf("name", request.name);
      return changeState(services, call, async (tx, now) => {
        const before = await existingOperator(tx, name);
        const operator = await setRoles(tx, name, request.roles, now);
        const details = { ...detailsOf(operator), before: before.roles.join(" ") };
        return {
          result: operatorMessage(services, operator, await botOf(tx, operator)),
          events: [
            { type: "operator.roles_set", ...(operator.bot && { bot: operator.bot }), details },
          ],
        };
      });
    },

    removeOperator(request: RemoveOperatorRequest__Output, call: AdminCall) {
      const name = requiredOf("name", request.name);
      const reason = validateText("reason", request.reason, 1024, 0);
      return changeState(services, call, async (tx, now) => {
        const { operator, denied } = await removeOperator(tx, name, now);
        const orphaned = await services.governor.ownerRemoved(tx, name, now);
        const connections = services.connections.countOf(name);
        const details = { ...detailsOf(operator), reason, denied: String(denied) };
        return {
          result: {
            operator: operatorMessage(services, operator, await botOf(tx, operator)),
            denied,
            connections,
          },
          events: [
            { type: "operator.removed", ...(operator.bot && { bot: operator.bot }), details },
            ...orphaned.flatMap(changeEvents),
          ],
        };
      });
    },
  };
}

/** An invitation does not change what an operator may do. */
function requireSameRoles(operator: OperatorRecord, roles: readonly string[]): void {
  if (roles.length === 0 || parseRoles(roles).join() === operator.roles.join()) return;
  const has = operator.roles.join(", ") || "none";
  const message = `operator ${operator.name} has roles ${has}: change them with set-roles`;
  throw new IssuerError("ALREADY_EXISTS", message);
}

async function botOf(store: StoreReader, { bot }: OperatorRecord): Promise<BotRecord | undefined> {
  return bot === null ? undefined : store.getBot(bot);
}

function operatorMessage(
  services: AdminServices,
  operator: OperatorRecord,
  bot: BotRecord | undefined,
): Operator {
  return {
    name: operator.name,
    roles: [...operator.roles],
    unixUser: operator.unixUser ?? "",
    ...(operator.unixUid === null ? {} : { unixUid: operator.unixUid }),
    spiffeId: bot?.spiffeId ?? "",
    state: operator.removedAt !== null ? "removed" : (bot?.state ?? "active"),
    createdAtMs: operator.createdAt.getTime(),
    createdBy: operator.createdBy,
    updatedAtMs: operator.updatedAt.getTime(),
    removedAtMs: msOf(operator.removedAt),
    revision: operator.revision,
    connections: services.connections.countOf(operator.name),
  };
}

function detailsOf({ name, roles, unixUser, unixUid }: OperatorRecord): Record<string, string> {
  const user = unixUser === null ? {} : { unixUser, unixUid: String(unixUid) };
  return { operator: name, roles: roles.join(" "), ...user };
}
