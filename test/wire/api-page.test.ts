// docs/api.md is what the protos say, and the protos say what each method is.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { apiPage } from "../../scripts/api-page.ts";
import { PERMISSIONS } from "../../src/server/rpc/permissions.ts";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/api.md"), "utf8");

test("is what `npm run generate` makes of the protos", () => {
  const source = readFileSync(join(ROOT, "scripts/generate.ts"), "utf8");
  const files = [...source.matchAll(/"(botpass\/v1\/\w+\.proto)"/g)].map(([, file = ""]) => file);
  const there = readdirSync(join(ROOT, "proto/botpass/v1")).map((name) => `botpass/v1/${name}`);
  expect(files.toSorted()).toEqual(there.sort());
  expect(apiPage(join(ROOT, "proto"), files) === page, "run `npm run generate`").toBe(true);
});

test("has each method that the server has, and each type that it links to", () => {
  const shown = page.split(/^## /m).flatMap((section) => {
    const service = section.slice(0, section.indexOf("\n"));
    const rows = section.matchAll(/^\| `(\w+)` \|.*\|.*\|.*\|.*\|$/gm);
    return [...rows].map(([, method]) => `/botpass.v1.${service}/${method}`);
  });
  const served = Object.keys(PERMISSIONS).filter((path) => path.startsWith("/botpass."));
  // Beside what the server has: what a host's agent serves.
  served.push("/botpass.v1.UseService/ReportUses");
  expect(shown.sort()).toEqual(served.sort());
  const headings = new Set(
    [...page.matchAll(/^### (.+)$/gm)].map(([, name = ""]) =>
      name.toLowerCase().replaceAll(".", ""),
    ),
  );
  const links = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, name = ""]) => name);
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter((name) => !headings.has(name))).toEqual([]);
});

test("has the comments of the protos with what they speak of", () => {
  expect(page).toMatch(
    /^\| `WhoAmI` \| \[WhoAmIRequest\].* \| every operator \| Who the server takes the caller for\. \|$/m,
  );
  expect(page).toMatch(/^\| `source` \| string \| `unix`, or `tls ADDRESS`\. \|$/m);
  expect(page).toMatch(/^\| `unix_uid` \| optional uint32 \|/m);
});
