export { Agent } from "./agent.ts";
export type { DenialReason, DeniedQuery } from "./deny-set.ts";
export type { BotEvents, IdentityEnd } from "./events.ts";
export type { IdentityView, Line } from "./line.ts";
export type { AttachChannel, ConnectOptions, PlatformTokenOptions } from "./options.ts";
export { namesWay } from "./ways.ts";
