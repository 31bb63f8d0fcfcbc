export { Agent } from "./agent.ts";
export type { DenialReason, DeniedQuery } from "./deny-set.ts";
export { verifyServer } from "./dial.ts";
export type { BotEvents, IdentityEnd } from "./events.ts";
export type { IdentityView, Line } from "./line.ts";
export type { AttachChannel, ConnectOptions } from "./options.ts";
export { type SavedState, StateDirectory } from "./state-directory.ts";
export { namesWay } from "./ways.ts";
