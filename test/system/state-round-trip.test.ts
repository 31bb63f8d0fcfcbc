// Random states: applied, exported, compared.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { stateSchema } from "../../src/state/index.ts";
import { operatorOf } from "../support/operator.ts";
import { runningServer } from "../support/running-server.ts";

/** Printable, also where YAML would read something else into it. */
const text = (maxLength: number) =>
  fc
    .oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength }),
      fc.constantFrom(
        "yes",
        "null",
        "1e3",
        "0x10",
        "~",
        "- a",
        "a: b",
        "# c",
        " d ",
        "'",
        '"',
        "|",
        "2030-01-01",
      ),
    )
    .filter(
      (value) =>
        /^\P{Cc}+$/u.test(value) && value.isWellFormed() && Buffer.byteLength(value) <= 200,
    );
const instant = fc
  .date({ min: new Date("2040-01-01"), max: new Date("2060-01-01"), noInvalidDate: true })
  .map((at) => (at.getTime() % 3 === 0 ? at.toISOString().slice(0, 10) : at.toISOString()));
const subset = (values: readonly string[]) => fc.shuffledSubarray([...values]);
const optional = { requiredKeys: ["selectors"] as const };
const selectors = fc
  .record({
    uid: fc.integer({ min: 0, max: 9 }),
    more: subset(["unix:gid:1", "unix:gid:2", "unix:path:/a b", "unix:path:/ü", "unix:sha256:00"]),
  })
  .map(({ uid, more }) => [...more, `unix:uid:${uid}`]);
const entry = fc.record(
  {
    selectors,
    x509Ttl: fc.constantFrom("1h", "90s", "1d", "24h", "1h30m", "3600s"),
    jwtTtl: fc.constantFrom("5m", "1h", "61s"),
    dnsNames: subset(["a.example.org", "b.example.org"]),
    audiences: subset(["https://a", "b", "c d"]),
    hint: text(20),
    expires: instant,
    nodes: subset(["n1", "n2"]),
    nodeSelectors: subset(["x509pop:ca:san:dns:a", "x509pop:ca:subject:cn:b: c"]),
  },
  { requiredKeys: [...optional.requiredKeys] },
);
const bot = fc.record(
  {
    kind: fc.constantFrom("bot", "service", "node"),
    owner: text(20),
    purpose: text(40),
    environment: fc.constantFrom("default", "prod", "0x1"),
    ends: instant,
    entries: fc.uniqueArray(entry, {
      maxLength: 5,
      selector: (each) => [...each.selectors].sort().join(" "),
    }),
  },
  { requiredKeys: ["owner", "purpose"] },
);

test("what is exported after applying differs in nothing, and is always the same text", {
  timeout: 180_000,
}, async () => {
  const server = await runningServer();
  const operator = operatorOf(server);
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(bot, { minLength: 1, maxLength: 6 }), async (bots) => {
      round += 1;
      const named = bots.map((each, i) => ({ name: `r${round}-${i}`, ...each }));
      const applied = await operator.apply(stringify({ version: 1, bots: named }));
      expect(applied.stderr.replace(/^botpass: not declared.*\n/gm, "")).toBe("");
      expect(applied.code).toBe(0);
      const flags = named.flatMap(({ name }) => ["--bot", name]);
      const exported = await operator.botpass(["export", ...flags]);
      expect((await operator.botpass(["export", ...flags])).stdout).toBe(exported.stdout);
      for (const declared of [exported.stdout, stringify({ version: 1, bots: named })]) {
        const again = await operator.apply(declared, "--dry-run");
        expect([again.code, again.stdout]).toEqual([0, "no change\n"]);
      }
      // JSON is YAML.
      const json = await operator.apply(JSON.stringify(parse(exported.stdout)), "--dry-run");
      expect(json.code).toBe(0);
    }),
    { numRuns: 20 },
  );
  const all = await operator.botpass(["export"]);
  expect((await operator.apply(all.stdout, "--dry-run", "--prune")).stdout).toBe("no change\n");
  // On another server, empty until then, it makes the same.
  const other = await runningServer();
  const there = operatorOf(other);
  expect((await there.apply(all.stdout)).code).toBe(0);
  expect((await there.botpass(["export"])).stdout).toBe(all.stdout);
  await other.close();
  await server.close();
});

test("the published schema is the one of the form", () => {
  const file = join(import.meta.dirname, "../../docs/schema/botpass-state.schema.json");
  const published = JSON.parse(readFileSync(file, "utf8"));
  expect(published).toEqual(JSON.parse(JSON.stringify(stateSchema())));
  expect(published.$id).toBe("urn:botpass:schema:state:1");
});
