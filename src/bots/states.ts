import { IssuerError } from "../errors.ts";
import type { BotRecord, BotState } from "../store/index.ts";

/** What can happen to a passport. */
export const BOT_EVENTS = [
  "change",
  "propose",
  "approve",
  "reject",
  "review",
  "suspend",
  "resume",
  "retire",
  "warn",
  "restrict",
  "time out",
  "end",
] as const;

export type BotEvent = (typeof BOT_EVENTS)[number];

/** `system`: time, and the loss of an owner. */
export type CausedBy = "registrar" | "approver" | "admin" | "owner" | "system";

/** One cell: where the event leads from a state, who may cause it, and what becomes of what the bot holds. */
export interface StateCell {
  readonly to: BotState;
  readonly by: readonly CausedBy[];
  readonly live: string;
}

const KEEPS = "goes on";
const NOTHING = "holds nothing";
const CUT = "all denied, instances end, tokens void";
const WRITE = ["registrar", "admin"] as const;
const OFFER = ["registrar", "admin", "owner"] as const;
const DECIDE = ["approver", "admin"] as const;
const LOOK = ["approver", "admin", "owner"] as const;
const STOP = ["registrar", "approver", "admin", "owner"] as const;
const TIME = ["system"] as const;

const cell = (to: BotState, by: readonly CausedBy[], live: string): StateCell => ({ to, by, live });

const LIVE = {
  suspend: cell("suspended", STOP, CUT),
  retire: cell("retired", OFFER, CUT),
  "time out": cell("suspended", TIME, CUT),
  end: cell("retired", TIME, CUT),
};

/** Every change of state that there is. What is not here is refused with WRONG_STATE. */
export const STATE_TABLE: Readonly<
  Record<BotState, Readonly<Partial<Record<BotEvent, StateCell>>>>
> = {
  draft: {
    change: cell("draft", WRITE, NOTHING),
    propose: cell("proposed", OFFER, NOTHING),
    retire: cell("retired", OFFER, NOTHING),
    end: cell("retired", TIME, NOTHING),
  },
  proposed: {
    change: cell("draft", WRITE, NOTHING),
    approve: cell("active", DECIDE, "may attest"),
    reject: cell("draft", LOOK, NOTHING),
    retire: cell("retired", OFFER, NOTHING),
    end: cell("retired", TIME, NOTHING),
  },
  active: {
    ...LIVE,
    change: cell("active", WRITE, "narrower at once, wider when approved"),
    approve: cell("active", DECIDE, "gets the wider version"),
    reject: cell("active", LOOK, KEEPS),
    review: cell("active", LOOK, KEEPS),
    warn: cell("active", TIME, KEEPS),
    restrict: cell("restricted", TIME, "no new instance, lifetimes of 5 minutes"),
  },
  restricted: {
    ...LIVE,
    change: cell("restricted", WRITE, "narrower at once, wider when approved"),
    approve: cell("restricted", DECIDE, "gets the wider version"),
    reject: cell("restricted", LOOK, KEEPS),
    review: cell("active", LOOK, "as before the restriction"),
    warn: cell("restricted", TIME, KEEPS),
  },
  suspended: {
    change: cell("suspended", WRITE, NOTHING),
    approve: cell("suspended", DECIDE, NOTHING),
    reject: cell("suspended", LOOK, NOTHING),
    review: cell("suspended", LOOK, NOTHING),
    resume: cell("active", DECIDE, "may attest; what it held stays denied"),
    retire: cell("retired", OFFER, NOTHING),
    end: cell("retired", TIME, NOTHING),
  },
  retired: {},
};

/** Whether the event can happen in that state. */
export function canHappen(event: BotEvent, state: BotState): boolean {
  return STATE_TABLE[state][event] !== undefined;
}

/**
 * Where the event leads.
 * @throws IssuerError WRONG_STATE when it cannot happen in the bot's state.
 */
export function cellOf(bot: BotRecord, event: BotEvent): StateCell {
  const found = STATE_TABLE[bot.state][event];
  if (found !== undefined) return found;
  const message = `bot ${bot.name} is ${bot.state}: ${event} is not possible`;
  throw new IssuerError("WRONG_STATE", message);
}
