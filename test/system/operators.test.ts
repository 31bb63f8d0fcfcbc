// People: invited, logged in, let do what their roles say, cut off.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { errorCodeOf } from "../../src/errors.ts";
import { botsOf, memberOf, operatorsOf, parseSpiffeId, type X509Svid } from "../../src/index.ts";
import { loadConfig, startServer } from "../../src/server/index.ts";
import {
  errorFromStatus,
  loadAdminServices,
  loadHealthService,
  tlsClientCredentials,
} from "../../src/wire/index.ts";
import { run } from "../cli/run-cli.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

let clock: DrivenClock;
let server: TestServer;
let home: string;
const clients: Client[] = [];

beforeEach(async () => {
  clock = new DrivenClock();
  // Hours would be long to drive through.
  server = await runningServer({ clock }, "lifetimes: { x509_max: 20m, x509_default: 20m }\n");
  home = mkdtempSync(join(tmpdir(), "bp-home-"));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

/** The command line of somebody at another machine. */
const remotely = (argv: readonly string[], stdin?: string) =>
  run(argv, { env: { HOME: home }, clock, cwd: home, ...(stdin !== undefined && { stdin }) });

/** The command line of root, at the server. */
const locally = (...argv: string[]) =>
  run(["--admin-socket", server.server.adminSocket, ...argv], { clock });

async function invite(name: string, ...roles: string[]): Promise<string> {
  const { value } = await server.admin.call("OperatorService", "InviteOperator", { name, roles });
  return String(value);
}

async function svidOf(name: string, ...roles: string[]): Promise<X509Svid> {
  return (await server.connect({ token: await invite(name, ...roles) })).x509Svid();
}

function dial(svid: X509Svid): Client {
  const client = new Client(
    server.address,
    tlsClientCredentials({ verify: () => undefined, svid: () => svid }),
  );
  clients.push(client);
  return client;
}

/** A call over the client; rejects with what the server threw. */
function call(
  client: Client,
  service: "BotService" | "EntryService" | "OperatorService",
  name: string,
  request: object,
): Promise<Record<string, unknown>> {
  const method = Reflect.get(loadAdminServices()[service].service, name) as {
    path: string;
    requestSerialize: (value: object) => Buffer;
    responseDeserialize: (bytes: Buffer) => Record<string, unknown>;
  };
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method;
    const settle = (error: ServiceError | null, answer?: Record<string, unknown>): void =>
      error === null ? resolve(answer ?? {}) : reject(errorFromStatus(error));
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, settle);
  });
}

/** A stream that stays open until the connection goes; resolves with the status that it ended with. */
async function openStream(client: Client): Promise<{ ended: Promise<status> }> {
  const watch = loadHealthService().definition.Watch;
  if (watch === undefined) throw new Error("there is no Watch");
  const { path, requestSerialize, responseDeserialize } = watch;
  const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
  const ended = new Promise<status>((resolve) => {
    stream.on("error", (error: ServiceError) => resolve(error.code));
    stream.on("end", () => resolve(status.OK));
  });
  await once(stream, "data");
  return { ended };
}

test("a working day: invited, logged in over TCP, refused what the role lacks, removed, cut in mid-stream", async () => {
  // Root invites two people.
  const invited = await locally("operator", "invite", "alice", "--role", "registrar");
  expect(invited.code).toBe(0);
  expect(invited.stdout).toMatch(/^bpt1\./);
  expect(invited.stderr).toContain("alice (registrar) may log in with it once");

  // Alice logs in from elsewhere; nobody else may read what is kept.
  const login = await remotely(["login", "--output", "json"], invited.stdout);
  expect(login).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(login.stdout)).toMatchObject({
    operator: "alice",
    spiffeId: "spiffe://example.org/operator/alice",
    context: "example.org",
    server: server.address,
  });
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
    const file = statSync(join(home, name));
    expect(file.mode & 0o777, name).toBe(file.isDirectory() ? 0o700 : 0o600);
  }
  const who = await remotely(["whoami", "--output", "json"]);
  expect(JSON.parse(who.stdout)).toEqual({
    name: "alice",
    roles: ["registrar"],
    source: "tls 127.0.0.1",
    spiffeId: "spiffe://example.org/operator/alice",
    trustDomain: "example.org",
    context: "example.org",
  });

  // She registers a bot, which comes in by the token that she makes.
  const register = ["bot", "register", "pay", "--owner", "alice", "--purpose", "pays"];
  expect(await remotely(register)).toMatchObject({ code: 0 });
  const token = await remotely(["token", "create", "--bot", "pay"]);
  const bot = await server.connect({ token: token.stdout.trim() });
  expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/default/pay");

  // What her role lacks, she is refused, by name.
  await locally("bot", "suspend", "pay");
  const refused = await remotely(["bot", "resume", "pay"]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    "ResumeBot needs role approver or admin; alice has registrar (NOT_AUTHORIZED)",
  );
  const invitation = await remotely(["operator", "invite", "mallory", "--role", "admin"]);
  expect(invitation.stderr).toContain("InviteOperator needs role admin; alice has registrar");

  // She has a stream open when she is removed.
  const svid = await svidOf("alice");
  const client = dial(svid);
  await call(client, "OperatorService", "WhoAmI", {});
  const stream = await openStream(client);
  const removed = await locally("operator", "remove", "alice", "--output", "json");
  expect(JSON.parse(removed.stdout)).toMatchObject({ denied: 2, operator: { state: "removed" } });
  expect(await stream.ended).not.toBe(status.OK);

  const after = await remotely(["bot", "list"]);
  expect(after).toMatchObject({ code: 1, stdout: "" });
  expect(after.stderr).toContain("operator alice was removed (NOT_AUTHORIZED)");
  const again = await locally("operator", "invite", "alice", "--role", "registrar");
  expect(again.stderr).toContain("operator alice is removed for good (WRONG_STATE)");

  // The audit says who did what, and from where.
  const audit = await server.audit();
  const told = audit.map(({ type, actor, source, bot }) => [type, actor, source, bot]);
  expect(told).toContainEqual(["operator.added", "uid:0", "unix", null]);
  expect(told).toContainEqual(["operator.invited", "uid:0", "unix", "operator.alice"]);
  expect(told).toContainEqual(["bot.registered", "operator:alice", "tls 127.0.0.1", "pay"]);
  expect(told).toContainEqual(["token.created", "operator:alice", "tls 127.0.0.1", "pay"]);
  expect(told).toContainEqual(["operator.removed", "uid:0", "unix", "operator.alice"]);
  expect(audit.some(({ type }) => type === "bot.resumed")).toBe(false);
  expect(audit.filter(({ type }) => type === "operator.refused")).toMatchObject([
    {
      actor: "operator:alice",
      source: "tls 127.0.0.1",
      outcome: "refused",
      code: "NOT_AUTHORIZED",
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      details: {
        method: "/botpass.v1.BotService/ResumeBot",
        message: "ResumeBot needs role approver or admin; alice has registrar",
      },
    },
    { details: { method: "/botpass.v1.OperatorService/InviteOperator" } },
  ]);
});

describe("an invitation", () => {
  test("is good once: a second login is refused, and recorded", async () => {
    const token = await invite("alice", "auditor");
    expect(await remotely(["login"], token)).toMatchObject({ code: 0 });
    const kept = readFileSync(join(home, ".config/botpass/contexts.yaml"), "utf8");
    const second = await remotely(["login", "--context", "other"], token);
    expect(second).toMatchObject({ code: 1, stdout: "" });
    expect(second.stderr).toContain("join token is not valid (TOKEN_INVALID)");
    expect(readFileSync(join(home, ".config/botpass/contexts.yaml"), "utf8")).toBe(kept);
    expect(readdirSync(join(home, ".local/state/botpass/operators"))).toEqual(["example.org"]);
    const refused = await server.audit({ type: "attestation.refused" });
    expect(refused).toMatchObject([{ bot: "operator.alice", code: "TOKEN_INVALID" }]);
  });

  test("ends by itself", async () => {
    const token = await invite("alice", "auditor");
    await clock.advance(601_000);
    expect((await remotely(["login"], token)).stderr).toContain("(TOKEN_INVALID)");
  });

  test("of somebody known keeps the roles, and gives another login", async () => {
    await svidOf("alice", "auditor");
    await expect(invite("alice", "admin")).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      message: "operator alice has roles auditor: change them with set-roles",
    });
    expect((await svidOf("alice", "auditor")).spiffeId.path).toBe("/operator/alice");
  });

  test("is no bot's token, and a bot's token no invitation", async () => {
    await server.register("one");
    const { value } = await server.token("one");
    writeFileSync(join(home, "one.token"), `${value}\n`, { mode: 0o600 });
    const { code, stderr } = await remotely(["login", "--token-file", "one.token"]);
    expect(code).toBe(2);
    expect(stderr).toContain("the token lets a bot in, not a person");
    // It was not used up by that.
    expect((await server.connect({ token: value })).kind).toBe("bot");
  });
});

describe("a login", () => {
  test("renews itself, also for two commands at once", async () => {
    await remotely(["login"], await invite("alice", "auditor"));
    const serial = async () => {
      const [instance] = await server.instances({ bot: "operator.alice" });
      return { state: instance?.state, serial: instance?.newestSerial };
    };
    const first = await serial();
    await clock.advance(13 * 60_000);
    const both = await Promise.all([remotely(["bot", "list"]), remotely(["whoami"])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const second = await serial();
    expect(second.state).toBe("active");
    expect(second.serial).not.toBe(first.serial);
    await clock.advance(13 * 60_000);
    expect(await remotely(["whoami"])).toMatchObject({ code: 0 });
    expect((await serial()).serial).not.toBe(second.serial);
  });

  test("that was away too long says so, and what to do", async () => {
    await remotely(["login"], await invite("alice", "auditor"));
    await clock.advance(21 * 60_000);
    const { code, stderr } = await remotely(["whoami"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the login of context example.org ended at .* \(SVID_EXPIRED\)/);
    expect(stderr).toContain("botpass operator invite");
  });

  test("a server that is not there: exit code 3", async () => {
    await remotely(["login"], await invite("alice", "auditor"));
    const { code, stderr } = await remotely(["--server", "127.0.0.1:1", "whoami"]);
    expect(code).toBe(3);
    expect(stderr).toContain("server not reachable at 127.0.0.1:1");
  });
});

describe("contexts", () => {
  test("are listed, chosen, and forgotten with their logins", async () => {
    await remotely(["login", "--context", "prod"], await invite("alice", "auditor"));
    await remotely(["login", "--context", "lab"], await invite("bob", "admin"));
    const name = async (...argv: string[]) => {
      const { stdout } = await remotely([...argv, "whoami", "--output", "json"]);
      return JSON.parse(stdout || "{}").name;
    };
    expect(await name()).toBe("bob");
    expect(await name("--context", "prod")).toBe("alice");
    expect(await remotely(["context", "use", "prod"])).toMatchObject({ code: 0, stdout: "prod\n" });
    expect(await name()).toBe("alice");
    const { stdout } = await remotely(["context", "list"]);
    expect(stdout).toMatch(/\* +prod +127\.0\.0\.1:\d+ +example\.org +alice\n +lab /);
    const socket = server.server.adminSocket;
    await remotely(["context", "add", "root", "--admin-socket", socket]);
    expect(await name("--context", "root")).toBe(`uid:${process.getuid?.()}`);
    await remotely(["context", "remove", "prod"]);
    expect(readdirSync(join(home, ".local/state/botpass/operators"))).toEqual(["lab"]);
    expect((await remotely(["--context", "prod", "whoami"])).stderr).toContain(
      'there is no context "prod", only lab, root',
    );
  });
});

describe("connections", () => {
  test("end with suspension, and nothing of it comes back", async () => {
    const svid = await svidOf("alice", "admin");
    const stream = await openStream(dial(svid));
    await locally("bot", "suspend", "operator.alice");
    expect(await stream.ended).not.toBe(status.OK);
    await expect(call(dial(svid), "BotService", "ListBots", {})).rejects.toMatchObject({
      code: "BOT_SUSPENDED",
    });
    await locally("bot", "resume", "operator.alice");
    await expect(call(dial(svid), "BotService", "ListBots", {})).rejects.toMatchObject({
      code: "DENIED",
    });
    await call(dial(await svidOf("alice")), "BotService", "ListBots", {});
  });

  test("end with the SVID that they were opened with", async () => {
    const stream = await openStream(dial(await svidOf("alice", "admin")));
    await clock.advance(20 * 60_000);
    expect(await stream.ended).not.toBe(status.OK);
  });

  test("stay when only roles change, and the next call knows", async () => {
    const client = dial(await svidOf("alice", "auditor"));
    await call(client, "BotService", "ListBots", {});
    await locally("operator", "set-roles", "alice", "--none");
    await expect(call(client, "BotService", "ListBots", {})).rejects.toMatchObject({
      code: "NOT_AUTHORIZED",
      message: expect.stringContaining("alice has no role"),
    });
    expect(await call(client, "OperatorService", "WhoAmI", {})).toMatchObject({ roles: [] });
  });
});

test("the last admin stays: neither removed nor without the role", async () => {
  await svidOf("ann", "admin");
  await svidOf("bob", "auditor");
  const last = { code: 1, stderr: expect.stringContaining("operator ann is the last admin") };
  expect(await locally("operator", "remove", "ann")).toMatchObject(last);
  expect(await locally("operator", "set-roles", "ann", "--role", "auditor")).toMatchObject(last);
  await locally("operator", "set-roles", "bob", "--role", "admin");
  expect(await locally("operator", "remove", "ann")).toMatchObject({ code: 0 });
  expect(await locally("operator", "remove", "bob")).toMatchObject({ code: 1 });
});

test("what was under way when its operator was removed is not carried on", async () => {
  const client = dial(await svidOf("alice", "registrar"));
  await server.register("many");
  // Twenty transactions, one after the other.
  const entries = Array.from({ length: 1000 }, (_, index) => ({
    bot: "many",
    selectors: [{ type: "unix", value: `uid:${index}` }],
  }));
  const outcome = call(client, "EntryService", "CreateEntries", { entries }).catch(errorCodeOf);
  const filter = { type: "entry.created", bot: "many", pageSize: 1000 };
  const made = async () => (await server.audit(filter)).length;
  while ((await made()) < 2) await new Promise((resolve) => setImmediate(resolve));
  await server.admin.call("OperatorService", "RemoveOperator", { name: "alice" });
  const then = await made();
  expect(then).toBeLessThan(1000);
  // Whoever else waits for the store has its turn in between.
  for (const name of ["a", "b", "c", "d", "e"]) await server.register(name);
  expect(await made()).toBe(then);
  expect(await outcome).toMatch(/UNAVAILABLE|NOT_AUTHORIZED/);
});

test("services tell people from bots", async () => {
  const person = (await svidOf("alice", "auditor")).spiffeId;
  const bot = parseSpiffeId("spiffe://example.org/bot/default/pay");
  const accepts = (matcher: (id: typeof bot) => void, id: typeof bot): boolean => {
    try {
      matcher(id);
      return true;
    } catch {
      return false;
    }
  };
  expect([person, bot].map((id) => accepts(botsOf("example.org"), id))).toEqual([false, true]);
  expect([person, bot].map((id) => accepts(operatorsOf("example.org"), id))).toEqual([true, false]);
  expect([person, bot].map((id) => accepts(memberOf("example.org"), id))).toEqual([true, true]);
  const server = parseSpiffeId("spiffe://example.org/botpass/server");
  expect(accepts(botsOf("example.org"), server)).toBe(false);
});

const canChangeUser = process.getuid?.() === 0 && spawnSync("setpriv", ["--version"]).status === 0;

describe("on the server's machine", () => {
  test("a socket for operators does not go into the data directory", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bp-config-"));
    const file = join(directory, "server.yaml");
    writeFileSync(file, "trust_domain: example.org\nadmin_socket_access: operators\n");
    await expect(loadConfig({ file, flags: { dataDir: join(directory, "d") } })).rejects.toThrow(
      /admin_socket_access: operators cannot reach .*admin\.sock/,
    );
    rmSync(directory, { recursive: true });
  });

  test.runIf(canChangeUser)(
    "operators are known by their user; others are refused; removal cuts",
    async () => {
      const directory = mkdtempSync(join(tmpdir(), "bp-unix-"));
      chmodSync(directory, 0o755);
      const adminSocket = join(directory, "admin", "admin.sock");
      const file = join(directory, "server.yaml");
      writeFileSync(file, "trust_domain: example.org\nadmin_socket_access: operators\n");
      const config = await loadConfig({
        file,
        flags: { dataDir: join(directory, "data"), listen: "127.0.0.1:0" },
        env: {
          BOTPASS_ADMIN_SOCKET: adminSocket,
          BOTPASS_BOTS_SOCKET: "",
          BOTPASS_LOG_LEVEL: "fatal",
        },
      });
      chmodSync(directory, 0o700);
      await expect(startServer(config)).rejects.toMatchObject({
        code: "CONFIG_INVALID",
        message: expect.stringContaining(`operators cannot enter ${directory}, which is 0700`),
      });
      chmodSync(directory, 0o755);
      const own = await startServer(config);
      const root = (...argv: string[]) => run(["--admin-socket", adminSocket, ...argv]);
      try {
        const add = ["operator", "add", "bob", "--role", "auditor", "--unix-user"];
        expect(await root(...add, "65533")).toMatchObject({ code: 0 });
        expect((await root("operator", "add", "eve", "--unix-user", "65533")).stderr).toContain(
          "another operator is the user 65533 (ALREADY_EXISTS)",
        );
        expect((await root("operator", "add", "eve", "--unix-user", "root")).stderr).toContain(
          "admin without a record",
        );
        expect(
          (await root("operator", "add", "eve", "--unix-user", "nobody-here")).stderr,
        ).toContain("there is no user nobody-here on the server's machine (NOT_FOUND)");

        const main = join(import.meta.dirname, "../../src/cli/main.ts");
        const as = async (uid: number, ...argv: string[]): Promise<string> => {
          const change = ["--reuid", `${uid}`, "--regid", `${uid}`, "--clear-groups"];
          const command = [process.execPath, main, "--admin-socket", adminSocket, ...argv];
          const child = spawn("setpriv", [...change, ...command], { cwd: "/", env: {} });
          let said = "";
          child.stdout.on("data", (chunk) => (said += chunk));
          child.stderr.on("data", (chunk) => (said += chunk));
          await once(child, "close");
          return said;
        };
        expect(await as(65533, "whoami")).toMatch(/Name: +bob\nRoles: +auditor\nSeen from: +unix/);
        expect(await as(65533, "bot", "retire", "x")).toContain("bob has auditor (NOT_AUTHORIZED)");
        expect(await as(65534, "bot", "list")).toContain(
          "ListBots is for operators; uid:65534 is none (NOT_AUTHORIZED)",
        );

        // Bob is connected when he is removed.
        const script = `
          import { connect } from "node:http2";
          import { connect as open } from "node:net";
          const session = connect("http://x", { createConnection: () => open(${JSON.stringify(adminSocket)}) });
          session.on("error", () => undefined).on("close", () => console.log("cut"));
          session.on("remoteSettings", () => console.log("open"));
        `;
        const code = join(directory, "hold.mjs");
        writeFileSync(code, script, { mode: 0o644 });
        const change = ["--reuid", "65533", "--regid", "65533", "--clear-groups"];
        const held = spawn("setpriv", [...change, process.execPath, code], { cwd: "/" });
        const [first] = await once(held.stdout, "data");
        expect(String(first)).toContain("open");
        const shown = await root("operator", "show", "bob", "--output", "json");
        expect(JSON.parse(shown.stdout)).toMatchObject({ unixUid: 65533, connections: 1 });
        expect(await root("operator", "remove", "bob")).toMatchObject({ code: 0 });
        await once(held, "close");
        expect(await as(65533, "whoami")).toContain("uid:65533 is none (NOT_AUTHORIZED)");
      } finally {
        await own.close();
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );
});

test("the operators' services answer nobody without an SVID", async () => {
  const client = new Client(server.address, tlsClientCredentials({ verify: () => undefined }));
  clients.push(client);
  await expect(call(client, "OperatorService", "WhoAmI", {})).rejects.toMatchObject({
    code: "NOT_AUTHORIZED",
    message: "WhoAmI is for operators; anonymous is none",
  });
  const local = new Client(`unix:${server.botsSocket}`, credentials.createInsecure());
  clients.push(local);
  await expect(call(local, "OperatorService", "WhoAmI", {})).rejects.toMatchObject({
    code: "NOT_AUTHORIZED",
  });
});
