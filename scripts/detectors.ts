// Scores the detectors by their labelled stories and writes the tables into docs/detection.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scoreAll, tablesOf, withTables } from "../test/detection/score.ts";

const page = join(import.meta.dirname, "../docs/detection.md");
const tables = tablesOf(scoreAll());
writeFileSync(page, withTables(readFileSync(page, "utf8"), tables));
process.stdout.write(`${tables}\n`);
