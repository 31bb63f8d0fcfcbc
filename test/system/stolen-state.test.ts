// A copied state directory: whoever comes with an SVID that was replaced locks the instance.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { connect } from "../../src/index.ts";
import { loadConfig, startServer } from "../../src/server/index.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { DrivenClock } from "../support/driven-clock.ts";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test("a stolen state directory used from a second place locks the instance, and the audit says so", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bp-stolen-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const clock = new DrivenClock();
  const server = await startServer(
    await loadConfig({
      flags: {
        trustDomain: "example.org",
        dataDir: join(directory, "data"),
        listen: "127.0.0.1:0",
      },
      env: { BOTPASS_BOTS_SOCKET: join(directory, "b/b.sock"), BOTPASS_LOG_LEVEL: "fatal" },
    }),
    { clock },
  );
  closers.push(() => server.close());
  const admin = dialTestAdmin(server.adminSocket);
  closers.push(() => admin.close());
  await admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p" });
  const { value } = await admin.call("TokenService", "CreateToken", { bot: "a" });

  const own = join(directory, "own");
  const stolen = join(directory, "stolen");
  const bot = await connect({ token: String(value), clock, env: {}, stateDirectory: own });
  closers.push(() => bot.close());
  let locked = "";
  bot.on("locked", ({ reason }) => {
    locked = reason;
  });
  const first = bot.x509Svid().serialHex;
  cpSync(own, stolen, { recursive: true });

  await clock.advance(40 * 60_000);
  await vi.waitFor(() => expect(bot.x509Svid().serialHex).not.toBe(first));
  await vi.waitFor(async () => {
    const { instances } = await admin.call("InstanceService", "ListInstances", {});
    expect(instances).toMatchObject([{ newestSerial: bot.x509Svid().serialHex }]);
  });
  // The confirmation of the newest SVID is on its way.
  await clock.advance(1000, 50);

  const thief = connect({ clock, env: {}, stateDirectory: stolen });
  await expect(thief).rejects.toMatchObject({ code: "INSTANCE_LOCKED" });
  await vi.waitFor(() => expect(locked).toContain("locked"));
  expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "INSTANCE_LOCKED" }));

  const { records } = await admin.call("AuditService", "ListAudit", { type: "instance.locked" });
  expect(records).toHaveLength(1);
  const { instances } = await admin.call("InstanceService", "ListInstances", {});
  expect(instances).toMatchObject([{ bot: "a", state: "locked" }]);
});

test("without any way the error lists at once what was tried", async () => {
  const attempt = connect({ env: {} });
  await expect(attempt).rejects.toMatchObject({ code: "NO_WAY_IN" });
  await expect(attempt).rejects.toThrow(/join token.*state directory.*socket/s);
});
