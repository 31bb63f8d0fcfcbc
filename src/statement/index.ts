export {
  draftStatement,
  formatStatement,
  MAX_STATEMENT_BYTES,
  type StatementDraft,
  statementHash,
} from "./statement.ts";
export { type VerifiedStatement, type VerifyStatementOptions, verifyStatement } from "./verify.ts";
