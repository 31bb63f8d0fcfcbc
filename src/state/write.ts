import { stringify } from "yaml";
import type { DeclaredState } from "./form.ts";

/** Writes declared state as YAML: the same text for the same state. */
export function writeState(state: DeclaredState, comment: readonly string[] = []): string {
  const head = comment.map((line) => `# ${line}`.trimEnd());
  const body = stringify(state, { lineWidth: 0, aliasDuplicateObjects: false });
  return [...head, body].join("\n");
}
