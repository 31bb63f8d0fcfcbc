import { type EntryOutcome, type PassportOutcome, validateText } from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import type { StoreTransaction } from "../../store/index.ts";
import type {
  DecideBotRequest__Output,
  DecideEntryRequest__Output,
  ProposeBotRequest__Output,
  ReviewBotRequest__Output,
} from "../../wire/index.ts";
import { botMessage, changeEvents } from "./bots.ts";
import { type AdminCall, type AdminServices, changeState } from "./context.ts";
import { entryEvents, entryMessage } from "./entries.ts";
import { requiredOf } from "./fields.ts";

/** The methods of GovernanceService. */
export function governanceMethods(services: AdminServices) {
  const { governor } = services;
  const run = (
    call: AdminCall,
    work: (tx: StoreTransaction, now: Date) => Promise<PassportOutcome>,
  ) =>
    changeState(services, call, async (tx, now) => {
      const outcome = await work(tx, now);
      const { bot, entries = [] } = outcome;
      const events = [...changeEvents(outcome), ...entries.flatMap(entryEvents)];
      return { result: botMessage(bot), events };
    });
  const runEntry = (
    call: AdminCall,
    work: (tx: StoreTransaction, now: Date) => Promise<EntryOutcome>,
  ) =>
    changeState(services, call, async (tx, now) => {
      const outcome = await work(tx, now);
      return { result: entryMessage(outcome.entry), events: entryEvents(outcome) };
    });
  return {
    proposeBot(request: ProposeBotRequest__Output, call: AdminCall) {
      const name = requiredOf("name", request.name);
      return run(call, (tx, now) => governor.propose(tx, name, call.caller.actor, now));
    },

    approveBot(request: DecideBotRequest__Output, call: AdminCall) {
      const name = requiredOf("name", request.name);
      const { revision } = request;
      return run(call, (tx, now) => governor.approve(tx, name, revision, call.caller.actor, now));
    },

    rejectBot(request: DecideBotRequest__Output, call: AdminCall) {
      const name = requiredOf("name", request.name);
      const reason = validateText("reason", request.reason, 1024, 0);
      return run(call, (tx, now) => governor.reject(tx, name, request.revision, reason, now));
    },

    reviewBot(request: ReviewBotRequest__Output, call: AdminCall) {
      const name = requiredOf("name", request.name);
      const reason = validateText("reason", request.reason, 1024, 0);
      const { actor } = call.caller;
      return run(call, (tx, now) => governor.review(tx, name, actor, reason, now));
    },

    approveEntry(request: DecideEntryRequest__Output, call: AdminCall) {
      const id = requiredOf("id", request.id);
      const { revision } = request;
      return runEntry(call, (tx, now) =>
        governor.entries.approve(tx, id, revision, call.caller.actor, now),
      );
    },

    rejectEntry(request: DecideEntryRequest__Output, call: AdminCall) {
      const id = requiredOf("id", request.id);
      const reason = validateText("reason", request.reason, 1024, 0);
      return runEntry(call, (tx, now) =>
        governor.entries.reject(tx, id, request.revision, reason, now),
      );
    },

    async getReceipt(request: { name: string }) {
      const name = requiredOf("name", request.name);
      const jws = await governor.receiptOf(services.store, name);
      if (jws !== undefined) return { jws };
      throw new IssuerError("NOT_FOUND", `bot ${name} has no receipt: it was not retired`);
    },
  };
}
