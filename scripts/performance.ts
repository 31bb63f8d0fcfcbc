// Puts a run of the bench into docs/performance.md (the table) and docs/performance.svg (how cost grows):
// `node scripts/performance.ts RESULTS.json`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, ratioOf, tableOf } from "../bench/result.ts";

const DOCS = join(import.meta.dirname, "../docs");
const [file = "bench-results.json"] = process.argv.slice(2);
const results = JSON.parse(readFileSync(file, "utf8")) as Result[];

const page = join(DOCS, "performance.md");
const table = `<!-- table -->\n\n${tableOf(results)}\n\n<!-- /table -->`;
const text = readFileSync(page, "utf8").replace(/<!-- table -->[\s\S]*<!-- \/table -->/, table);
writeFileSync(page, text);

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly goal: number | undefined;
}

const WIDTH = 760;
const ROW = 26;
const LEFT = 250;

const escapeXml = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

function panel(title: string, unit: string, bars: readonly Bar[], top: number): string {
  const most = Math.max(...bars.flatMap(({ value, goal = 0 }) => [value, goal]));
  const x = (value: number): number => LEFT + ((WIDTH - LEFT - 90) * value) / most;
  const rows = bars.map(({ label, value, goal }, index) => {
    const y = top + 24 + index * ROW;
    const mark =
      goal === undefined
        ? ""
        : `<line x1="${x(goal)}" x2="${x(goal)}" y1="${y - 3}" y2="${y + 19}" stroke="#b00" stroke-width="2"/>`;
    return `<text x="${LEFT - 8}" y="${y + 12}" text-anchor="end">${escapeXml(label)}</text>
<rect x="${LEFT}" y="${y}" width="${x(value) - LEFT}" height="16" fill="#3a6ea5"/>${mark}
<text x="${x(value) + 6}" y="${y + 12}">${value.toPrecision(3)} ${unit}</text>`;
  });
  return `<text x="12" y="${top + 12}" font-weight="bold">${escapeXml(title)}</text>\n${rows.join("\n")}`;
}

const barsOf = (pattern: RegExp, value: (result: Result) => number): Bar[] =>
  results
    .filter(({ name }) => pattern.test(name))
    .map((each) => ({
      label: each.name.replace(/: server CPU|, p99/, ""),
      value: value(each),
      goal: each.goal,
    }));

const panels = [
  {
    title: "Server CPU, times the bare cost (red: goal)",
    unit: "x",
    bars: barsOf(/server CPU/, (each) => ratioOf(each) ?? 0),
  },
  {
    title: "Time to match by number of entries, p99",
    unit: "ms",
    bars: barsOf(/^match/, (each) => each.measured),
  },
  { title: "Memory of the server", unit: "MB", bars: barsOf(/^memory/, (each) => each.measured) },
  {
    title: "Memory of the server for each connected bot",
    unit: "KB",
    bars: barsOf(/memory each/, (each) => each.measured),
  },
].filter(({ bars }) => bars.length > 0);
let top = 12;
const drawn = panels.map(({ title, unit, bars }) => {
  const svg = panel(title, unit, bars, top);
  top += 24 + bars.length * ROW + 18;
  return svg;
});
writeFileSync(
  join(DOCS, "performance.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" font-family="sans-serif" font-size="12">
<title>Cost by batch, entries and bots</title>
<rect width="100%" height="100%" fill="#fff"/>
${drawn.join("\n")}
</svg>
`,
);
