// README's first page, as a new user would: its commands, in its order, in a clone.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

test("the commands of README.md lead to a bot that calls a service", { timeout: 300_000 }, () => {
  const page = readFileSync(join(root, "README.md"), "utf8");
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  const directory = mkdtempSync(join(tmpdir(), "bp-readme-"));
  try {
    const skip = ["node_modules", ".git", "first", "dist"].map((name) => join(root, name));
    cpSync(root, directory, { recursive: true, filter: (path) => !skip.includes(path) });
    // What `npm ci` would install is what is installed here; CI has just run it.
    symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
    const script = blocks.join("\n").replace(/^npm ci$/m, "npm run -s build");
    expect(script).toContain("npm run -s build");
    const printed = execFileSync("bash", ["-c", `set -e -m\n${script}`], {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, BOTPASS_LOG_LEVEL: "warn" },
    });
    expect(printed).toContain("hello, spiffe://example.org/bot/prod/invoice-poster");
    expect(printed).toContain("svid.issued");
    expect(printed).toMatch(/State:\s+retired/);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
