import { readFileSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../src/errors.ts";
import { CONFIG_ENV, configKeys } from "../src/server/index.ts";
import { PERMISSIONS } from "../src/server/rpc/permissions.ts";
import { STATUS_OF } from "../src/wire/index.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "..", name), "utf8");

test("docs/errors.md lists each code with its status, and nothing else", () => {
  const rows = [
    ...read("docs/errors.md").matchAll(/^\| `([A-Z_]+)` \| `([A-Z_]+)` \| (.+) \| (.+) \|$/gm),
  ];
  const listed = rows.map(([, code, name]) => `${code} ${name}`);
  expect(listed).toEqual(ERROR_CODES.map((code) => `${code} ${status[STATUS_OF[code]]}`));
});

test("docs/config.md lists each key, and nothing else", () => {
  const rows = [...read("docs/config.md").matchAll(/^\| `([a-z0-9_.]+)` \| (.+) \| (.+) \|$/gm)];
  expect(rows.map(([, key]) => key)).toEqual(configKeys());
});

test("docs/config.md names each variable of the environment beside its key", () => {
  const page = read("docs/config.md");
  for (const [name, key] of Object.entries(CONFIG_ENV)) {
    expect(page).toMatch(new RegExp(`^\\| \`${key}\` .*\`${name}\``, "m"));
  }
});

test("docs/operators.md shows who may call each method, and nothing else", () => {
  const rows = [...read("docs/operators.md").matchAll(/^\| `(\w+\.\w+)` \| (.*) \|$/gm)];
  const shown = Object.fromEntries(
    rows.map(([, method, cells = ""]) => [method, cells.split("|").map((each) => each.trim())]),
  );
  const wanted = Object.entries(PERMISSIONS)
    .filter(([, { anybody }]) => anybody !== true)
    .map(([path, { roles, owner, everyOperator = false }]) => {
      const may = (["registrar", "approver", "auditor"] as const).map((role) =>
        roles.includes(role),
      );
      const cells = [...may, owner === true, false].map((each) =>
        each || everyOperator ? "yes" : "",
      );
      return [path.replace(/^.*\.(\w+)\/(\w+)$/, "$1.$2"), cells];
    });
  expect(shown).toEqual(Object.fromEntries(wanted));
});

test("links of README.md lead to files that are here", () => {
  const links = [...read("README.md").matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(5);
  for (const path of links) expect(() => read(path), path).not.toThrow();
});
