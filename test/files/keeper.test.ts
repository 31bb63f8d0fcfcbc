import { spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IssuerError } from "../../src/errors.ts";
import {
  FileKeeper,
  FileSetDirectory,
  type FileSource,
  tokenFileName,
} from "../../src/files/index.ts";
import type { JwtSvid, X509Svid } from "../../src/spiffe/index.ts";
import { type TestAuthority, testAuthority } from "../support/ca.ts";
import { DrivenClock } from "../support/driven-clock.ts";

let base: string;
let directory: string;
let ca: TestAuthority;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "botpass-files-"));
  directory = join(base, "d");
  ca = await testAuthority();
});
afterEach(() => rm(base, { recursive: true, force: true }));

/** An identity that changes when it is told to. */
class TestSource implements FileSource {
  readonly clock = new DrivenClock();
  svid: X509Svid;
  token: () => Promise<string> = () => ca.jwt();
  readonly #listeners = new Set<() => void>();

  constructor(svid: X509Svid) {
    this.svid = svid;
  }

  x509Svid(): X509Svid {
    return this.svid;
  }

  bundles() {
    return [ca.bundle];
  }

  async jwtSvid(audience: readonly string[]): Promise<JwtSvid> {
    const expiresAt = new Date(this.clock.now().getTime() + 300_000);
    const token = await this.token();
    return { spiffeId: this.svid.spiffeId, audience, token, expiresAt, claims: {} };
  }

  onChange(listener: () => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(svid: X509Svid): void {
    this.svid = svid;
    for (const listener of this.#listeners) listener();
  }
}

const fail = (error: unknown): void => {
  throw error;
};

async function pairs(): Promise<boolean> {
  const certificate = new X509Certificate(await readFile(join(directory, "svid.pem")));
  const key = createPrivateKey(await readFile(join(directory, "svid-key.pem"), "utf8"));
  return certificate.checkPrivateKey(key);
}

test("writes certificate, key, bundle and tokens, the secret ones for the owner only, and nothing else stays", async () => {
  const source = new TestSource(await ca.issue());
  const audience = "https://erp.example.org/a";
  const keeper = new FileKeeper(source, {
    directory: await FileSetDirectory.open(directory),
    audiences: [audience],
    onError: fail,
  });
  await keeper.writeOnce();
  expect(tokenFileName(audience)).toBe("jwt-https%3A%2F%2Ferp.example.org%2Fa.token");
  const modes = ["svid.pem", "svid-key.pem", "bundle.pem", tokenFileName(audience)].map(
    async (name) => ((await stat(join(directory, name))).mode & 0o777).toString(8),
  );
  expect(await Promise.all(modes)).toEqual(["644", "600", "644", "600"]);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect(await pairs()).toBe(true);
  const leaf = new X509Certificate(await readFile(join(directory, "svid.pem")));
  const root = new X509Certificate(await readFile(join(directory, "bundle.pem")));
  expect(leaf.verify(root.publicKey)).toBe(true);
  expect(
    (await readFile(join(directory, tokenFileName(audience)), "utf8")).split("."),
  ).toHaveLength(3);
  await keeper.writeOnce();
  expect((await readdir(directory)).filter((name) => name.startsWith(".."))).toHaveLength(1);
});

test("a reader that resolves the set once never sees certificate and key of two sets, through 60 switches", async () => {
  const source = new TestSource(await ca.issue());
  let switches = 0;
  let switched = (): void => undefined;
  const keeper = new FileKeeper(source, {
    directory: await FileSetDirectory.open(directory),
    onSwitch: () => {
      switches += 1;
      switched();
    },
    onError: fail,
  });
  await keeper.start();
  const script = join(import.meta.dirname, "../support/read-file-sets.ts");
  const reader = spawn(process.execPath, [script, directory], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let said = "";
  reader.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(reader.stdout, "data");
  for (let round = 0; round < 60; round += 1) {
    const done = new Promise<void>((resolve) => {
      switched = resolve;
    });
    source.change(await ca.issue());
    await done;
    expect(await pairs()).toBe(true);
  }
  const closed = once(reader, "close");
  reader.stdin.end();
  await closed;
  await keeper.close();
  const seen = JSON.parse(said.split("\n")[1] ?? "{}");
  expect(switches).toBe(61);
  expect(seen).toMatchObject({ mixed: 0, halves: 0 });
  expect(seen.sets).toBeGreaterThan(10);
  expect(seen.pairs).toBeGreaterThan(seen.sets);
}, 60_000);

test("what a killed writer has left is removed, and the set in use stays until the next", async () => {
  const source = new TestSource(await ca.issue());
  const keep = async () => {
    const opened = await FileSetDirectory.open(directory);
    return new FileKeeper(source, { directory: opened, onError: fail });
  };
  await (await keep()).writeOnce();
  const left = join(directory, "..20300131T120000000Z.abcDEF");
  await mkdir(left);
  await writeFile(join(left, "svid.pem"), "half");
  await symlink(left, join(directory, "..link.0123456789abcdef"));
  expect(await pairs()).toBe(true);
  await keep();
  const names = (await readdir(directory)).filter((name) => name.startsWith(".."));
  expect(names).toHaveLength(1);
  expect(await pairs()).toBe(true);
});

test("a writer that is killed at any time leaves a whole set in use", async () => {
  const script = join(import.meta.dirname, "../support/write-file-sets.ts");
  for (let round = 0; round < 8; round += 1) {
    const writer = spawn(process.execPath, [script, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let switches = 0;
    const enough = new Promise<void>((resolve) => {
      writer.stdout.on("data", (chunk: Buffer) => {
        switches += chunk.length;
        if (switches > round * 3) resolve();
      });
    });
    await enough;
    writer.kill("SIGKILL");
    await once(writer, "close");
    const one = await readFile(join(directory, "one"), "utf8");
    expect(one).toMatch(/^(\d+ )\1{9999}$/);
    expect(await readFile(join(directory, "two"), "utf8")).toBe(one);
  }
  await FileSetDirectory.open(directory);
  expect((await readdir(directory)).filter((name) => name.startsWith(".."))).toHaveLength(1);
}, 60_000);

test("tokens are renewed at half of their life; one that cannot be had does not hold up the certificate", async () => {
  const source = new TestSource(await ca.issue());
  const errors: unknown[] = [];
  let switches = 0;
  const keeper = new FileKeeper(source, {
    directory: await FileSetDirectory.open(directory),
    audiences: ["erp"],
    onSwitch: () => {
      switches += 1;
    },
    onError: (error) => errors.push(error),
  });
  await keeper.start();
  const file = join(directory, tokenFileName("erp"));
  const first = await readFile(file, "utf8");
  await source.clock.advance(140_000);
  expect(await readFile(file, "utf8")).toBe(first);
  await source.clock.advance(10_001);
  await expect.poll(() => switches).toBe(2);
  const second = await readFile(file, "utf8");
  expect(second).not.toBe(first);
  source.token = () => Promise.reject(new IssuerError("UNAVAILABLE", "the line is down"));
  source.change(await ca.issue());
  await expect.poll(() => switches).toBe(3);
  expect(errors).toEqual([expect.objectContaining({ code: "UNAVAILABLE" })]);
  expect(await readFile(file, "utf8")).toBe(second);
  expect(await pairs()).toBe(true);
  await keeper.close();
});

test.each([
  ["a file in place of the directory", () => writeFile(directory, "x")],
  [
    "a file in place of the link",
    async () => {
      await mkdir(directory);
      await writeFile(join(directory, "current"), "x");
    },
  ],
  [
    "a directory that everybody may write to",
    async () => {
      await mkdir(directory);
      await chmod(directory, 0o777);
    },
  ],
  [
    "a link to somewhere else in place of current",
    async () => {
      await mkdir(directory);
      await symlink("/etc", join(directory, "current"));
    },
  ],
])("refuses %s, naming the path", async (_what, prepare) => {
  await prepare();
  await expect(FileSetDirectory.open(directory)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining(directory),
  });
});

test("refuses what cannot be made, and a file of somebody else's in the place of a link", async () => {
  await expect(FileSetDirectory.open("/proc/botpass-files")).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("/proc/botpass-files"),
  });
  const opened = await FileSetDirectory.open(directory);
  await writeFile(join(directory, "svid.pem"), "mine");
  const source = new TestSource(await ca.issue());
  await expect(
    new FileKeeper(source, { directory: opened, onError: fail }).writeOnce(),
  ).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  expect(await readFile(join(directory, "svid.pem"), "utf8")).toBe("mine");
});

test.runIf(process.getuid?.() === 0)(
  "gives the files, and not the directories, to an owner",
  async () => {
    const opened = await FileSetDirectory.open(directory, {
      owner: { uid: 12345, gid: 12346 },
      mode: 0o640,
    });
    const source = new TestSource(await ca.issue());
    await new FileKeeper(source, { directory: opened, onError: fail }).writeOnce();
    const facts = async (name: string) => {
      const { uid, gid, mode } = await stat(join(directory, name));
      return [uid, gid, (mode & 0o777).toString(8)];
    };
    expect(await facts("svid-key.pem")).toEqual([12345, 12346, "640"]);
    expect(await facts("svid.pem")).toEqual([12345, 12346, "644"]);
    expect(await facts("current")).toEqual([0, 0, "755"]);
    await chmod(directory, 0o755);
    await chown(directory, 12345, 12346);
    await expect(FileSetDirectory.open(directory)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("belongs to uid 12345"),
    });
  },
);
