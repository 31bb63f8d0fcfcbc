export { Agent, type IdentityView } from "./agent.ts";
export type { DenialReason, DeniedQuery } from "./deny-set.ts";
export type { BotEvents, IdentityEnd } from "./events.ts";
export type { AttachChannel, ConnectOptions } from "./options.ts";
