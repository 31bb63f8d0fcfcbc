import { existingBot, isOperatorBotName, newEntry, removeEntry } from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import type { BotRecord, EntryRecord, New, StoreTransaction } from "../../store/index.ts";
import type {
  Entry__Output,
  RegisterBotRequest__Output,
  SeenRecord__Output,
  StateChange__Output,
  UpdateBotRequest__Output,
} from "../../wire/index.ts";
import { changeEvents, newPassport, passportChange, passportDetails } from "./bots.ts";
import type { AdminCall, AdminServices, OperatorEvent } from "./context.ts";
import { entryDetails, entryEvents, wishOf } from "./entries.ts";
import { requiredOf } from "./fields.ts";
import { timedUuid } from "./ids.ts";

/** Changes of what exists are made in one transaction, for which issuance waits. */
export const MAX_CHANGES = 5000;

/** A record to create, checked, and its audit event but for the type. */
export type Creation =
  | {
      readonly create: "bot";
      readonly bot: string;
      readonly record: New<BotRecord>;
      readonly event: EventParts;
    }
  | {
      readonly create: "entry";
      readonly bot: string;
      readonly record: New<EntryRecord>;
      readonly event: EventParts;
    };

interface EventParts {
  readonly bot: string;
  readonly entry?: string;
  readonly details: Readonly<Record<string, string>>;
}

/** A change of what exists. */
export interface Revision {
  /** Whose it is. */
  readonly bot: string;
  readonly make: (
    tx: StoreTransaction,
    now: Date,
  ) => Promise<{
    readonly denied: number;
    readonly events: readonly OperatorEvent[];
    /** An entry of the bot was changed: its passport's approver must see that. */
    readonly wroteEntry?: true;
  }>;
}

type Services = Pick<
  AdminServices,
  "clock" | "randomBytes" | "trustDomain" | "oidcRules" | "governor"
>;

/**
 * Checks one change.
 * @throws IssuerError as the methods of BotService and EntryService, naming the bot.
 */
export function readChange(
  change: StateChange__Output,
  services: Services,
  call: AdminCall,
): Creation | Revision {
  const { registerBot, createEntry, updateBot, updateEntry, deleteEntry, retireBot } = change;
  for (const named of [
    registerBot?.name,
    createEntry?.bot,
    updateBot?.name,
    updateEntry?.bot,
    retireBot?.key,
  ]) {
    if (named !== undefined) refusePeople(named);
  }
  if (registerBot) return naming(registerBot.name, () => newBotOf(registerBot, services, call));
  if (createEntry) return naming(createEntry.bot, () => newEntryOf(createEntry, services, call));
  if (updateBot) return botChange(updateBot, services, call);
  if (updateEntry) return naming(updateEntry.bot, () => entryChange(updateEntry, services, call));
  if (deleteEntry) return entryEnd(deleteEntry);
  if (retireBot) return botEnd(retireBot, services, call);
  throw new IssuerError("REQUEST_INVALID", "a change is none that is known");
}

function newBotOf(
  request: RegisterBotRequest__Output,
  services: Services,
  call: AdminCall,
): Creation {
  if (request.entry !== null) {
    throw new IssuerError("REQUEST_INVALID", "entry is a change of its own");
  }
  const { record: written, personSaid } = newPassport(request, services);
  // What is applied is offered for approval, by whoever applies it.
  const wish = { personSaid, propose: true };
  const record = services.governor.begin(written, wish, call.caller.actor, services.clock.now());
  const bot = record.name;
  const details = passportDetails(record);
  return { create: "bot", bot, record, event: { bot, details } };
}

function newEntryOf(entry: Entry__Output, services: Services, call: AdminCall): Creation {
  const now = services.clock.now();
  const bot = requiredOf("entry.bot", entry.bot);
  const identity = { id: timedUuid(now, services.randomBytes), createdBy: call.caller.actor };
  const wish = wishOf(entry, []);
  services.oidcRules.check(wish.selectors);
  const record = newEntry(bot, wish, identity, now);
  const details = entryDetails(record);
  return { create: "entry", bot, record, event: { bot, entry: record.id, details } };
}

function botChange(
  request: UpdateBotRequest__Output,
  services: Services,
  call: AdminCall,
): Revision {
  const name = requiredOf("name", request.name);
  const change = passportChange(request);
  return {
    bot: name,
    async make(tx, now) {
      const { actor } = call.caller;
      const { governor } = services;
      const outcome = await governor
        .change(tx, name, change, request.revision, actor, now)
        .catch((error: unknown) => naming(name, () => rethrow(error)));
      return { denied: outcome.denied, events: changeEvents(outcome) };
    },
  };
}

function rethrow(error: unknown): never {
  throw error;
}

function entryChange(
  request: Entry__Output,
  services: Services,
  { caller: { actor } }: AdminCall,
): Revision {
  const id = requiredOf("entry.id", request.id);
  const name = requiredOf("entry.bot", request.bot);
  const wish = wishOf(request, []);
  services.oidcRules.check(wish.selectors);
  return {
    bot: name,
    async make(tx, now) {
      const before = await existingEntry(tx, id);
      const { entries } = services.governor;
      const outcome = await entries
        .change(tx, { ...before, bot: name }, wish, request.revision, actor, now)
        .catch((error: unknown) => naming(name, () => rethrow(error)));
      return { denied: outcome.denied ?? 0, events: entryEvents(outcome), wroteEntry: true };
    },
  };
}

function entryEnd(seen: SeenRecord__Output): Revision {
  // An entry's id says nothing of its bot: its own revision is what a conflict is told by.
  const id = requiredOf("key", seen.key);
  return {
    bot: "",
    async make(tx, now) {
      const before = await existingEntry(tx, id);
      refuseOther(`entry ${id} of bot ${before.bot}`, before.revision, seen.revision);
      const { entry, denied } = await removeEntry(tx, id, now);
      const details = { ...entryDetails(entry), denied: String(denied) };
      return {
        denied,
        events: [{ type: "entry.deleted", bot: entry.bot, entry: id, details }],
      };
    },
  };
}

function botEnd(seen: SeenRecord__Output, services: Services, call: AdminCall): Revision {
  const name = requiredOf("key", seen.key);
  return {
    bot: name,
    async make(tx, now) {
      const before = await existingBot(tx, name);
      refuseOther(`bot ${name}`, before.revision, seen.revision);
      const reason = "not in the applied state";
      const { bot, denied, changed, instances, tokensVoided } = await services.governor.retire(
        tx,
        name,
        { by: call.caller.actor, reason },
        now,
      );
      const details = {
        reason,
        denied: String(denied),
        instances: String(instances.length),
        tokensVoided: String(tokensVoided),
      };
      return {
        denied,
        events: changed ? [{ type: "bot.retired", bot: bot.name, details }] : [],
      };
    },
  };
}

async function existingEntry(tx: StoreTransaction, id: string): Promise<EntryRecord> {
  const entry = await tx.getEntry(id);
  if (entry === undefined) throw new IssuerError("NOT_FOUND", `entry ${id} does not exist`);
  refusePeople(entry.bot);
  return entry;
}

/** Who may register bots must not make, or change, the identity of a person so. */
function refusePeople(bot: string): void {
  if (!isOperatorBotName(bot)) return;
  const message = `bot ${bot} is the identity of a person: ApplyState is not for people, see botpass operator`;
  throw new IssuerError("NOT_AUTHORIZED", message);
}

function refuseOther(what: string, revision: number, seen: number): void {
  if (revision === seen) return;
  throw new IssuerError("STALE_REVISION", `${what} is at revision ${revision}, not ${seen}`);
}

/** One of thousands was refused: the message must say whose it is. */
function naming<T>(bot: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof IssuerError)) throw error;
    const message = `bot ${JSON.stringify(bot.slice(0, 80))}: ${error.message}`;
    throw new IssuerError(error.code, message, { cause: error });
  }
}
