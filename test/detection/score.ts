import { DETECTORS, Detection, type DetectorName } from "../../src/detection/index.ts";
import { EXPECTATIONS, SCENARIOS, type Scenario } from "./scenarios.ts";
import { Story } from "./story.ts";

/** How often each kind of story is told. */
export const SEEDS = 40;

export interface Score {
  readonly detector: DetectorName;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** 0 to 1. */
  readonly precision: number;
  readonly recall: number;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  /** In how many of the tellings its own detector spoke. */
  readonly told: number;
}

/** Tells each story under all seeds to all detectors. A detector that speaks in a story of another's counts as wrong. */
export function scoreAll(seeds: number = SEEDS): {
  readonly scores: readonly Score[];
  readonly results: readonly ScenarioResult[];
} {
  const counts = new Map(DETECTORS.map((name) => [name, { tp: 0, fp: 0, fn: 0 }]));
  const of = (name: DetectorName) => counts.get(name) ?? { tp: 0, fp: 0, fn: 0 };
  const results = SCENARIOS.map((scenario) => {
    let told = 0;
    for (let seed = 1; seed <= seeds; seed += 1) {
      const spoke = listen(scenario, seed);
      if (spoke.delete(scenario.detector)) {
        told += 1;
        of(scenario.detector)[scenario.malicious ? "tp" : "fp"] += 1;
      } else if (scenario.malicious) of(scenario.detector).fn += 1;
      // In the story of an attack another detector may rightly see it too.
      if (!scenario.malicious) for (const other of spoke) of(other).fp += 1;
    }
    return { scenario, told };
  });
  const scores = DETECTORS.map((detector) => {
    const { tp, fp, fn } = of(detector);
    return {
      detector,
      truePositives: tp,
      falsePositives: fp,
      falseNegatives: fn,
      precision: tp / (tp + fp),
      recall: tp / (tp + fn),
    };
  });
  return { scores, results };
}

function listen(scenario: Scenario, seed: number): Set<DetectorName> {
  const story = new Story(seed);
  scenario.tell(story);
  const detection = new Detection({ ...EXPECTATIONS, ...scenario.expectations });
  const findings = story.observations().flatMap((each) => detection.observe(each));
  return new Set(findings.map(({ detector }) => detector));
}

const START = "<!-- scores: written by `npm run detectors` -->";
const END = "<!-- /scores -->";

/** The tables of docs/detection.md. */
export function tablesOf({ scores, results }: ReturnType<typeof scoreAll>): string {
  const rate = (value: number): string => value.toFixed(3);
  return [
    START,
    "",
    `| detector | precision | recall | right | false alarms | missed |`,
    "| --- | --- | --- | --- | --- | --- |",
    ...scores.map(
      (each) =>
        `| \`${each.detector}\` | ${rate(each.precision)} | ${rate(each.recall)} | ${each.truePositives} | ${each.falsePositives} | ${each.falseNegatives} |`,
    ),
    "",
    `Each story was told ${SEEDS} times:`,
    "",
    "| detector | story | misuse | reported |",
    "| --- | --- | --- | --- |",
    ...results.map(
      ({ scenario, told }) =>
        `| \`${scenario.detector}\` | ${scenario.name} | ${scenario.malicious ? "yes" : "no"} | ${told} of ${SEEDS} |`,
    ),
    "",
    END,
  ].join("\n");
}

/** The page with its tables replaced. */
export function withTables(page: string, tables: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error("docs/detection.md has no place for the tables");
  return page.slice(0, start) + tables + page.slice(end + END.length);
}
