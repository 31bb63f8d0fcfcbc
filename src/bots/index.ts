export { type Calls, callsOf, callTargets, mayCall } from "./calls.ts";
export {
  changeEntry,
  type EntryWish,
  entryRefusal,
  newEntry,
  tokenSelector,
  WORKLOAD_SELECTOR_TYPES,
} from "./entry.ts";
export { type EntryOutcome, isPending } from "./entry-approvals.ts";
export { proposedContentOf } from "./entry-content.ts";
export {
  type Author,
  Governor,
  type PassportOutcome,
  POLICIES_KEY,
  type Receipt,
} from "./governor.ts";
export {
  attestorRefusal,
  audienceRefusal,
  instanceCountRefusal,
  isRestricted,
  networkRefusal,
  personRefusal,
  RESTRICTED_TTL_SECONDS,
  restrictionRefusal,
  staleRefusal,
} from "./guards.ts";
export { instancesWith, tokenOfEvidence } from "./instances.ts";
export {
  banInstance,
  endBot,
  endEntry,
  endInstance,
  evictInstance,
  existingBot,
  type InstanceEnd,
  liftEnd,
  removeEntry,
  resumeBot,
  retireBot,
  type StateChange,
  suspendBot,
} from "./lifecycle.ts";
export { MAX_JWT_TTL_SECONDS, MAX_X509_TTL_SECONDS } from "./limits.ts";
export {
  type Explanation,
  explainEntries,
  type Match,
  matchEntries,
  missingSelectors,
  type NodeProof,
  nodeMayClaim,
  nodeRefusal,
  pendingMatch,
} from "./matching.ts";
export {
  type Narrowed,
  type Narrowing,
  type NarrowingStep,
  narrow,
  narrowingOf,
  type UseEvidence,
} from "./narrowing.ts";
export {
  existingOperator,
  giveIdentity,
  isOperatorBotName,
  newOperator,
  type OperatorRegistration,
  operatorOf,
  parseRoles,
  removeOperator,
  setRoles,
} from "./operators.ts";
export {
  BOT_KINDS,
  type BotRegistration,
  changePassport,
  newBot,
  OPERATOR_PATH,
  type PassportChange,
  passportLimits,
  passportRefusal,
  RESERVED_PATH,
} from "./passport.ts";
export { type EnvironmentPolicy, LENIENT_POLICY, type Policies } from "./policy.ts";
export {
  planRevocation,
  prepareRevocation,
  type Revocation,
  type RevocationTarget,
  revocationKindOf,
  revoke,
} from "./revocation.ts";
export {
  BOT_EVENTS,
  type BotEvent,
  type CausedBy,
  canHappen,
  STATE_TABLE,
  type StateCell,
} from "./states.ts";
export {
  differencesOf,
  isWithin,
  NO_TERMS,
  PASSPORT_ATTESTORS,
  termsOf,
} from "./terms.ts";
export { validateText } from "./text.ts";
