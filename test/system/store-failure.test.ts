// A disk that is full stops issuance with UNAVAILABLE, loses nothing, and needs nobody to recover.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { connect } from "../../src/index.ts";
import { loadConfig, startServer } from "../../src/server/index.ts";
import { dialTestAdmin } from "../support/admin.ts";

const canMount = ((): boolean => {
  const probe = mkdtempSync(join(tmpdir(), "bp-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", probe], { stdio: "ignore" });
    execFileSync("umount", [probe], { stdio: "ignore" });
    return true;
  } catch {
    // Mounting needs root: as another user there is no small disk to fill.
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
})();

test.runIf(canMount)("a full disk", { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "bp-full-"));
  const disk = join(directory, "disk");
  execFileSync("mkdir", [disk]);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]);
  try {
    const server = await startServer(
      await loadConfig({
        flags: { trustDomain: "example.org", dataDir: join(disk, "data"), listen: "127.0.0.1:0" },
        env: { BOTPASS_BOTS_SOCKET: join(directory, "b/b.sock"), BOTPASS_LOG_LEVEL: "fatal" },
      }),
    );
    const admin = dialTestAdmin(server.adminSocket);
    const entry = { audiences: ["a", "b", "c", "d"], selectors: [] };
    await admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p", entry });
    const { value } = await admin.call("TokenService", "CreateToken", { bot: "a" });
    const bot = await connect({ token: String(value), env: {} });
    await bot.jwtSvid("a");

    // Fill what is left, then what the database already has room for.
    try {
      writeFileSync(join(disk, "filler"), Buffer.alloc(24 * 1024 * 1024));
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOSPC" });
    }
    let refused: unknown;
    for (let i = 0; i < 3000 && refused === undefined; i += 1) {
      await admin
        .call("BotService", "RegisterBot", {
          name: `fill-${i}`,
          owner: "o".repeat(200),
          purpose: "p".repeat(1000),
        })
        .catch((error: unknown) => {
          refused = error;
        });
    }
    expect(refused).toMatchObject({ code: "STORE_UNAVAILABLE" });
    await expect(bot.jwtSvid("b")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    // Reading goes on.
    expect(await admin.call("BotService", "GetBot", { name: "a" })).toMatchObject({
      state: "active",
    });

    rmSync(join(disk, "filler"));
    await vi.waitFor(async () => expect(await bot.jwtSvid("c")).toBeDefined(), 10_000);
    const { records } = await admin.call("AuditService", "ListAudit", { pageSize: 1000 });
    (records as string[]).forEach((text, index) => {
      expect((JSON.parse(text) as { sequence: number }).sequence).toBe(index + 1);
    });
    await bot.close();
    admin.close();
    await server.close();
  } finally {
    execFileSync("umount", ["-l", disk]);
    rmSync(directory, { recursive: true, force: true });
  }
});
