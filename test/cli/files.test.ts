import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  readFlagFile,
  readLimited,
  requireAbsent,
  writeFilesAtomically,
} from "../../src/cli/files.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "botpass-cli-"));
});

afterEach(() => rm(directory, { recursive: true }));

describe("writeFilesAtomically", () => {
  test("writes content and modes, whatever the umask, and leaves nothing else behind", async () => {
    const before = process.umask(0o077);
    try {
      await writeFilesAtomically(join(directory, "new"), [
        { name: "a", content: "A", mode: 0o644 },
        { name: "b", content: "B", mode: 0o600 },
      ]);
    } finally {
      process.umask(before);
    }
    expect(await readdir(join(directory, "new"))).toEqual(["a", "b"]);
    expect(await readFile(join(directory, "new", "a"), "utf8")).toBe("A");
    expect((await stat(join(directory, "new", "a"))).mode & 0o777).toBe(0o644);
    expect((await stat(join(directory, "new", "b"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, "new"))).mode & 0o777).toBe(0o700);
  });

  test("replaces a link instead of writing through it", async () => {
    const elsewhere = join(directory, "elsewhere");
    await writeFile(elsewhere, "untouched");
    await symlink(elsewhere, join(directory, "a"));
    await writeFilesAtomically(directory, [{ name: "a", content: "A", mode: 0o600 }]);
    expect(await readFile(elsewhere, "utf8")).toBe("untouched");
    expect(await readFile(join(directory, "a"), "utf8")).toBe("A");
  });

  test("leaves no temporary file when a file cannot be put in place", async () => {
    await mkdir(join(directory, "b"));
    await writeFile(join(directory, "b", "in-the-way"), "");
    const files = ["a", "b"].map((name) => ({ name, content: name, mode: 0o600 }));
    await expect(writeFilesAtomically(directory, files)).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining(directory),
    });
    expect((await readdir(directory)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("requireAbsent", () => {
  test("passes when nothing is there, not even the directory", async () => {
    await requireAbsent(join(directory, "missing"), ["a"]);
  });

  test("refuses a file, and a link that leads nowhere", async () => {
    await symlink(join(directory, "nowhere"), join(directory, "a"));
    await expect(requireAbsent(directory, ["b", "a"])).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      hint: "--force replaces it",
    });
  });
});

test("readFlagFile names flag, file and reason", async () => {
  const path = join(directory, "missing");
  await expect(readFlagFile("--bundle", path)).rejects.toMatchObject({
    exitCode: 2,
    message: `--bundle ${JSON.stringify(path)} cannot be read: ENOENT: no such file or directory`,
  });
});

describe("readLimited", () => {
  test("reads to the limit and refuses one byte more", async () => {
    const read = (bytes: number) =>
      readLimited("--token-file", "-", Readable.from([Buffer.alloc(bytes, "x")]), 10);
    expect(await read(10)).toBe("xxxxxxxxxx");
    await expect(read(11)).rejects.toMatchObject({
      exitCode: 2,
      message: '--token-file "-" is longer than 10 bytes',
    });
  });
});
