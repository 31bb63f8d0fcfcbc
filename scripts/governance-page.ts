// Writes the table of states into docs/governance.md: `node scripts/governance-page.ts`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BOT_EVENTS, STATE_TABLE } from "../src/bots/index.ts";

const BEGIN = "<!-- states: written by scripts/governance-page.ts -->\n";
const END = "<!-- end of states -->\n";
const ROLES = ["registrar", "approver", "admin", "owner", "system"] as const;

/** State × event × role, from the code: a row for each that is possible. */
export function stateTablePage(): string {
  const rows = Object.entries(STATE_TABLE).flatMap(([state, events]) =>
    BOT_EVENTS.flatMap((event) => {
      const cell = events[event];
      if (cell === undefined) return [];
      const by = ROLES.map((role) => (cell.by.includes(role) ? "yes" : ""));
      return [`| ${state} | ${event} | ${cell.to} | ${by.join(" | ")} | ${cell.live} |`];
    }),
  );
  return [
    `| state | event | leads to | ${ROLES.join(" | ")} | what it holds |`,
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

if (import.meta.main) {
  const file = join(import.meta.dirname, "../docs/governance.md");
  const page = readFileSync(file, "utf8");
  const [before = "", rest = ""] = page.split(BEGIN);
  const [, after = ""] = rest.split(END);
  writeFileSync(file, `${before}${BEGIN}\n${stateTablePage()}\n${END}${after}`);
}
