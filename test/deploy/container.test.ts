// What the Containerfile promises, as far as its text shows it. Building it needs a registry of images.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const lines = readFileSync(join(ROOT, "deploy/container/Containerfile"), "utf8")
  .replace(/\\\n/g, " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const after = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));

test("each stage begins with one base, which a digest names", () => {
  const [base] = lines;
  expect(base).toMatch(
    /^ARG NODE_IMAGE=docker\.io\/library\/node:24\.\d+\.\d+-[a-z]+-slim@sha256:[0-9a-f]{64}$/,
  );
  const stages = lines.filter((line) => line.startsWith("FROM "));
  expect(stages.map((line) => line.split(" ")[1])).toEqual(Array(2).fill(`$${"{NODE_IMAGE}"}`));
});

test("no install script runs, and versions are those of the lock file", () => {
  const installs = lines.join("\n").match(/npm (ci|install) [^&\n]*/g) ?? [];
  expect(installs).toHaveLength(2);
  for (const install of installs) expect(install).toContain("--ignore-scripts");
  expect(lines.join("\n")).toContain("cp /src/package-lock.json .");
});

test("the last stage is no build, ends as a user that is not root, and starts the issuer", () => {
  const user = after.indexOf("USER 65532:65532");
  expect(user).toBeGreaterThan(0);
  expect(after.slice(user).filter((line) => line.startsWith("RUN "))).toEqual([]);
  expect(after.filter((line) => line.startsWith("COPY "))).toEqual([
    "COPY --from=build /opt/botpass /opt/botpass",
  ]);
  expect(after.at(-1)).toBe('CMD ["server", "run", "--config", "/etc/botpass/server.yaml"]');
});

test("only what is here goes into the build, and all that packages are made of", () => {
  const ignore = readFileSync(join(ROOT, ".containerignore"), "utf8").split("\n");
  expect(readFileSync(join(ROOT, ".dockerignore"), "utf8").split("\n")).toEqual(ignore);
  expect(ignore).toContain("*");
  const letIn = ignore.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  for (const name of letIn) expect(existsSync(join(ROOT, name)), name).toBe(true);
  const packages = readFileSync(join(ROOT, "scripts/packages.ts"), "utf8");
  const made = /MADE_OF = \[(.*?)\n\];/s.exec(packages)?.[1] ?? "";
  const names = [...made.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(8);
  expect(letIn).toEqual(expect.arrayContaining(names));
});
