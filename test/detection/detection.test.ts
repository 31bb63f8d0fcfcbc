// What detectors find in labelled stories, and that docs/detection.md says so.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { auditDraft } from "../../src/audit/index.ts";
import {
  DETECTORS,
  Detection,
  networkOf,
  type Observation,
  observationOf,
} from "../../src/detection/index.ts";
import { EXPECTATIONS, SCENARIOS } from "./scenarios.ts";
import { scoreAll, tablesOf } from "./score.ts";
import { DAY, HOUR, Story } from "./story.ts";

const scored = scoreAll();

test("docs/detection.md shows what the stories give", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/detection.md"), "utf8");
  expect(page, "run `npm run detectors`").toContain(tablesOf(scored));
});

test.each(scored.scores)("$detector: precision $precision, recall $recall", (score) => {
  expect(score.precision).toBeGreaterThan(0.85);
  expect(score.recall).toBeGreaterThan(0.7);
});

test("each detector has stories of misuse and harmless ones", () => {
  for (const name of DETECTORS) {
    const own = SCENARIOS.filter(({ detector }) => detector === name);
    expect(own.filter(({ malicious }) => malicious).length, name).toBeGreaterThanOrEqual(2);
    expect(own.filter(({ malicious }) => !malicious).length, name).toBeGreaterThanOrEqual(3);
  }
});

test("what goes on is told once an hour, with what it rests on", () => {
  const story = new Story(1);
  for (let day = 0; day < 6; day += 1) story.create(day * DAY, `i${day}`, "198.51.100.7");
  for (let times = 0; times < 120; times += 1) {
    story.refuse(7 * DAY + times * 60_000, "203.0.113.9", "TOKEN_INVALID");
    for (let more = 0; more < 6; more += 1) {
      story.refuse(7 * DAY + times * 60_000 + more, "203.0.113.9", "TOKEN_INVALID");
    }
  }
  const detection = new Detection(EXPECTATIONS);
  const found = story.observations().flatMap((each: Observation) => detection.observe(each));
  expect(found.map(({ detector, subject }) => [detector, subject])).toEqual([
    ["refusal_burst", "203.0.113.0/24"],
    ["refusal_burst", "203.0.113.0/24"],
  ]);
  expect(found[0]?.evidence).toHaveLength(20);
  expect((found[1]?.at.getTime() ?? 0) - (found[0]?.at.getTime() ?? 0)).toBeGreaterThan(HOUR);
});

test("networks of addresses", () => {
  expect(networkOf("::ffff:192.0.2.7")).toBe("192.0.2.0/24");
  expect(networkOf("192.0.2.7", true)).toBe("192.0.0.0/16");
  expect(networkOf("2001:0db8::1")).toBe("2001:db8:0::/48");
  expect(networkOf("fe80::1%eth0", true)).toBe("fe80:0::/32");
  expect(networkOf("")).toBeUndefined();
});

test("what was just committed is looked at without its bytes, and says the same", () => {
  const draft = auditDraft(
    {
      type: "svid.issued",
      outcome: "ok",
      bot: "a",
      instance: "i1",
      serial: "01",
      evidence: { attestor: "unix", selectors: ["unix:uid:9"] },
      details: { kind: "jwt", audience: "crm hr", owner: "half \uD800" },
    },
    new Date("2030-01-01T00:00:00Z"),
  );
  const { details, ...columns } = draft;
  let read = 0;
  const bytes = (): string => {
    read += 1;
    return draft.bytes(7);
  };
  const fresh = observationOf({ ...columns, sequence: 7, ...(details && { details }) }, bytes);
  new Detection(EXPECTATIONS).observe(fresh);
  expect(fresh.details.audience).toBe("crm hr");
  expect(read).toBe(0);
  expect(fresh.details).toEqual(observationOf({ ...columns, sequence: 7 }, bytes).details);
});

test("of what changes bots and entries in bulk nothing is read that the columns say", () => {
  const detection = new Detection(EXPECTATIONS);
  let read = 0;
  for (const type of ["bot.registered", "bot.updated", "entry.created", "entry.updated"]) {
    const columns = { sequence: 1, at: new Date("2030-01-01T00:00:00Z"), type, instanceId: null };
    detection.observe(
      observationOf({ ...columns, bot: "a" }, () => {
        read += 1;
        return "{}";
      }),
    );
  }
  expect(read).toBe(0);
});
