import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoginDirectory } from "../../src/cli/login-directory.ts";

let home: string;
let path: string;
let login: LoginDirectory;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bp-login-"));
  path = join(home, "operators", "prod");
  login = new LoginDirectory(path);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const fillWith = (text: string) => async (fresh: string) => {
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(join(fresh, "identity.json"), text);
};
const content = () => readFileSync(join(path, "identity.json"), "utf8");

test("a login that cannot take its place leaves the one before", async () => {
  await login.replace(fillWith("first"));
  const failing = login.replace(async (fresh) => {
    await fillWith("second")(fresh);
    // The rename into place fails: there is nothing to rename.
    await rm(fresh, { recursive: true });
  });
  await expect(failing).rejects.toThrow("ENOENT");
  expect(content()).toBe("first");
  await expect(login.replace(() => Promise.reject(new Error("refused")))).rejects.toThrow(
    "refused",
  );
  expect(content()).toBe("first");
  await login.replace(fillWith("third"));
  expect(content()).toBe("third");
  expect(readdirSync(join(home, "operators"))).toEqual(["prod"]);
  expect(readdirSync(join(home, "operators.work", "prod"))).toEqual(["lock"]);
});

test("a login that a crash has left out of its place is taken up, one that was removed is not", async () => {
  await login.replace(fillWith("first"));
  const old = join(home, "operators.work", "prod", "old");
  renameSync(path, old);
  await login.recover();
  expect(content()).toBe("first");
  renameSync(path, old);
  await login.remove();
  await login.recover();
  expect(readdirSync(join(home, "operators"))).toEqual([]);
});

test("of many that find the lock of a process that was killed, one at a time has it", async () => {
  const module = new URL("../../src/cli/login-directory.ts", import.meta.url).href;
  const holds = `import { LoginDirectory } from ${JSON.stringify(module)};
    await new LoginDirectory(${JSON.stringify(path)}).locked(async () => {
      process.stdout.write("held");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", holds], {
    cwd: dirname(dirname(import.meta.dirname)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  let inside = 0;
  let most = 0;
  let done = 0;
  const all = Array.from({ length: 6 }, () =>
    new LoginDirectory(path).locked(async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
      done += 1;
    }),
  );
  // Nobody gets in while it lives, however old its lock is.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(done).toBe(0);
  child.kill("SIGKILL");
  await Promise.all(all);
  expect({ most, done }).toEqual({ most: 1, done: 6 });
});
