// What keeps a server from starting is told by the key that asked for it; nothing stays open.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadConfig, startServer } from "../../src/server/index.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-start-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const start = async (more: Record<string, string> = {}, trustDomain = "example.org") =>
  startServer(
    await loadConfig({
      flags: { trustDomain, dataDir: join(directory, "data"), listen: "127.0.0.1:0" },
      env: {
        BOTPASS_BOTS_SOCKET: join(directory, "b/b.sock"),
        BOTPASS_LOG_LEVEL: "fatal",
        ...more,
      },
    }),
  );

test("modes of the data directory and the sockets", async () => {
  const server = await start();
  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  expect(modeOf(join(directory, "data"))).toBe("700");
  expect(modeOf(server.adminSocket)).toBe("600");
  expect(modeOf(join(directory, "b"))).toBe("755");
  expect(modeOf(join(directory, "b/b.sock"))).toBe("666");
  // A second one on the same directory is kept out, and does no harm.
  await expect(start()).rejects.toMatchObject({ code: "WRONG_STATE" });
  await server.close();
  await (await start()).close();
});

test("another trust domain on the same directory is refused", async () => {
  await expect(start({}, "other.test")).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(/^trust_domain: /),
  });
});

test("an address that is taken, a socket that is a file, a directory that cannot be made", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const listen = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
  const withListen = startServer(
    await loadConfig({
      flags: { trustDomain: "example.org", dataDir: join(directory, "data"), listen },
      env: { BOTPASS_BOTS_SOCKET: join(directory, "b/b.sock"), BOTPASS_LOG_LEVEL: "fatal" },
    }),
  );
  await expect(withListen).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(/^listen: .*EADDRINUSE/),
  });
  taken.close();
  const file = join(directory, "b/file");
  writeFileSync(file, "");
  await expect(start({ BOTPASS_BOTS_SOCKET: file })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
  await expect(start({ BOTPASS_BOTS_SOCKET: join(file, "below/b.sock") })).rejects.toThrow(
    /^bots_socket: /,
  );
  await (await start()).close();
});

test("every error of a configuration is told at once, by its key", async () => {
  const file = join(directory, "bad.yaml");
  writeFileSync(
    file,
    `trust_domain: Example.org
listen: nowhere
unknown_key: 1
lifetimes: { x509_max: 48h, jwt_max: 2h }
authority: { life: 1h, x509_key_type: rsa-1024 }
`,
  );
  const attempt = loadConfig({ file });
  await expect(attempt).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  for (const key of ["listen", "unknown_key", "authority.x509_key_type"])
    await expect(attempt).rejects.toThrow(key);
  writeFileSync(
    file,
    "trust_domain: Example.org\nlifetimes: { x509_max: 24h, jwt_max: 2h }\nauthority: { life: 1h }\n",
  );
  const second = loadConfig({ file });
  for (const key of ["trust_domain", "lifetimes.jwt_max", "authority.life"])
    await expect(second).rejects.toThrow(key);
});
