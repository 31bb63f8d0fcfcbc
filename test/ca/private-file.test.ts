import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StateDirectory } from "../../src/agent/state-directory.ts";
import { writePrivateFile } from "../../src/ca/index.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bp-private-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("what a crash left half written is in nobody's way", async () => {
  const file = join(directory, "log.key");
  writeFileSync(`${file}.tmp`, "half");
  await writePrivateFile(file, "whole");
  expect(readFileSync(file, "utf8")).toBe("whole");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory).sort()).toEqual(["log.key", "log.key.tmp"]);
});

test("two writers at once leave one of the two, whole", async () => {
  const file = join(directory, "log.key");
  const texts = Array.from({ length: 8 }, (_, place) => String(place).repeat(1000));
  await Promise.all(texts.map((text) => writePrivateFile(file, text)));
  expect(texts).toContain(readFileSync(file, "utf8"));
  expect(readdirSync(directory)).toEqual(["log.key"]);
});

test("a write that fails leaves no copy of a secret behind", async () => {
  const file = join(directory, "log.key");
  mkdirSync(join(file, "in-the-way"), { recursive: true });
  await expect(writePrivateFile(file, "secret")).rejects.toThrow();
  expect(readdirSync(directory)).toEqual(["log.key"]);
  const state = join(directory, "state");
  mkdirSync(join(state, "log-checkpoint.json", "in-the-way"), { recursive: true });
  const known = { verifier: "v", note: "n" };
  await expect(new StateDirectory(state).saveCheckpoint(known)).rejects.toThrow();
  expect(readdirSync(state)).toEqual(["log-checkpoint.json"]);
});
