export { Agent } from "./agent.ts";
export type { DenialReason, DeniedQuery, DenySetOptions, DenySetState } from "./deny-set.ts";
export { type BotEvents, IDENTITY_ENDS, type IdentityEnd } from "./events.ts";
export type { IdentityView, Line } from "./line.ts";
export type { KnownCheckpoint, LogInconsistency } from "./log-watch.ts";
export type { AttachChannel, ConnectOptions } from "./options.ts";
export { type TrustEvents, TrustWatch, type TrustWatchOptions } from "./trust-watch.ts";
export { namesWay } from "./ways.ts";
