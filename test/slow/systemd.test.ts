// The units, as systemd reads them. None is started.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const UNITS = join(import.meta.dirname, "../../deploy/systemd");
const directory = mkdtempSync(join(tmpdir(), "bp-units-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function analyze(...args: string[]) {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
}

test("systemd-analyze verify finds nothing wrong with them", () => {
  cpSync(UNITS, directory, { recursive: true });
  const units = readdirSync(directory).filter((name) => /\.(service|socket)$/.test(name));
  expect(units).toHaveLength(3);
  for (const name of units) {
    const file = join(directory, name);
    // Any program that is here: verify looks for it.
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replaceAll("/usr/bin/botpass", process.execPath));
  }
  const files = units.map((name) => join(directory, name));
  const { status, said } = analyze("verify", "--man=no", ...files);
  expect({ status, ours: said.split("\n").filter((line) => line.includes("botpass")) }).toEqual({
    status: 0,
    ours: [],
  });
});

test.each([
  ["botpass-server.service", "20"],
  ["botpass-agent.service", "25"],
])("%s is exposed no more than %s of 100", (name, threshold) => {
  const file = join(UNITS, name);
  const { status, said } = analyze("security", "--offline=yes", `--threshold=${threshold}`, file);
  process.stdout.write(`${said.trim().split("\n").at(-1)}\n`);
  expect(status, said).toBe(0);
});
