import {
  newBot,
  newEntry,
  type PassportChange,
  type PassportOutcome,
  type StateChange,
  suspendBot,
  termsOf,
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
import { type AdminCall, type AdminServices, changeState, type OperatorEvent } from "./context.ts";
import { entryDetails, entryMessage, warningsOf, wishOf } from "./entries.ts";
import { choiceOf, instantOf, msOf, pageOf, requiredOf } from "./fields.ts";
import { timedUuid } from "./ids.ts";
import { governanceMessage, termsDetails, termsMessage, termsWish } from "./terms.ts";

const BOT_STATES = ["draft", "proposed", "active", "restricted", "suspended", "retired"] as const;

/** The methods of BotService. */
export function botMethods(services: AdminServices) {
  return {
    async registerBot(request: RegisterBotRequest__Output, call: AdminCall) {
      const { record: written, personSaid } = newPassport(request, services);
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
        const { governor } = services;
        const { propose } = request;
        const wish = { personSaid, propose };
        const passport = await governor.register(tx, written, wish, call.caller.actor, now);
        const bot = await tx.createBot(passport);
        const entry = await tx.createEntry(
          governor.entries.begin(passport, draft, call.caller.actor),
        );
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
      const state = choiceOf("state", request.state, BOT_STATES);
      const filter = {
        ...(state === undefined ? {} : { state }),
        ...(request.owner === "" ? {} : { owner: request.owner }),
        ...(request.environment === "" ? {} : { environment: request.environment }),
      };
      const { items, next } = await services.store.listBots(filter, pageOf(request));
      return { bots: items.map(botMessage), nextPageToken: next ?? "" };
    },

    updateBot(request: UpdateBotRequest__Output, call: AdminCall) {
      const change = passportChange(request);
      return changeState(services, call, async (tx, now) => {
        const { name, revision } = request;
        const { actor } = call.caller;
        const outcome = await services.governor.change(tx, name, change, revision, actor, now);
        return { result: botMessage(outcome.bot), events: changeEvents(outcome) };
      });
    },

    suspendBot: (request: ChangeBotStateRequest__Output, call: AdminCall) =>
      changeBot(services, request, call, "bot.suspended", suspendBot),
    resumeBot: (request: ChangeBotStateRequest__Output, call: AdminCall) =>
      changeBot(services, request, call, "bot.resumed", (tx, name, now) =>
        services.governor.resume(tx, name, now),
      ),
    retireBot: (request: ChangeBotStateRequest__Output, call: AdminCall) =>
      changeBot(services, request, call, "bot.retired", (tx, name, now) =>
        services.governor.retire(tx, name, { by: call.caller.actor, reason: request.reason }, now),
      ),
  };
}

function changeBot(
  services: AdminServices,
  request: ChangeBotStateRequest__Output,
  call: AdminCall,
  type: "bot.suspended" | "bot.resumed" | "bot.retired",
  change: (
    tx: StoreTransaction,
    name: string,
    now: Date,
  ) => Promise<StateChange & { readonly receipt?: string | undefined }>,
) {
  requiredOf("name", request.name);
  const reason = validateText("reason", request.reason, 1024, 0);
  return changeState(services, call, async (tx, now) => {
    const { bot, denied, changed, instances, tokensVoided, receipt } = await change(
      tx,
      request.name,
      now,
    );
    const details = {
      reason,
      denied: String(denied),
      instances: String(instances.length),
      tokensVoided: String(tokensVoided),
    };
    return {
      result: {
        bot: botMessage(bot),
        denied,
        streams: services.registry.countOf(bot.name),
        ...(receipt === undefined ? {} : { receipt }),
      },
      events: changed ? [{ type, bot: bot.name, details }] : [],
    };
  });
}

/**
 * The passport of a bot that is to be registered, checked, as it was written: its environment's policy says how it begins.
 * @throws IssuerError as `newBot`; REQUEST_INVALID naming ends_at_ms.
 */
export function newPassport(
  request: RegisterBotRequest__Output,
  { clock, trustDomain }: Pick<AdminServices, "clock" | "trustDomain">,
): { readonly record: New<BotRecord>; readonly personSaid: boolean } {
  const { name, owner, purpose, kind, environment, path } = request;
  const endsAt = instantOf("ends_at_ms", request.endsAtMs);
  const { terms, personSaid } = termsWish(request.terms);
  const record = newBot(
    {
      name,
      owner,
      purpose,
      ...(kind === "" ? {} : { kind }),
      ...(environment === "" ? {} : { environment }),
      ...(path === "" ? {} : { path }),
      ...(endsAt === null ? {} : { endsAt }),
      ...(terms === undefined ? {} : { terms }),
    },
    trustDomain,
    clock.now(),
  );
  return { record, personSaid };
}

/** What is to be changed of a passport: the fields that were sent. @throws IssuerError REQUEST_INVALID naming ends_at_ms. */
export function passportChange(request: UpdateBotRequest__Output): PassportChange {
  const { terms, personSaid } = termsWish(request.terms);
  return {
    ...(request._owner === undefined ? {} : { owner: request.owner ?? "" }),
    ...(request._purpose === undefined ? {} : { purpose: request.purpose ?? "" }),
    ...(request._endsAtMs === undefined
      ? {}
      : { endsAt: instantOf("ends_at_ms", request.endsAtMs ?? 0) }),
    ...(terms === undefined ? {} : { terms, personSaid }),
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
    terms: termsMessage(termsOf(bot)),
    governance: governanceMessage(bot),
  };
}

/** What the audit says of a change: the whole passport as it stands, and what waits. */
export function changeEvents({ bot, denied, events }: PassportOutcome): readonly OperatorEvent[] {
  const cut = denied === 0 ? {} : { denied: String(denied) };
  return events.map((event) => ({
    ...event,
    details: { ...passportDetails(bot), ...event.details, ...cut },
  }));
}

/** What the audit says of a passport. */
export function passportDetails(bot: New<BotRecord>): Record<string, string> {
  const { kind, owner, purpose, environment, spiffeId, endsAt } = bot;
  const ends = endsAt === null ? {} : { endsAt: endsAt.toISOString() };
  const state = bot.state === "active" ? {} : { state: bot.state };
  return {
    kind,
    owner,
    purpose,
    environment,
    spiffeId,
    ...ends,
    ...state,
    ...termsDetails(bot.terms),
  };
}
