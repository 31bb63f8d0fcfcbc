import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Bot, connect, memberOf, peerOf } from "../../src/index.ts";
import { loadConfig, type RunningServer, startServer } from "../../src/server/index.ts";
import { dialTestAdmin } from "./admin.ts";
import { DrivenClock } from "./driven-clock.ts";
import { freePort } from "./free-port.ts";

/**
 * A whole system in one process on a driven clock: issuer, bot and service, with real sockets, TLS and SQLite. It ends with the test.
 * @param authorityLife as in the configuration.
 */
export async function drivenSystem(authorityLife: string) {
  const clock = new DrivenClock();
  const directory = mkdtempSync(join(tmpdir(), "bp-clock-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const listen = `127.0.0.1:${await freePort()}`;
  const start = async (): Promise<RunningServer> => {
    const file = join(directory, "server.yaml");
    writeFileSync(
      file,
      [
        "trust_domain: example.org",
        `data_dir: ${join(directory, "data")}`,
        `listen: ${listen}`,
        `bots_socket: ${join(directory, "bots/bots.sock")}`,
        `authority: { life: ${authorityLife} }`,
        "lifetimes: { x509_default: 1h, x509_max: 1h }",
        "log_level: fatal",
      ].join("\n"),
    );
    return startServer(await loadConfig({ file }), { clock });
  };
  let server = await start();
  onTestFinished(() => server.close());
  const admin = dialTestAdmin(server.adminSocket);
  onTestFinished(() => admin.close());
  const register = async (name: string, kind: string): Promise<string> => {
    await admin.call("BotService", "RegisterBot", { name, kind, owner: "o", purpose: "p" });
    const { value } = await admin.call("TokenService", "CreateToken", { bot: name });
    return String(value);
  };
  const tokens = { erp: await register("erp", "service"), bot: await register("a", "bot") };
  const open = async (token: string): Promise<Bot> => {
    const bot = await connect({ token, clock, env: {} });
    onTestFinished(() => bot.close());
    return bot;
  };
  const erp = await open(tokens.erp);
  const bot = await open(tokens.bot);
  const events: string[] = [];
  bot.on("rotated", () => events.push("rotated"));
  bot.on("bundle", () => events.push("bundle"));
  bot.on("disconnected", () => events.push("disconnected"));
  bot.on("reconnected", () => events.push("reconnected"));
  bot.on("retired", () => events.push("retired"));
  const web = createServer(
    erp.serverTls({ authorize: memberOf("example.org") }),
    (request, answer) => {
      answer.end(peerOf(request).serialHex);
    },
  );
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    web.closeAllConnections();
    web.close();
  });
  const url = `https://127.0.0.1:${(web.address() as AddressInfo).port}/`;
  return {
    clock,
    bot,
    erp,
    events,
    admin,
    request: async () => {
      const response = await bot.fetch(url, { peer: "spiffe://example.org/bot/default/erp" });
      return response.text();
    },
    stopServer: () => server.close(),
    startServer: async () => {
      server = await start();
    },
  };
}
