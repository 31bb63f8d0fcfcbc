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
import {
  loadAdminServices,
  loadAttachService,
  loadHealthService,
  tlsClientCredentials,
} from "../../src/wire/index.ts";
import { testAuthority } from "../support/ca.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

/** `all`: whoever can connect; `operator`: the admin socket only. */
const TABLE: Readonly<Record<string, "all" | "operator" | "bots">> = {
  "botpass.v1.AttachService/Attach": "bots",
  "botpass.v1.AttachService/GetBundle": "all",
  "botpass.v1.BotService/RegisterBot": "operator",
  "botpass.v1.BotService/GetBot": "operator",
  "botpass.v1.BotService/ListBots": "operator",
  "botpass.v1.BotService/UpdateBot": "operator",
  "botpass.v1.BotService/SuspendBot": "operator",
  "botpass.v1.BotService/ResumeBot": "operator",
  "botpass.v1.BotService/RetireBot": "operator",
  "botpass.v1.EntryService/CreateEntry": "operator",
  "botpass.v1.EntryService/CreateEntries": "operator",
  "botpass.v1.EntryService/GetEntry": "operator",
  "botpass.v1.EntryService/ListEntries": "operator",
  "botpass.v1.EntryService/UpdateEntry": "operator",
  "botpass.v1.EntryService/DeleteEntry": "operator",
  "botpass.v1.EntryService/ExplainEntries": "operator",
  "botpass.v1.TokenService/CreateToken": "operator",
  "botpass.v1.TokenService/ListTokens": "operator",
  "botpass.v1.TokenService/RevokeToken": "operator",
  "botpass.v1.InstanceService/ListInstances": "operator",
  "botpass.v1.InstanceService/EvictInstance": "operator",
  "botpass.v1.InstanceService/BanInstance": "operator",
  "botpass.v1.AuthorityService/ListAuthorities": "operator",
  "botpass.v1.MintService/MintX509Svid": "operator",
  "botpass.v1.MintService/MintJwtSvid": "operator",
  "botpass.v1.AuditService/ListAudit": "operator",
  "botpass.v1.StateService/ApplyState": "operator",
  "botpass.v1.ServerService/GetInfo": "operator",
  "botpass.v1.ServerService/Backup": "operator",
  "grpc.health.v1.Health/Check": "all",
  "grpc.health.v1.Health/Watch": "all",
};

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
  ...Object.entries(admin).flatMap(([, each]) =>
    typeof each === "function" && "service" in each ? [each.service as ServiceDefinition] : [],
  ),
  loadHealthService().definition,
];
const methods = definitions.flatMap((each) => Object.values(each)) as unknown as Method[];

/** The status that the method answers with; bad requests are fine, since they were let in. */
function statusOf(client: Client, method: Method): Promise<status> {
  return new Promise((resolve) => {
    const deadline = Date.now() + 5_000;
    const settle = (error?: ServiceError | null): void => resolve(error?.code ?? status.OK);
    const { path, requestSerialize, responseDeserialize } = method;
    const shared = [path, requestSerialize, responseDeserialize] as const;
    if (!method.requestStream && !method.responseStream) {
      client.makeUnaryRequest(...shared, {}, { deadline }, settle);
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
  for (const [name, svid] of Object.entries(svids)) callers.set(name, tls(svid));
  callers.set("expired SVID", tls(await own.issue(past)));
  callers.set("other trust domain", tls(await foreign.issue()));
  callers.set("somebody else's authority", tls(await own.issue({ path: "/botpass/server" })));
  callers.set("bots' socket", unix(server.botsSocket));
  callers.set("admin socket", unix(server.server.adminSocket));
});
afterAll(() => server.close());

test("the table has every method, and no other", () => {
  expect(methods.map(({ path }) => path.slice(1)).sort()).toEqual(Object.keys(TABLE).sort());
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
];

test.each(KINDS)("%s may call what the table says, and nothing else", async (kind) => {
  const client = callers.get(kind)?.();
  if (client === undefined) throw new Error(`nobody is ${kind}`);
  // A method that is not served on a listener, and one that is refused, are both closed.
  const closed: readonly status[] = [status.UNIMPLEMENTED, status.PERMISSION_DENIED];
  const isOperator = kind === "admin socket";
  for (const method of methods) {
    const name = method.path.slice(1);
    const found = await statusOf(client, method);
    const needed = TABLE[name];
    const open = needed === "all" || (needed === "operator" ? isOperator : !isOperator);
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
