import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bot, type ConnectOptions, connect } from "../../src/index.ts";
import { loadConfig, type ServerParts, startServer } from "../../src/server/index.ts";
import { dialTestAdmin } from "./admin.ts";

/**
 * An issuer inside the test's process, with real sockets, and what tests ask of it. Closes all it has opened.
 * @param settings further ones, as a configuration file has them.
 */
export async function runningServer(parts: ServerParts = {}, settings = "{}\n") {
  const directory = mkdtempSync(join(tmpdir(), "bp-run-"));
  const file = join(directory, "server.yaml");
  writeFileSync(file, settings);
  const botsSocket = join(directory, "b/b.sock");
  const server = await startServer(
    await loadConfig({
      file,
      flags: {
        trustDomain: "example.org",
        dataDir: join(directory, "data"),
        listen: "127.0.0.1:0",
      },
      env: { BOTPASS_BOTS_SOCKET: botsSocket, BOTPASS_LOG_LEVEL: "fatal" },
    }),
    parts,
  );
  const admin = dialTestAdmin(server.adminSocket);
  const bots: Bot[] = [];
  return {
    directory,
    botsSocket,
    server,
    admin,
    address: server.addresses[0] ?? "",
    register: (name: string, more: object = {}) =>
      admin.call("BotService", "RegisterBot", { name, owner: "o", purpose: "p", ...more }),
    async token(bot: string, more: object = {}): Promise<{ id: string; value: string }> {
      const { token, value } = await admin.call("TokenService", "CreateToken", { bot, ...more });
      return { id: (token as { id: string }).id, value: String(value) };
    },
    async connect(options: ConnectOptions): Promise<Bot> {
      const bot = await connect({
        env: {},
        ...(parts.clock && { clock: parts.clock }),
        ...options,
      });
      bots.push(bot);
      return bot;
    },
    async instances(filter: object = {}) {
      const { instances } = await admin.call("InstanceService", "ListInstances", filter);
      return instances as { id: string; bot: string; state: string; newestSerial: string }[];
    },
    async audit(filter: object = {}) {
      const { records } = await admin.call("AuditService", "ListAudit", filter);
      return (records as string[]).map((text) => JSON.parse(text) as Record<string, unknown>);
    },
    async close(): Promise<void> {
      for (const bot of bots) await bot.close();
      admin.close();
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof runningServer>>;
