import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import type { Clock } from "../../src/clock.ts";
import { bundleToPem } from "../../src/crypto/index.ts";
import { type Bot, type Bundle, type ConnectOptions, connect } from "../../src/index.ts";
import { loadConfig, type RunningServer, startServer } from "../../src/server/index.ts";
import { bundleFromMessage, loadAttachService } from "../../src/wire/index.ts";
import { dialTestAdmin } from "./admin.ts";

/**
 * A Botpass server that believes the issuers of this YAML (a list), and what tests ask of it. It can be started again on the same
 * data directory.
 */
export async function oidcServer(issuersYaml: string, clock: Clock) {
  const directory = mkdtempSync(join(tmpdir(), "bp-oidc-"));
  const file = join(directory, "server.yaml");
  const trustFile = join(directory, "bundle.pem");
  const bots: Bot[] = [];
  let server: RunningServer;
  let admin: ReturnType<typeof dialTestAdmin>;
  let bundle: Bundle;

  const start = async (): Promise<void> => {
    writeFileSync(
      file,
      `trust_domain: example.org
data_dir: ${join(directory, "data")}
listen: 127.0.0.1:0
bots_socket: ""
log_level: fatal
attestors: { oidc: { issuers: ${issuersYaml} } }
`,
    );
    server = await startServer(await loadConfig({ file }), { clock });
    admin = dialTestAdmin(server.adminSocket);
    bundle = await fetchBundle(server.adminSocket);
    writeFileSync(trustFile, bundleToPem(bundle));
  };
  const stop = async (): Promise<void> => {
    for (const bot of bots.splice(0)) await bot.close();
    admin.close();
    await server.close();
  };
  await start();
  return {
    directory,
    /** PEM, as BOTPASS_TRUST_BUNDLE takes it. */
    trustFile,
    address: () => server.addresses[0] ?? "",
    bundle: () => bundle,
    adminSocket: () => server.adminSocket,
    call: ((...args) => admin.call(...args)) as ReturnType<typeof dialTestAdmin>["call"],
    register(name: string, environment: string, selectors: readonly string[], more: object = {}) {
      return admin.call("BotService", "RegisterBot", {
        name,
        environment,
        owner: "o",
        purpose: "p",
        entry: { selectors: selectors.map(selector), ...more },
      });
    },
    /** Attaches with this token, at once or not at all. */
    async attach(token: string | (() => Promise<string>), more: ConnectOptions = {}): Promise<Bot> {
      const bot = await connect({
        oidc: { token },
        addresses: [server.addresses[0] ?? ""],
        bundle,
        env: {},
        clock,
        timeoutMs: 1,
        ...more,
      });
      bots.push(bot);
      return bot;
    },
    /** Why attestations were refused, the newest last. */
    async refusals(): Promise<string[]> {
      const filter = { type: "attestation.refused" };
      const { records } = await admin.call("AuditService", "ListAudit", filter);
      return (records as string[]).map((text) => {
        const { details } = JSON.parse(text) as { details: { message: string } };
        return details.message;
      });
    },
    async explain(selectors: readonly string[]): Promise<{ missing: string[]; refusal: string }[]> {
      const request = { selectors: selectors.map(selector) };
      const { entries } = await admin.call("EntryService", "ExplainEntries", request);
      const found = entries as { missing: { type: string; value: string }[]; refusal: string }[];
      return found.map(({ missing, refusal }) => ({
        missing: missing.map(({ type, value }) => `${type}:${value}`),
        refusal,
      }));
    },
    /** What `entry explain --id-token-file` says of a token. */
    async explainToken(
      idToken: string,
    ): Promise<{ refusal: string; selectors: object[]; entries: object[] }> {
      const answer = await admin.call("EntryService", "ExplainEntries", { idToken });
      return answer as { refusal: string; selectors: object[]; entries: object[] };
    },
    async restart(): Promise<void> {
      await stop();
      await start();
    },
    async close(): Promise<void> {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type OidcServer = Awaited<ReturnType<typeof oidcServer>>;

function fetchBundle(socket: string): Promise<Bundle> {
  const { Client } = loadAttachService();
  const client = new Client(`unix:${socket}`, credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client.getBundle({}, (error, message) => {
      client.close();
      if (message === undefined) reject(error);
      else resolve(bundleFromMessage(message));
    });
  });
}

export function selector(text: string): { type: string; value: string } {
  const colon = text.indexOf(":");
  return { type: text.slice(0, colon), value: text.slice(colon + 1) };
}
