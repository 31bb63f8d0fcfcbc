import {
  changePassport,
  existingBot,
  liftEnd,
  newBot,
  newEntry,
  resumeBot,
  retireBot,
  type StateChange,
  suspendBot,
  tokenSelector,
  validateText,
} from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import type { BotRecord, New, StoreTransaction } from "../../store/index.ts";
import type {
  Bot,
  ChangeBotStateRequest__Output,
  ListBotsRequest__Output,
  RegisterBotRequest__Output,
  UpdateBotRequest__Output,
} from "../../wire/index.ts";
import { type AdminCall, type AdminServices, changeState } from "./context.ts";
import { entryDetails, entryMessage, warningsOf, wishOf } from "./entries.ts";
import { choiceOf, instantOf, msOf, pageOf, requiredOf } from "./fields.ts";
import { timedUuid } from "./ids.ts";

/** The methods of BotService. */
export function botMethods(services: AdminServices) {
  return {
    async registerBot(request: RegisterBotRequest__Output, call: AdminCall) {
      const passport = newPassport(request, services);
      const now = services.clock.now();
      // Without selectors the bot proves itself by join tokens.
      const wish = wishOf(request.entry, [tokenSelector(request.name)]);
      services.oidcRules.check(wish.selectors);
      const identity = {
        id: timedUuid(now, services.randomBytes),
        createdBy: request.entry ? call.caller.actor : null,
      };
      const draft = newEntry(request.name, wish, identity, now);
      return changeState(services, call, async (tx) => {
        const bot = await tx.createBot(passport);
        const entry = await tx.createEntry(draft);
        const details = passportDetails(bot);
        return {
          result: {
            bot: botMessage(bot),
            entry: entryMessage(entry),
            warnings: warningsOf(entry, services),
          },
          events: [
            { type: "bot.registered", bot: bot.name, details },
            {
              type: "entry.created",
              bot: bot.name,
              entry: entry.id,
              details: entryDetails(entry),
            },
          ],
        };
      });
    },

    async getBot(request: { name: string }) {
      const bot = await services.store.getBot(request.name);
      if (bot !== undefined) return botMessage(bot);
      throw new IssuerError("NOT_FOUND", `bot ${requiredOf("name", request.name)} does not exist`);
    },

    async listBots(request: ListBotsRequest__Output) {
      const state = choiceOf("state", request.state, ["active", "suspended", "retired"]);
      const filter = {
        ...(state === undefined ? {} : { state }),
        ...(request.owner === "" ? {} : { owner: request.owner }),
        ...(request.environment === "" ? {} : { environment: request.environment }),
      };
      const { items, next } = await services.store.listBots(filter, pageOf(request));
      return { bots: items.map(botMessage), nextPageToken: next ?? "" };
    },

    updateBot(request: UpdateBotRequest__Output, call: AdminCall) {
      return changeState(services, call, async (tx, now) => {
        const before = await existingBot(tx, request.name);
        const changed = changePassport(before, passportChange(request), now);
        const bot = await tx.updateBot({ ...changed, revision: request.revision });
        if (before.endsAt !== null && before.endsAt <= now) await liftEnd(tx, bot);
        return {
          result: botMessage(bot),
          events: [{ type: "bot.updated", bot: bot.name, details: passportDetails(bot) }],
        };
      });
    },

    suspendBot: (request: ChangeBotStateRequest__Output, call: AdminCall) =>
      changeBot(services, request, call, "bot.suspended", suspendBot),
    resumeBot: (request: ChangeBotStateRequest__Output, call: AdminCall) =>
      changeBot(services, request, call, "bot.resumed", resumeBot),
    retireBot: (request: ChangeBotStateRequest__Output, call: AdminCall) =>
      changeBot(services, request, call, "bot.retired", retireBot),
  };
}

function changeBot(
  services: AdminServices,
  request: ChangeBotStateRequest__Output,
  call: AdminCall,
  type: "bot.suspended" | "bot.resumed" | "bot.retired",
  change: (tx: StoreTransaction, name: string, now: Date) => Promise<StateChange>,
) {
  requiredOf("name", request.name);
  const reason = validateText("reason", request.reason, 1024, 0);
  return changeState(services, call, async (tx, now) => {
    const { bot, denied, changed, instances, tokensVoided } = await change(tx, request.name, now);
    const details = {
      reason,
      denied: String(denied),
      instances: String(instances.length),
      tokensVoided: String(tokensVoided),
    };
    return {
      result: { bot: botMessage(bot), denied, streams: services.registry.countOf(bot.name) },
      events: changed ? [{ type, bot: bot.name, details }] : [],
    };
  });
}

/**
 * The passport of a bot that is to be registered, checked.
 * @throws IssuerError as `newBot`; REQUEST_INVALID naming ends_at_ms.
 */
export function newPassport(
  request: RegisterBotRequest__Output,
  { clock, trustDomain }: Pick<AdminServices, "clock" | "trustDomain">,
): New<BotRecord> {
  const { name, owner, purpose, kind, environment, path } = request;
  const endsAt = instantOf("ends_at_ms", request.endsAtMs);
  return newBot(
    {
      name,
      owner,
      purpose,
      ...(kind === "" ? {} : { kind }),
      ...(environment === "" ? {} : { environment }),
      ...(path === "" ? {} : { path }),
      ...(endsAt === null ? {} : { endsAt }),
    },
    trustDomain,
    clock.now(),
  );
}

/** What is to be changed of a passport: the fields that were sent. @throws IssuerError REQUEST_INVALID naming ends_at_ms. */
export function passportChange(request: UpdateBotRequest__Output) {
  return {
    ...(request._owner === undefined ? {} : { owner: request.owner ?? "" }),
    ...(request._purpose === undefined ? {} : { purpose: request.purpose ?? "" }),
    ...(request._endsAtMs === undefined
      ? {}
      : { endsAt: instantOf("ends_at_ms", request.endsAtMs ?? 0) }),
  };
}

/** A bot as operators see it. */
export function botMessage(bot: BotRecord): Bot {
  return {
    name: bot.name,
    kind: bot.kind,
    owner: bot.owner,
    purpose: bot.purpose,
    environment: bot.environment,
    endsAtMs: msOf(bot.endsAt),
    state: bot.state,
    spiffeId: bot.spiffeId,
    createdAtMs: bot.createdAt.getTime(),
    updatedAtMs: bot.updatedAt.getTime(),
    revision: bot.revision,
  };
}

/** What the audit says of a passport. */
export function passportDetails(bot: New<BotRecord>): Record<string, string> {
  const { kind, owner, purpose, environment, spiffeId, endsAt } = bot;
  const ends = endsAt === null ? {} : { endsAt: endsAt.toISOString() };
  return { kind, owner, purpose, environment, spiffeId, ...ends };
}
