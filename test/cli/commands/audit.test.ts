import { describe, expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { jsonAt, runAt } from "../run-cli.ts";

const records = [1, 2, 3].map((sequence) =>
  JSON.stringify({
    actor: "operator:alice",
    bot: "invoice-poster",
    outcome: "ok",
    sequence,
    source: "tls 192.0.2.7",
    time: "2030-01-31T08:00:00.123Z",
    type: "svid.issued",
    weird: 1e21,
  }),
);

/** Answers two records, then the rest. */
const script = {
  "AuditService/ListAudit": ({
    afterSequence,
    pageSize,
  }: {
    afterSequence: number;
    pageSize: number;
  }) => {
    const page = records.slice(afterSequence, afterSequence + Math.min(2, pageSize));
    const next = afterSequence + page.length;
    return { records: page, nextAfterSequence: next < records.length ? next : 0 };
  },
};

describe("audit list", () => {
  test("prints the stored bytes of every record, each on its line", async () => {
    await using server = await startFakeServer(script);
    const { stdout } = await runAt(server, ["audit", "list", "--output", "json"]);
    expect(stdout).toBe(`{"records":[\n${records.join(",\n")}\n]}\n`);
    expect(JSON.parse(stdout).records).toHaveLength(3);
  });

  test("stops at the limit", async () => {
    await using server = await startFakeServer(script);
    const { value } = await jsonAt(server, ["audit", "list", "--limit", "1"]);
    expect(value).toMatchObject({ records: [{ sequence: 1 }] });
    expect(server.requestsTo("AuditService/ListAudit")).toMatchObject([{ pageSize: 1 }]);
  });

  test("prints a table for people", async () => {
    await using server = await startFakeServer(script);
    const { stdout } = await runAt(server, ["audit", "list"]);
    expect(stdout.split("\n")[3]).toMatch(
      /^3 +2030-01-31T08:00:00Z +svid.issued +ok +invoice-poster +- +- +operator:alice \(tls 192\.0\.2\.7\)$/,
    );
  });

  test("sends the filters; a serial is read as people paste it", async () => {
    await using server = await startFakeServer({
      "AuditService/ListAudit": () => ({ records: [] }),
    });
    const clock = {
      now: () => new Date("2030-01-31T08:00:00Z"),
      monotonicMs: () => 0,
      schedule: () => ({ cancel: () => undefined }),
    };
    const filters = [
      ...["--bot", "a", "--serial", "4D:5E:6F", "--type", "svid.issued", "--instance", "i"],
      ...["--since", "12h", "--until", "2030-01-31T07:00:00Z"],
    ];
    const { stdout } = await runAt(server, ["audit", "list", "--output", "json", ...filters], {
      clock,
    });
    expect(stdout).toBe('{"records":[]}\n');
    expect(server.requestsTo("AuditService/ListAudit")).toEqual([
      {
        pageSize: 1000,
        afterSequence: 0,
        bot: "a",
        serial: "4d5e6f",
        type: "svid.issued",
        instanceId: "i",
        sinceMs: Date.UTC(2030, 0, 30, 20),
        untilMs: Date.UTC(2030, 0, 31, 7),
      },
    ]);
  });

  test("a refusal leaves stdout empty", async () => {
    await using server = await startFakeServer({});
    const { code, stdout } = await runAt(server, ["audit", "list", "--output", "json"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  test("does not run in circles", async () => {
    await using server = await startFakeServer({
      "AuditService/ListAudit": () => ({ records: [], nextAfterSequence: 1 }),
    });
    const { code, stderr } = await runAt(server, ["audit", "list"]);
    expect(code).toBe(1);
    expect(stderr).toContain("the server lists the same page twice");
  });
});
