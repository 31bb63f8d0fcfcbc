// Every method for every kind of caller, from a table written by hand.
import { execFile, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { promisify } from "node:util";
import {
  Client,
  credentials,
  type ServiceDefinition,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { X509Svid } from "../../src/index.ts";
import { PERMISSIONS } from "../../src/server/rpc/permissions.ts";
import {
  loadAdminServices,
  loadAttachService,
  loadHealthService,
  loadReflectionServices,
  tlsClientCredentials,
} from "../../src/wire/index.ts";
import { testAuthority } from "../support/ca.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const registrar = "operator: registrar";
const approver = "operator: approver";
const auditor = "operator: auditor";
const owner = "operator: owner";
const none = "operator: no role";
const ADMINS = ["operator: admin", "admin socket"];

/** `all`: whoever can connect; `bots`: not the admin socket; else who may beside admins. An owner asks for its own bot. */
const TABLE: Readonly<Record<string, "all" | "bots" | readonly string[]>> = {
  "botpass.v1.AttachService/Attach": "bots",
  "botpass.v1.AttachService/GetBundle": "all",
  "botpass.v1.AttachService/GetCrls": "all",
  "botpass.v1.AttachService/WatchTrust": "bots",
  "botpass.v1.BotService/RegisterBot": [registrar],
  "botpass.v1.BotService/GetBot": [registrar, approver, auditor, owner],
  "botpass.v1.BotService/ListBots": [registrar, approver, auditor, owner],
  "botpass.v1.BotService/UpdateBot": [registrar],
  "botpass.v1.BotService/SuspendBot": [registrar, approver, owner],
  "botpass.v1.BotService/ResumeBot": [approver],
  "botpass.v1.BotService/RetireBot": [registrar, owner],
  "botpass.v1.GovernanceService/ProposeBot": [registrar, owner],
  "botpass.v1.GovernanceService/ApproveBot": [approver],
  "botpass.v1.GovernanceService/RejectBot": [approver, owner],
  "botpass.v1.GovernanceService/ReviewBot": [approver, owner],
  "botpass.v1.GovernanceService/ApproveEntry": [approver],
  "botpass.v1.GovernanceService/RejectEntry": [approver, owner],
  "botpass.v1.GovernanceService/GetReceipt": [registrar, approver, auditor, owner],
  "botpass.v1.EntryService/CreateEntry": [registrar],
  "botpass.v1.EntryService/CreateEntries": [registrar],
  "botpass.v1.EntryService/GetEntry": [registrar, approver, auditor, owner],
  "botpass.v1.EntryService/ListEntries": [registrar, approver, auditor, owner],
  "botpass.v1.EntryService/UpdateEntry": [registrar],
  "botpass.v1.EntryService/DeleteEntry": [registrar],
  "botpass.v1.EntryService/ExplainEntries": [registrar, approver, auditor],
  "botpass.v1.TokenService/CreateToken": [registrar, owner],
  "botpass.v1.TokenService/ListTokens": [registrar, approver, auditor, owner],
  "botpass.v1.TokenService/RevokeToken": [registrar, approver, owner],
  "botpass.v1.InstanceService/ListInstances": [registrar, approver, auditor, owner],
  "botpass.v1.InstanceService/EvictInstance": [registrar, approver, owner],
  "botpass.v1.InstanceService/BanInstance": [registrar, approver, owner],
  "botpass.v1.RevocationService/Revoke": [],
  "botpass.v1.AuthorityService/ListAuthorities": [registrar, approver, auditor],
  "botpass.v1.AuthorityService/PrepareAuthority": [],
  "botpass.v1.AuthorityService/ActivateAuthority": [],
  "botpass.v1.AuthorityService/TaintAuthority": [],
  "botpass.v1.AuthorityService/RevokeAuthority": [],
  "botpass.v1.MintService/MintX509Svid": [],
  "botpass.v1.MintService/MintJwtSvid": [],
  "botpass.v1.AuditService/ListAudit": [registrar, approver, auditor, owner],
  "botpass.v1.AuditService/GetLogKey": [registrar, approver, auditor],
  "botpass.v1.AuditService/MakeCheckpoint": [registrar, approver, auditor],
  "botpass.v1.AuditService/ProveRecord": [registrar, approver, auditor],
  "botpass.v1.AuditService/ExportAudit": [auditor],
  "botpass.v1.ExplainService/ExplainIdentity": [registrar, approver, auditor, owner],
  "botpass.v1.ExplainService/ExplainAttempts": [registrar, approver, auditor],
  "botpass.v1.ExplainService/GetBlastRadius": [registrar, approver, auditor, owner],
  "botpass.v1.ExplainService/GetUsage": [registrar, approver, auditor, owner],
  "botpass.v1.ExplainService/ListUsage": [registrar, approver, auditor, owner],
  "botpass.v1.StateService/ApplyState": [registrar],
  "botpass.v1.FindingService/ListFindings": [registrar, approver, auditor, owner],
  "botpass.v1.FindingService/GetFinding": [registrar, approver, auditor],
  "botpass.v1.FindingService/AckFinding": [registrar, approver],
  "botpass.v1.ReportService/GetReport": [registrar, approver, auditor],
  "botpass.v1.KeyService/RotateKeys": [],
  "botpass.v1.KeyService/ListLogKeys": [registrar, approver, auditor],
  "botpass.v1.ReviewService/ListReviews": [registrar, approver, auditor, owner],
  "botpass.v1.ReviewService/GetReview": [registrar, approver, auditor, owner],
  "botpass.v1.ReviewService/CompleteReview": [approver, owner],
  "botpass.v1.ReviewService/StartCampaign": [approver],
  "botpass.v1.ReviewService/GetCampaign": [registrar, approver, auditor],
  "botpass.v1.ReviewService/ListCampaigns": [registrar, approver, auditor],
  "botpass.v1.ServerService/GetInfo": [registrar, approver, auditor, owner, none],
  "botpass.v1.ServerService/Backup": [],
  "botpass.v1.OperatorService/WhoAmI": [registrar, approver, auditor, owner, none],
  "botpass.v1.OperatorService/AddOperator": [],
  "botpass.v1.OperatorService/InviteOperator": [],
  "botpass.v1.OperatorService/GetOperator": [registrar, approver, auditor],
  "botpass.v1.OperatorService/ListOperators": [registrar, approver, auditor],
  "botpass.v1.OperatorService/SetOperatorRoles": [],
  "botpass.v1.OperatorService/RemoveOperator": [],
  "botpass.v1.StatusService/GetStatus": [registrar, approver, auditor],
  "botpass.v1.StatusService/ListActivity": [registrar, approver, auditor],
  "grpc.reflection.v1.ServerReflection/ServerReflectionInfo": [registrar, approver, auditor],
  "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": [registrar, approver, auditor],
  "grpc.health.v1.Health/Check": "all",
  "grpc.health.v1.Health/Watch": "all",
};

/** What an owner asks for: a bot, entry, token or instance of its own, as they stand when the test begins. */
let ownRequests: Readonly<Record<string, object>> = {};

interface Method {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => object;
}

const admin = loadAdminServices();
const definitions: ServiceDefinition[] = [
  loadAttachService().definition,
  ...Object.values(admin).map(({ service }) => service),
  loadHealthService().definition,
  ...loadReflectionServices().map(({ definition }) => definition),
];
const methods = definitions.flatMap((each) => Object.values(each)) as unknown as Method[];

/** The status that the method answers with; bad requests are fine, since they were let in. */
function statusOf(client: Client, method: Method, request: object = {}): Promise<status> {
  return new Promise((resolve) => {
    const deadline = Date.now() + 5_000;
    const settle = (error?: ServiceError | null): void => resolve(error?.code ?? status.OK);
    const { path, requestSerialize, responseDeserialize } = method;
    const shared = [path, requestSerialize, responseDeserialize] as const;
    if (!method.requestStream && !method.responseStream) {
      client.makeUnaryRequest(...shared, request, { deadline }, settle);
      return;
    }
    const call = method.requestStream
      ? client.makeBidiStreamRequest(...shared, { deadline })
      : client.makeServerStreamRequest(...shared, {}, { deadline });
    call.on("data", () => {
      settle();
      call.cancel();
    });
    call.on("error", settle);
    call.on("end", () => settle());
    // A hello that is none: let in, and refused for what it is.
    if (call instanceof Duplex) call.write({ id: 1, hello: { protocolVersion: 9 } });
  });
}

const clock = new DrivenClock();
let server: TestServer;
const callers = new Map<string, () => Client>();

beforeAll(async () => {
  server = await runningServer({ clock });
  const open = async (name: string, kind: string): Promise<X509Svid> => {
    await server.register(name, { kind });
    const bot = await server.connect({ token: (await server.token(name)).value });
    return bot.x509Svid();
  };
  const svids = {
    bot: await open("one", "bot"),
    "other bot": await open("two", "bot"),
    service: await open("three", "service"),
    node: await open("four", "node"),
    "evicted instance": await open("five", "bot"),
  };
  const [five] = await server.instances({ bot: "five" });
  await server.admin.call("InstanceService", "EvictInstance", { id: five?.id });
  const person = async (name: string, roles: readonly string[]): Promise<X509Svid> => {
    const { value } = await server.admin.call("OperatorService", "InviteOperator", { name, roles });
    return (await server.connect({ token: String(value) })).x509Svid();
  };
  const people = {
    [registrar]: await person("rita", ["registrar"]),
    [approver]: await person("pat", ["approver"]),
    [auditor]: await person("ada", ["auditor"]),
    "operator: admin": await person("ann", ["admin"]),
    [owner]: await person("olga", []),
    [none]: await person("ned", []),
    "operator: removed": await person("rob", ["admin"]),
    "operator: suspended": await person("sue", ["admin"]),
    "operator: evicted": await person("eve", ["admin"]),
  };
  await server.admin.call("OperatorService", "RemoveOperator", { name: "rob" });
  await server.admin.call("BotService", "SuspendBot", { name: "operator.sue" });
  const [eve] = await server.instances({ bot: "operator.eve" });
  await server.admin.call("InstanceService", "EvictInstance", { id: eve?.id });
  ownRequests = await ofOwner();
  const foreign = await testAuthority({ trustDomain: "other.test" });
  const own = await testAuthority();
  const past = {
    notBefore: new Date(Date.now() - 7_200_000),
    notAfter: new Date(Date.now() - 3_600_000),
  };
  const tls = (svid?: X509Svid) => () =>
    new Client(
      server.address,
      tlsClientCredentials({ verify: () => undefined, ...(svid && { svid: () => svid }) }),
    );
  const unix = (path: string) => () => new Client(`unix:${path}`, credentials.createInsecure());
  callers.set("none", tls());
  for (const [name, svid] of Object.entries({ ...svids, ...people })) callers.set(name, tls(svid));
  callers.set("expired SVID", tls(await own.issue(past)));
  callers.set("other trust domain", tls(await foreign.issue()));
  callers.set("somebody else's authority", tls(await own.issue({ path: "/botpass/server" })));
  callers.set("bots' socket", unix(server.botsSocket));
  callers.set("admin socket", unix(server.server.adminSocket));
});
afterAll(() => server.close());

/** Olga's bot and what belongs to it. */
async function ofOwner(): Promise<Record<string, object>> {
  const { entry } = await server.register("olgas", { owner: "olga" });
  const { id: token } = await server.token("olgas");
  await server.connect({ token: (await server.token("olgas")).value });
  const [instance] = await server.instances({ bot: "olgas" });
  const { id } = entry as { id: string };
  return {
    "botpass.v1.BotService/GetBot": { name: "olgas" },
    "botpass.v1.BotService/ListBots": { owner: "olga" },
    "botpass.v1.BotService/SuspendBot": { name: "olgas", reason: "x".repeat(2000) },
    "botpass.v1.BotService/ResumeBot": { name: "olgas", reason: "x".repeat(2000) },
    "botpass.v1.GovernanceService/ProposeBot": { name: "olgas" },
    "botpass.v1.GovernanceService/RejectBot": { name: "olgas", revision: 1 },
    "botpass.v1.GovernanceService/ReviewBot": { name: "olgas" },
    "botpass.v1.GovernanceService/ApproveEntry": { id, revision: 1 },
    "botpass.v1.GovernanceService/RejectEntry": { id, revision: 1 },
    "botpass.v1.GovernanceService/GetReceipt": { name: "olgas" },
    "botpass.v1.BotService/RetireBot": { name: "olgas", reason: "x".repeat(2000) },
    "botpass.v1.BotService/UpdateBot": { name: "olgas" },
    "botpass.v1.EntryService/CreateEntry": { entry: { bot: "olgas" } },
    "botpass.v1.EntryService/CreateEntries": { entries: [{ bot: "olgas" }] },
    "botpass.v1.EntryService/GetEntry": { id },
    "botpass.v1.EntryService/ListEntries": { bot: "olgas" },
    "botpass.v1.EntryService/UpdateEntry": { entry: { id } },
    "botpass.v1.EntryService/DeleteEntry": { id },
    "botpass.v1.TokenService/CreateToken": { bot: "olgas", uses: 9999 },
    "botpass.v1.TokenService/ListTokens": { bot: "olgas" },
    "botpass.v1.TokenService/RevokeToken": { id: token },
    "botpass.v1.InstanceService/ListInstances": { bot: "olgas" },
    "botpass.v1.InstanceService/EvictInstance": { id: instance?.id, reason: "x".repeat(2000) },
    "botpass.v1.InstanceService/BanInstance": { id: instance?.id, reason: "x".repeat(2000) },
    "botpass.v1.MintService/MintX509Svid": { bot: "olgas" },
    "botpass.v1.MintService/MintJwtSvid": { bot: "olgas" },
    "botpass.v1.AuditService/ListAudit": { bot: "olgas" },
    "botpass.v1.ExplainService/ExplainIdentity": { instance: instance?.id },
    "botpass.v1.ExplainService/GetBlastRadius": { bot: "olgas" },
    "botpass.v1.ExplainService/GetUsage": { bot: "olgas" },
    "botpass.v1.ExplainService/ListUsage": { owner: "olga" },
    "botpass.v1.FindingService/ListFindings": { bot: "olgas" },
    "botpass.v1.ReviewService/ListReviews": { owner: "olga" },
    "botpass.v1.ReviewService/GetReview": { bot: "olgas" },
    "botpass.v1.ReviewService/CompleteReview": { bot: "olgas" },
  };
}

test("the table has every method, and no other", () => {
  expect(methods.map(({ path }) => path.slice(1)).sort()).toEqual(Object.keys(TABLE).sort());
});

test("every method that changes something of a bot says which bot: people are protected by that", () => {
  const silent = Object.entries(PERMISSIONS).filter(
    ([path, { anybody, people, roles, subject }]) => {
      const [, service, method = ""] = /\.(\w+)\/(\w+)$/.exec(path) ?? [];
      if (anybody === true || people === "reads") return false;
      // The one makes a bot, the other names those that are to be looked at.
      if (method === "RegisterBot" || method === "StartCampaign") return false;
      // ApplyState asks of each change: test/system/apply.test.ts.
      const ofServer = [
        "ServerService",
        "KeyService",
        "OperatorService",
        "AuthorityService",
        "StateService",
        "ServerReflection",
        "FindingService",
      ];
      if (people === "admin" && roles.every((role) => role === "admin")) return false;
      return subject === undefined && !ofServer.includes(service ?? "");
    },
  );
  expect(silent.map(([path]) => path)).toEqual([]);
  const reading = Object.entries(PERMISSIONS).filter(([, { people }]) => people === "reads");
  for (const [path] of reading) {
    expect(path).toMatch(/\/(Get|List|Explain)\w+$|AuditService/);
  }
});

const KINDS = [
  "none",
  "bot",
  "other bot",
  "service",
  "node",
  "evicted instance",
  "expired SVID",
  "other trust domain",
  "somebody else's authority",
  "bots' socket",
  "admin socket",
  registrar,
  approver,
  auditor,
  owner,
  none,
  "operator: admin",
  "operator: removed",
  "operator: suspended",
  "operator: evicted",
];

test.each(KINDS)("%s may call what the table says, and nothing else", async (kind) => {
  const client = callers.get(kind)?.();
  if (client === undefined) throw new Error(`nobody is ${kind}`);
  // A method that is not served on a listener, and one that is refused, are both closed.
  const closed: readonly status[] = [status.UNIMPLEMENTED, status.PERMISSION_DENIED];
  for (const method of methods) {
    const name = method.path.slice(1);
    const found = await statusOf(client, method, kind === owner ? ownRequests[name] : {});
    const needed = TABLE[name] ?? [];
    const open =
      needed === "all" ||
      (needed === "bots"
        ? kind !== "admin socket"
        : needed.includes(kind) || ADMINS.includes(kind));
    if (name.endsWith("/Attach") && open) {
      // Let in: what is refused is the version.
      expect(found, `${kind}: ${name}`).toBe(status.OK);
    } else if (open) {
      expect(closed, `${kind}: ${name} answers ${status[found]}`).not.toContain(found);
      expect(found, `${kind}: ${name}`).not.toBe(status.UNAVAILABLE);
    } else {
      expect(closed, `${kind}: ${name} answers ${status[found]}`).toContain(found);
    }
  }
  client.close();
});

/** The message that the caller is refused with. */
async function refusalOf(kind: string, path: string, request: object): Promise<string> {
  const client = callers.get(kind)?.();
  const method = methods.find((each) => each.path === `/botpass.v1.${path}`);
  if (client === undefined || method === undefined) throw new Error(`nobody is ${kind}`);
  const { requestSerialize, responseDeserialize } = method;
  const message = await new Promise<string>((resolve) => {
    client.makeUnaryRequest(method.path, requestSerialize, responseDeserialize, request, (error) =>
      resolve(error === null ? "" : error.details),
    );
  });
  client.close();
  return message;
}

test.each([
  [registrar, "BotService/ResumeBot", "ResumeBot needs role approver or admin; rita has registrar"],
  [none, "ServerService/Backup", "Backup needs role admin; ned has no role"],
  [
    auditor,
    "BotService/SuspendBot",
    "SuspendBot needs role registrar, approver or admin, or to be the owner of the bots that it is about; ada has auditor",
  ],
  ["bot", "BotService/ListBots", "is for operators; spiffe://example.org/bot/default/one is none"],
  ["expired SVID", "BotService/ListBots", "the client certificate is not accepted"],
  ["operator: removed", "BotService/ListBots", "operator rob was removed"],
  ["operator: suspended", "BotService/ListBots", "bot operator.sue is suspended"],
  ["operator: evicted", "BotService/ListBots", "of operator eve is denied: evicted"],
])("%s is told why it may not: %s", async (kind, path, message) => {
  expect(await refusalOf(kind, path, { name: "one" })).toContain(message);
});

test.each([
  ["BotService/GetBot", { name: "one" }],
  ["BotService/ListBots", {}],
  ["BotService/ListBots", { owner: "o" }],
  ["EntryService/ListEntries", {}],
  ["AuditService/ListAudit", {}],
  ["AuditService/ListAudit", { bot: "one" }],
  ["TokenService/CreateToken", { bot: "one" }],
  ["TokenService/RevokeToken", { id: "unknown" }],
])("an owner may not: %s %j", async (path, request) => {
  expect(await refusalOf(owner, path, request)).toContain("; olga has no role");
});

test.each([
  [registrar, "TokenService/CreateToken", { bot: "operator.ann" }],
  [registrar, "EntryService/CreateEntry", { entry: { bot: "operator.ann" } }],
  [registrar, "EntryService/CreateEntries", { entries: [{ bot: "" }, { bot: "operator.ann" }] }],
  [registrar, "BotService/SuspendBot", { name: "operator.ann" }],
  ["operator: admin", "MintService/MintX509Svid", { bot: "operator.ada" }],
  ["operator: admin", "BotService/RetireBot", { name: "operator.ada" }],
  ["admin socket", "MintService/MintX509Svid", { bot: "operator.ada" }],
  // One who is to be invited yet.
  ["admin socket", "TokenService/CreateToken", { bot: "operator.zoe" }],
])("%s makes no identity of a person by %s", async (kind, path, request) => {
  expect(await refusalOf(kind, path, request)).toContain("is the identity of a person");
});

test("no bot is registered with a person's name, kind or path", async () => {
  const wrong = [
    { name: "operator.zoe" },
    { name: "zoe", kind: "operator" },
    { name: "zoe", path: "/operator/zoe" },
    { name: "zoe", path: "/operator" },
  ];
  for (const { name, ...more } of wrong) {
    await expect(server.register(name, more)).rejects.toMatchObject({
      code: expect.stringMatching(/REQUEST_INVALID|SPIFFE_ID_INVALID/),
    });
  }
});

const canChangeUser = process.getuid?.() === 0 && spawnSync("setpriv", ["--version"]).status === 0;

test.runIf(canChangeUser)(
  "a second user may not open the admin socket, and attests as itself",
  async () => {
    const as = async (uid: number, code: string): Promise<string> => {
      const file = join(server.directory, `as-${uid}.mjs`);
      writeFileSync(file, code);
      chmodSync(server.directory, 0o755);
      chmodSync(file, 0o644);
      const args = [
        "--reuid",
        String(uid),
        "--regid",
        String(uid),
        "--clear-groups",
        process.execPath,
        file,
      ];
      // Not synchronously: the server is in this process.
      const { stdout } = await promisify(execFile)("setpriv", args, { cwd: "/" });
      return stdout.trim();
    };
    const probe = (path: string): string => `
    import { connect } from "node:net";
    const socket = connect(${JSON.stringify(path)});
    socket.on("connect", () => { console.log("open"); socket.destroy(); });
    socket.on("error", (error) => console.log(error.code));`;
    expect(await as(65534, probe(server.server.adminSocket))).toBe("EACCES");
    expect(await as(65534, probe(server.botsSocket))).toBe("open");

    const library = join(import.meta.dirname, "../../src/index.ts");
    const attest = `
    import { connect } from ${JSON.stringify(library)};
    const socketPath = ${JSON.stringify(server.botsSocket)};
    const bot = await connect({ socketPath, timeoutMs: 3000, env: {} }).catch((error) => error);
    console.log(bot.code ?? bot.spiffeId.toString());
    await bot.close?.();`;
    await server.register("of-65534", {
      entry: { selectors: [{ type: "unix", value: "uid:65534" }] },
    });
    expect(await as(65534, attest)).toBe("spiffe://example.org/bot/default/of-65534");
    expect(await as(65533, attest)).not.toContain("spiffe://");
  },
);
