import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkSocketTrust } from "../../src/wire/index.ts";

const uid = process.getuid?.() ?? 0;
let directory: string;
let path: string;
let server: Server;

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), "bp-places-")), "bots");
  mkdirSync(directory, { mode: 0o755 });
  chmodSync(directory, 0o755);
  path = join(directory, "bots.sock");
  server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
});
afterEach(() => {
  server.close();
  rmSync(join(directory, ".."), { recursive: true, force: true });
});

const check = (at = path, allowedUids = [uid]) => checkSocketTrust(at, { allowedUids });

describe("checkSocketTrust", () => {
  test("accepts a socket of a named user, in a directory into which only that user writes", () => {
    chmodSync(path, 0o666);
    expect(() => check()).not.toThrow();
  });

  test.each([0o775, 0o757, 0o1777])("refuses a directory of mode %o", (mode) => {
    chmodSync(directory, mode);
    expect(() => check()).toThrow(
      expect.objectContaining({
        code: "SOCKET_NOT_TRUSTED",
        message: `socket ${path} is not trusted: others may write into ${directory}`,
      }),
    );
  });

  test("refuses what is not a socket", () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    expect(() => check(file)).toThrow(/it is not a socket/);
  });

  test("refuses a link to a socket: its target could be anywhere", () => {
    const link = join(directory, "link");
    symlinkSync(path, link);
    expect(() => check(link)).toThrow(/it is not a socket/);
  });

  test("says that there is none", () => {
    expect(() => check(join(directory, "none"))).toThrow(
      expect.objectContaining({ code: "UNAVAILABLE" }),
    );
  });

  test.runIf(uid === 0)("refuses a stranger's socket, and a stranger's directory", async () => {
    const { chownSync } = await import("node:fs");
    chownSync(path, 12_345, 12_345);
    expect(() => check()).toThrow(/its owner is uid 12345/);
    expect(() => check(path, [12_345])).not.toThrow();
    chownSync(path, 0, 0);
    chownSync(directory, 12_345, 12_345);
    expect(() => check()).toThrow(/the owner of .* is uid 12345/);
  });
});
