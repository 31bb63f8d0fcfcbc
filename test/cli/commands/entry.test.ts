import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { entryMessage } from "../messages.ts";
import { jsonAt, runAt } from "../run-cli.ts";

const ENTRY = {
  id: "entry-1",
  bot: "invoice-poster",
  selectors: ["unix:uid:1001"],
  x509TtlSeconds: 3600,
  jwtTtlSeconds: null,
  dnsNames: ["poster.internal"],
  audiences: ["https://erp.example.org"],
  hint: "main",
  nodes: [],
  nodeSelectors: [],
  expiresAt: "2030-01-31T08:00:00.000Z",
  createdAt: "2030-01-31T08:00:00.000Z",
  updatedAt: "2030-01-31T08:00:00.000Z",
  revision: 3,
};

describe("entry create", () => {
  test("sends the entry; prints it, warnings on stderr", async () => {
    await using server = await startFakeServer({
      "EntryService/CreateEntry": () => ({ entry: entryMessage(), warnings: ["uid 0\nis root"] }),
    });
    const argv = [
      "entry",
      "create",
      "--bot",
      "a",
      "--selector",
      "unix:uid:1001",
      "--jwt-ttl",
      "90s",
    ];
    const { code, value, stderr } = await jsonAt(server, argv);
    expect({ code, value, stderr }).toEqual({
      code: 0,
      value: ENTRY,
      stderr: "botpass: warning: uid 0 is root\n",
    });
    expect(server.requestsTo("EntryService/CreateEntry")).toMatchObject([
      { entry: { bot: "a", selectors: [{ type: "unix", value: "uid:1001" }], jwtTtlSeconds: 90 } },
    ]);
  });
});

describe("entry show", () => {
  test("prints lines for people", async () => {
    await using server = await startFakeServer({ "EntryService/GetEntry": () => entryMessage() });
    const { stdout } = await runAt(server, ["entry", "show", "entry-1"]);
    expect(stdout).toMatch(/^ID: +entry-1\nBot: +invoice-poster\nSelectors: +unix:uid:1001\n/);
    expect(stdout).toMatch(/X.509 TTL: +1h\nJWT TTL: +default\n/);
  });
});

describe("entry list", () => {
  test("reads all pages of a bot", async () => {
    await using server = await startFakeServer({
      "EntryService/ListEntries": ({ pageToken }: { pageToken: string }) =>
        pageToken === ""
          ? { entries: [entryMessage({ id: "a" })], nextPageToken: "a" }
          : { entries: [entryMessage({ id: "b" })], nextPageToken: "" },
    });
    const { value } = await jsonAt(server, ["entry", "list", "--bot", "invoice-poster"]);
    expect(value).toMatchObject({ entries: [{ id: "a" }, { id: "b" }] });
    expect(server.requestsTo("EntryService/ListEntries")).toMatchObject([
      { bot: "invoice-poster", pageToken: "" },
      { bot: "invoice-poster", pageToken: "a" },
    ]);
  });
});

describe("entry update", () => {
  const script = {
    "EntryService/GetEntry": () => entryMessage(),
    "EntryService/UpdateEntry": ({ entry }: { entry: object }) => ({ entry, warnings: [] }),
  };

  test("keeps what is not named, replaces a list whole", async () => {
    await using server = await startFakeServer(script);
    const argv = ["entry", "update", "entry-1", "--audience", "a", "--audience", "b"];
    const { value } = await jsonAt(server, argv);
    expect(value).toEqual({ ...ENTRY, audiences: ["a", "b"] });
  });

  test("takes fields away", async () => {
    await using server = await startFakeServer(script);
    const fields = [
      "x509-ttl",
      "jwt-ttl",
      "dns-names",
      "audiences",
      "hint",
      "expires",
      "nodes",
      "node-selectors",
    ];
    const argv = ["entry", "update", "entry-1", ...fields.flatMap((field) => ["--clear", field])];
    const cleared = {
      x509TtlSeconds: null,
      dnsNames: [],
      audiences: [],
      hint: "",
      nodes: [],
      nodeSelectors: [],
      expiresAt: null,
    };
    expect((await jsonAt(server, argv)).value).toEqual({ ...ENTRY, ...cleared });
  });

  test("names the revision that it saw, or the one that is given", async () => {
    await using server = await startFakeServer(script);
    await runAt(server, ["entry", "update", "entry-1", "--hint", "x"]);
    await runAt(server, ["entry", "update", "entry-1", "--hint", "x", "--revision", "2"]);
    expect(server.requestsTo("EntryService/UpdateEntry")).toMatchObject([
      { entry: { revision: 3 } },
      { entry: { revision: 2 } },
    ]);
  });
});

test("entry delete says what it deleted", async () => {
  await using server = await startFakeServer({ "EntryService/DeleteEntry": () => ({}) });
  expect((await runAt(server, ["entry", "delete", "entry-1"])).stdout).toBe("deleted entry-1\n");
  expect((await jsonAt(server, ["entry", "delete", "entry-1"])).value).toEqual({
    deleted: "entry-1",
  });
});

describe("entry explain", () => {
  const script = {
    "EntryService/ExplainEntries": () => ({
      entries: [
        {
          entry: entryMessage(),
          matches: false,
          missing: [
            { type: "unix", value: "path:/opt/poster" },
            { type: "unix", value: "gid:5" },
          ],
          refusal: "",
        },
        {
          entry: entryMessage({ id: "entry-2" }),
          matches: true,
          missing: [],
          refusal: "bot is suspended",
        },
      ],
    }),
  };
  const argv = ["entry", "explain", "--selector", "unix:uid:1001", "--selector", "unix:pid:1:2"];

  test("prints near entries with the selectors that they miss", async () => {
    await using server = await startFakeServer(script);
    const { code, value } = await jsonAt(server, argv);
    expect(code).toBe(0);
    expect(value).toEqual({
      entries: [
        {
          entry: ENTRY,
          matches: false,
          missing: ["unix:path:/opt/poster", "unix:gid:5"],
          refusal: null,
        },
        {
          entry: { ...ENTRY, id: "entry-2" },
          matches: true,
          missing: [],
          refusal: "bot is suspended",
        },
      ],
    });
    expect(server.requestsTo("EntryService/ExplainEntries")).toEqual([
      {
        selectors: [
          { type: "unix", value: "uid:1001" },
          { type: "unix", value: "pid:1:2" },
        ],
        node: "",
        idToken: "",
      },
    ]);
  });

  test("asks about a platform's token, from a file", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bp-explain-"));
    const file = join(directory, "token");
    writeFileSync(file, "a.b.c\n");
    await using server = await startFakeServer({
      "EntryService/ExplainEntries": () => ({
        entries: [],
        refusal: "it was used already",
        selectors: [{ type: "oidc", value: "github:sub:x" }],
      }),
    });
    const asked = ["entry", "explain", "--id-token-file", file];
    const { value } = await jsonAt(server, asked);
    expect(value).toEqual({
      refusal: "it was used already",
      selectors: ["oidc:github:sub:x"],
      entries: [],
    });
    const { stdout } = await runAt(server, asked);
    expect(stdout).toMatch(/^Refusal: +it was used already\nSelectors: +oidc:github:sub:x\n$/);
    expect(server.requestsTo("EntryService/ExplainEntries")[0]).toMatchObject({
      idToken: "a.b.c",
      selectors: [],
    });
    for (const wrong of [
      ["entry", "explain"],
      [...asked, "--selector", "a:b"],
    ]) {
      expect((await runAt(server, wrong)).code).toBe(2);
    }
    rmSync(directory, { recursive: true, force: true });
  });

  test("prints a table for people", async () => {
    await using server = await startFakeServer(script);
    const { stdout } = await runAt(server, argv);
    expect(stdout.split("\n").slice(1, 3)).toEqual([
      expect.stringMatching(
        /^entry-1 +invoice-poster +no +unix:path:\/opt\/poster, unix:gid:5 +-$/,
      ),
      expect.stringMatching(/^entry-2 +invoice-poster +yes +- +bot is suspended$/),
    ]);
  });
});
