import { stringify } from "yaml";
import type { DeclaredBot, DeclaredState } from "./form.ts";

/** Declared state; bots from elsewhere may have no owner yet. */
type WritableState = Omit<DeclaredState, "bots"> & {
  readonly bots: readonly (Omit<DeclaredBot, "owner"> & { readonly owner?: string })[];
};

/** Writes declared state as YAML: the same text for the same state. */
export function writeState(state: WritableState, comment: readonly string[] = []): string {
  const head = comment.map((line) => `# ${line}`.trimEnd());
  const body = stringify(state, { lineWidth: 0, aliasDuplicateObjects: false });
  return [...head, body].join("\n");
}
