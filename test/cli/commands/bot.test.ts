import { describe, expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { botMessage, entryMessage } from "../messages.ts";
import { jsonAt, runAt } from "../run-cli.ts";

const BOT = {
  name: "invoice-poster",
  kind: "bot",
  owner: "alice@example.org",
  purpose: "posts supplier invoices",
  environment: "prod",
  endsAt: null,
  state: "active",
  spiffeId: "spiffe://example.org/bot/prod/invoice-poster",
  createdAt: "2030-01-31T08:00:00.000Z",
  updatedAt: "2030-01-31T08:00:00.000Z",
  revision: 7,
};

describe("bot register", () => {
  const script = {
    "BotService/RegisterBot": () => ({
      bot: botMessage(),
      entry: entryMessage(),
      warnings: ["unix:uid:0 is the server's own user"],
    }),
  };
  const least = ["bot", "register", "invoice-poster", "--owner", "alice", "--purpose", "posts"];

  test("sends passport and first entry", async () => {
    await using server = await startFakeServer(script);
    const more = [
      ...["--kind", "service", "--environment", "prod", "--ends", "2099-12-31"],
      ...["--path", "/a/b", "--selector", "unix:uid:1001", "--selector", "unix:gid:1"],
      ...["--x509-ttl", "30m", "--jwt-ttl", "1m", "--dns-name", "a.internal", "--audience", "x"],
      ...["--hint", "main", "--entry-expires", "2099-01-01T00:00:00Z"],
    ];
    expect(await runAt(server, [...least, ...more])).toMatchObject({ code: 0 });
    expect(server.requestsTo("BotService/RegisterBot")).toMatchObject([
      {
        name: "invoice-poster",
        owner: "alice",
        purpose: "posts",
        kind: "service",
        environment: "prod",
        endsAtMs: Date.UTC(2099, 11, 31),
        path: "/a/b",
        entry: {
          selectors: [
            { type: "unix", value: "uid:1001" },
            { type: "unix", value: "gid:1" },
          ],
          x509TtlSeconds: 1800,
          jwtTtlSeconds: 60,
          dnsNames: ["a.internal"],
          audiences: ["x"],
          hint: "main",
          expiresAtMs: Date.UTC(2099, 0, 1),
        },
      },
    ]);
  });

  test("sends no entry when no flag describes one", async () => {
    await using server = await startFakeServer(script);
    await runAt(server, least);
    expect(server.requestsTo("BotService/RegisterBot")).toMatchObject([
      { entry: null, kind: "", endsAtMs: 0 },
    ]);
  });

  test("prints bot and entry as JSON; warnings go to stderr", async () => {
    await using server = await startFakeServer(script);
    const { value, stderr } = await jsonAt(server, least);
    expect(value).toMatchObject({
      bot: BOT,
      entry: { id: "entry-1", selectors: ["unix:uid:1001"] },
    });
    expect(stderr).toBe("botpass: warning: unix:uid:0 is the server's own user\n");
  });

  test("prints lines for people", async () => {
    await using server = await startFakeServer(script);
    const { stdout } = await runAt(server, least);
    expect(stdout).toContain("SPIFFE ID:   spiffe://example.org/bot/prod/invoice-poster\n");
    expect(stdout).toContain("Entry:       entry-1 (unix:uid:1001)\n");
  });
});

describe("bot show", () => {
  test("prints the passport", async () => {
    await using server = await startFakeServer({ "BotService/GetBot": () => botMessage() });
    const { code, value } = await jsonAt(server, ["bot", "show", "invoice-poster"]);
    expect({ code, value }).toEqual({ code: 0, value: BOT });
    expect(server.requestsTo("BotService/GetBot")).toEqual([{ name: "invoice-poster" }]);
  });
});

describe("bot list", () => {
  const pages: Record<string, object> = {
    "": { bots: [botMessage({ name: "a" }), botMessage({ name: "b" })], nextPageToken: "2" },
    "2": { bots: [botMessage({ name: "c", endsAtMs: Date.UTC(2099, 0, 1) })], nextPageToken: "" },
  };
  const script = {
    "BotService/ListBots": ({ pageToken }: { pageToken: string }) => pages[pageToken] ?? {},
  };

  test("reads all pages with the filters", async () => {
    await using server = await startFakeServer(script);
    const filters = ["--state", "active", "--owner", "o", "--environment", "prod"];
    const { value } = await jsonAt(server, ["bot", "list", ...filters]);
    expect(value).toMatchObject({ bots: [{ name: "a" }, { name: "b" }, { name: "c" }] });
    const filter = { state: "active", owner: "o", environment: "prod", pageSize: 1000 };
    expect(server.requestsTo("BotService/ListBots")).toEqual([
      { ...filter, pageToken: "" },
      { ...filter, pageToken: "2" },
    ]);
  });

  test("prints a table", async () => {
    await using server = await startFakeServer(script);
    const { stdout, stderr } = await runAt(server, ["bot", "list"]);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^NAME +KIND +STATE +ENVIRONMENT +OWNER +ENDS +SPIFFE ID$/);
    expect(lines[3]).toMatch(
      /^c +bot +active +prod +alice@example.org +2099-01-01T00:00:00Z +spiffe:/,
    );
    expect(stderr).toBe("");
  });

  test("says on stderr that there are none", async () => {
    await using server = await startFakeServer({ "BotService/ListBots": () => ({}) });
    expect(await runAt(server, ["bot", "list"])).toMatchObject({
      code: 0,
      stderr: "botpass: no bots\n",
    });
    expect(await jsonAt(server, ["bot", "list"])).toMatchObject({
      value: { bots: [] },
      stderr: "",
    });
  });

  test("does not run in circles", async () => {
    await using server = await startFakeServer({
      "BotService/ListBots": () => ({ bots: [], nextPageToken: "same" }),
    });
    const { code, stderr } = await runAt(server, ["bot", "list"]);
    expect(code).toBe(1);
    expect(stderr).toContain("the server lists the same page twice (INTERNAL)");
  });
});

describe("bot update", () => {
  const script = {
    "BotService/GetBot": () => botMessage(),
    "BotService/UpdateBot": () => botMessage({ owner: "bob", revision: 8 }),
  };

  test("changes what is named, at the revision that it finds", async () => {
    await using server = await startFakeServer(script);
    const { value } = await jsonAt(server, ["bot", "update", "invoice-poster", "--owner", "bob"]);
    expect(value).toMatchObject({ owner: "bob", revision: 8 });
    const [request] = server.requestsTo("BotService/UpdateBot");
    expect(request).toMatchObject({
      name: "invoice-poster",
      revision: 7,
      owner: "bob",
      _owner: "owner",
    });
    expect(request).not.toHaveProperty("_purpose");
    expect(request).not.toHaveProperty("_endsAtMs");
  });

  test("takes the end date away", async () => {
    await using server = await startFakeServer(script);
    await runAt(server, ["bot", "update", "invoice-poster", "--clear", "ends"]);
    expect(server.requestsTo("BotService/UpdateBot")).toMatchObject([
      { endsAtMs: 0, _endsAtMs: "endsAtMs" },
    ]);
  });

  test("asks for nothing when the revision is given", async () => {
    await using server = await startFakeServer(script);
    await runAt(server, ["bot", "update", "invoice-poster", "--purpose", "p", "--revision", "6"]);
    expect(server.calls).toMatchObject([
      { method: "BotService/UpdateBot", request: { revision: 6 } },
    ]);
  });
});

describe.each([
  ["suspend", "SuspendBot"],
  ["resume", "ResumeBot"],
  ["retire", "RetireBot"],
])("bot %s", (verb, method) => {
  test("sends the reason and prints what it did", async () => {
    await using server = await startFakeServer({
      [`BotService/${method}`]: () => ({ bot: botMessage(), denied: 3, streams: 2 }),
    });
    const argv = ["bot", verb, "invoice-poster", "--reason", "leaked"];
    expect((await jsonAt(server, argv)).value).toEqual({ bot: BOT, denied: 3, streams: 2 });
    expect((await runAt(server, argv)).stdout).toMatch(/SVIDs denied: +3\nStreams told: +2\n$/);
    expect(server.requestsTo(`BotService/${method}`)[0]).toEqual({
      name: "invoice-poster",
      reason: "leaked",
    });
  });
});
