export {
  type BotDifference,
  compareState,
  declaredBot,
  type EntryDifference,
  type FieldDifference,
  type Plan,
  type ServerState,
} from "./compare.ts";
export { type DeclaredBot, type DeclaredEntry, type DeclaredState, stateSchema } from "./form.ts";
export { type Declared, type PlacedBot, readState, type StateText } from "./read.ts";
export { countsOf, type PlanCounts, showCounts, showPlan } from "./show.ts";
export { importSpire, type SpireGap, type SpireImport, type SpireImportOptions } from "./spire.ts";
export { writeState } from "./write.ts";
