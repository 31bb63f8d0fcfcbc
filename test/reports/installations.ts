import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildCsr, generateKey } from "../../src/crypto/index.ts";
import { connect } from "../../src/index.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

/** One fault for each line of `report owasp-nhi`. */
export const NHI_FAULTS: Readonly<Record<string, (server: TestServer) => Promise<unknown>>> = {
  async NHI1(server) {
    await server.admin.call("OperatorService", "InviteOperator", { name: "leo", roles: [] });
    await server.admin.call("BotService", "UpdateBot", {
      name: "archiver",
      owner: "leo",
      revision: 1,
    });
    await server.admin.call("OperatorService", "RemoveOperator", { name: "leo" });
  },
  async NHI2(server) {
    const { value } = await server.token("archiver");
    await (await connect({ token: value, env: {} })).close();
    await connect({ token: value, env: {} }).then(
      () => Promise.reject(new Error("a second key was let in")),
      () => undefined,
    );
  },
  NHI3: (server) =>
    server.register("scanner", {
      environment: "ci",
      entry: { selectors: oidc("repository_id:75", "ref:refs/heads/main") },
    }),
  NHI4: (server) => server.register("legacy", { environment: "prod" }),
  NHI5: (server) =>
    entry(server, "archiver", [unix("uid:1003")], {
      audiences: Array.from({ length: 11 }, (_, index) => `https://s${index}.example.org`),
    }),
  NHI6: (server) =>
    entry(server, "deployer", oidc("repository:acme/shop", "ref:refs/heads/main"), {}),
  NHI7: (server) => entry(server, "archiver", [unix("uid:1004")], { x509TtlSeconds: 86_400 }),
  NHI8: (server) =>
    server.register("archiver-test", {
      environment: "test",
      entry: { selectors: [unix("uid:1001")] },
    }),
  NHI9: (server) => server.token("archiver", { uses: 50 }),
  async NHI10(server) {
    const key = await generateKey("ec-p256");
    const csr = buildCsr(key);
    await server.admin.call("MintService", "MintX509Svid", { bot: "archiver", csr });
  },
};

/** Records of the clean installation: every line of both reports has something to look at. */
async function fill(server: TestServer): Promise<void> {
  await server.register("archiver", {
    environment: "prod",
    entry: { selectors: [unix("uid:1001")] },
  });
  await server.register("erp", {
    environment: "prod",
    kind: "service",
    entry: { selectors: [unix("uid:1002")] },
  });
  await server.register("prober", {
    environment: "test",
    entry: { selectors: [unix("uid:2001")] },
  });
  const endsAtMs = Date.now() + 90 * 86_400_000;
  await server.register("deployer", {
    environment: "ci",
    endsAtMs,
    entry: { selectors: oidc("repository_id:74", "ref:refs/heads/main") },
  });
  await server.admin.call("OperatorService", "InviteOperator", {
    name: "rita",
    roles: ["registrar"],
  });
}

const SETTINGS = `
attestors: { oidc: { issuers: [{ name: github, preset: github }] } }
`;

/**
 * An installation on a real server: clean, but for the faults that are named.
 * @param settings further ones; they replace those for witnesses and webhooks.
 */
export async function installation(
  faults: readonly string[] = [],
  settings?: (directory: string) => string,
): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), "bp-inst-"));
  const secret = join(directory, "secret");
  writeFileSync(secret, "0123456789abcdef0123");
  chmodSync(secret, 0o600);
  const rest =
    settings?.(directory) ??
    `log: { checkpoint_file: ${join(directory, "checkpoints")} }
events: { webhooks: [{ name: siem, url: "https://127.0.0.1:9/", secret_file: ${secret} }] }
`;
  const server = await runningServer({}, SETTINGS + rest);
  await fill(server);
  for (const fault of faults) await NHI_FAULTS[fault]?.(server);
  const close = server.close;
  server.close = async () => {
    await close();
    rmSync(directory, { recursive: true, force: true });
  };
  return server;
}

function unix(value: string) {
  return { type: "unix", value };
}

function oidc(...claims: readonly string[]) {
  return claims.map((claim) => ({ type: "oidc", value: `github:${claim}` }));
}

function entry(server: TestServer, bot: string, selectors: object[], more: object) {
  return server.admin.call("EntryService", "CreateEntry", { entry: { bot, selectors, ...more } });
}
