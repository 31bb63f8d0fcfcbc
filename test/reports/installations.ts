import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ServiceError } from "@grpc/grpc-js";
import { buildCsr, generateKey } from "../../src/crypto/index.ts";
import { connect } from "../../src/index.ts";
import type { ServerParts } from "../../src/server/index.ts";
import { errorFromStatus, loadAdminServices, tlsClientCredentials } from "../../src/wire/index.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

/** One fault for each line of `report owasp-nhi`, named by it. */
export const NHI_FAULTS: Readonly<Record<string, (server: TestServer) => Promise<unknown>>> = {
  async NHI1(server) {
    await server.admin.call("OperatorService", "InviteOperator", { name: "leo", roles: [] });
    await server.admin.call("BotService", "UpdateBot", {
      name: "prober",
      owner: "leo",
      revision: 1,
    });
    await server.admin.call("OperatorService", "RemoveOperator", { name: "leo" });
  },
  async NHI2(server) {
    const { value } = await server.token("prober");
    await (await connect({ token: value, env: {} })).close();
    await connect({ token: value, env: {} }).then(
      () => Promise.reject(new Error("a second key was let in")),
      () => undefined,
    );
  },
  NHI3: (server) =>
    register(server, "scanner", {
      environment: "ci",
      entry: { selectors: oidc("repository_id:75", "ref:refs/heads/main") },
    }),
  NHI4: (server) => approved(server, "legacy", {}),
  NHI5: (server) =>
    entry(server, "archiver", [unix("uid:1003")], {
      audiences: Array.from({ length: 11 }, (_, index) => `https://s${index}.example.org`),
    }),
  NHI6: (server) =>
    entry(server, "deployer", oidc("repository:acme/shop", "ref:refs/heads/main"), {}),
  NHI7: (server) => entry(server, "archiver", [unix("uid:1004")], { x509TtlSeconds: 86_400 }),
  NHI8: (server) =>
    register(server, "archiver-test", {
      environment: "test",
      entry: { selectors: [unix("uid:1001")] },
    }),
  NHI9: (server) => server.token("prober", { uses: 50 }),
  async NHI10(server) {
    const key = await generateKey("ec-p256");
    const csr = buildCsr(key);
    await server.admin.call("MintService", "MintX509Svid", { bot: "prober", csr });
  },
};

/** Records of the clean installation: every line of both reports has something to look at. */
async function fill(server: TestServer): Promise<void> {
  const people = { otto: [], dora: [], rita: ["registrar"] };
  for (const [name, roles] of Object.entries(people)) {
    await server.admin.call("OperatorService", "InviteOperator", { name, roles });
  }
  await approved(server, "archiver", { entry: { selectors: [unix("uid:1001")] } });
  await approved(server, "erp", { kind: "service", entry: { selectors: [unix("uid:1002")] } });
  await register(server, "prober", {
    environment: "test",
    entry: { selectors: [unix("uid:2001")] },
  });
  await register(server, "deployer", {
    environment: "ci",
    endsAtMs: Date.now() + 90 * 86_400_000,
    entry: { selectors: oidc("repository_id:74", "ref:refs/heads/main") },
  });
}

const SETTINGS = `
attestors: { oidc: { issuers: [{ name: github, preset: github }] } }
`;
/** What production asks of passports in the clean installation. */
export const POLICY = `
environments: { prod: { approval: second_person, review_every: 90d, deputy_required: true } }
`;

/**
 * An installation on a real server: clean, but for the faults that are named.
 * @param settings further ones; they replace those for witnesses and webhooks, and the policy.
 */
export async function installation(
  faults: readonly string[] = [],
  settings?: (directory: string) => string,
  parts: ServerParts = {},
): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), "bp-inst-"));
  const secret = join(directory, "secret");
  writeFileSync(secret, "0123456789abcdef0123");
  chmodSync(secret, 0o600);
  const rest =
    settings?.(directory) ??
    `log: { checkpoint_file: ${join(directory, "checkpoints")} }
events: { webhooks: [{ name: siem, url: "https://127.0.0.1:9/", secret_file: ${secret} }] }
${POLICY}`;
  const server = await runningServer(parts, SETTINGS + rest);
  await fill(server);
  for (const fault of faults) await NHI_FAULTS[fault]?.(server);
  const close = server.close;
  server.close = async () => {
    await close();
    rmSync(directory, { recursive: true, force: true });
  };
  return server;
}

export function register(server: TestServer, name: string, more: object) {
  return server.register(name, { owner: "otto", ...more });
}

/** A bot in production; where its policy asks for a second person, somebody else approves it. */
export async function approved(server: TestServer, name: string, more: object): Promise<void> {
  const terms = { deputy: "dora" };
  const passport = { environment: "prod", terms, propose: true, ...more };
  const { bot } = await register(server, name, passport);
  const { state, revision } = bot as { state: string; revision: number };
  if (state === "proposed") await approve(server, { name, revision });
}

/** By an approver who has written nothing, over TLS. */
export async function approve(server: TestServer, request: { name: string; revision: number }) {
  const invited = { name: `petra-${request.name}`, roles: ["approver"] };
  const { value } = await server.admin.call("OperatorService", "InviteOperator", invited);
  const person = await server.connect({ token: String(value) });
  const svid = person.x509Svid();
  const client = new Client(
    server.address,
    tlsClientCredentials({ verify: () => undefined, svid: () => svid }),
  );
  const method = loadAdminServices().GovernanceService.service.ApproveBot;
  try {
    await new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request as never,
        (error: ServiceError | null) =>
          error === null ? resolve() : reject(errorFromStatus(error)),
      );
    });
  } finally {
    client.close();
  }
}

export function unix(value: string) {
  return { type: "unix", value };
}

function oidc(...claims: readonly string[]) {
  return claims.map((claim) => ({ type: "oidc", value: `github:${claim}` }));
}

export function entry(server: TestServer, bot: string, selectors: object[], more: object) {
  return server.admin.call("EntryService", "CreateEntry", { entry: { bot, selectors, ...more } });
}
