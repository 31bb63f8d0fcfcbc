export type { UsesReport } from "../wire/index.ts";
export { Agent } from "./agent.ts";
export {
  type CallRefusal,
  CallRules,
  type PassportCall,
  type PassportCalls,
  untold,
} from "./call-rules.ts";
export type { DenialReason, DeniedQuery, DenySetOptions, DenySetState } from "./deny-set.ts";
export { verifyServer } from "./dial.ts";
export { type BotEvents, IDENTITY_CHANGES, IDENTITY_ENDS, type IdentityEnd } from "./events.ts";
export type { IdentityView, Line } from "./line.ts";
export type { KnownCheckpoint, LogInconsistency } from "./log-watch.ts";
export type { AttachChannel, ConnectOptions, PlatformTokenOptions } from "./options.ts";
export { type SavedState, StateDirectory } from "./state-directory.ts";
export { type TrustEvents, TrustWatch, type TrustWatchOptions } from "./trust-watch.ts";
export { namesWay } from "./ways.ts";
