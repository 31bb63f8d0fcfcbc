export {
  changeEntry,
  type EntryWish,
  entryRefusal,
  MAX_JWT_TTL_SECONDS,
  MAX_X509_TTL_SECONDS,
  newEntry,
  tokenSelector,
  WORKLOAD_SELECTOR_TYPES,
} from "./entry.ts";
export {
  banInstance,
  endBot,
  endEntry,
  endInstance,
  evictInstance,
  existingBot,
  type InstanceEnd,
  liftEnd,
  resumeBot,
  retireBot,
  type StateChange,
  suspendBot,
} from "./lifecycle.ts";
export {
  type Explanation,
  explainEntries,
  type Match,
  matchEntries,
  missingSelectors,
  type NodeProof,
  nodeMayClaim,
  nodeRefusal,
} from "./matching.ts";
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
  passportRefusal,
  RESERVED_PATH,
  validateText,
} from "./passport.ts";
export {
  planRevocation,
  type Revocation,
  type RevocationTarget,
  revocationKindOf,
  revoke,
} from "./revocation.ts";
