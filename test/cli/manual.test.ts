// `botpass man`, beside the commands and as the programs that show man pages read it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { hasTool } from "../support/tools.ts";
import { leaves, programTree } from "./program-tree.ts";
import { run } from "./run-cli.ts";

let page = "";

beforeAll(async () => {
  const { code, stdout, stderr } = await run(["man"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  page = stdout;
});

/** Roff as it is read, without what sets it. */
function plain(roff: string): string {
  return roff
    .replace(/^\.\S+ ?/gm, "")
    .replace(/\\f[BIR]|\\&|"/g, "")
    .replaceAll("\\-", "-")
    .replaceAll("\\(dq", "")
    .replaceAll("\\[u2026]", "…")
    .replaceAll("\\e", "\\");
}

const program = programTree();

test("has a section for each command, with its flags and its example", () => {
  const sections = new Map(
    page
      .split("\n.SS ")
      .slice(1)
      .map((section) => [plain(section).split("\n")[0] ?? "", plain(section)]),
  );
  for (const command of leaves(program)) {
    const names = [command.name()];
    for (let at = command.parent; at?.parent; at = at.parent) names.unshift(at.name());
    const shown = command.registeredArguments.map((argument) => {
      const name = argument.variadic ? `${argument.name()}...` : argument.name();
      return argument.required ? ` ${name}` : ` [${name}]`;
    });
    const section = sections.get(`botpass ${names.join(" ")}${shown.join("")}`);
    expect(section, names.join(" ")).toContain(command.description());
    for (const option of command.options) {
      expect(section).toContain(`\n${option.flags.replace(/[<>]/g, "")}\n`);
      expect(section).toContain(option.description.replaceAll('"', ""));
    }
    expect(section).toContain("Example:");
  }
  for (const option of program.options) expect(plain(page)).toContain(option.description);
});

test("its exit codes are those of docs/cli.md", () => {
  const cli = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8");
  const table = /## Exit codes\n([\s\S]*?)\n## /.exec(cli)?.[1] ?? "";
  const rows = [...table.matchAll(/^\| (\d) \| ([^(|]+?)(?: \(.*\)| is not.*)? \|$/gm)];
  expect(rows.length).toBe(4);
  const status = plain(page.slice(page.indexOf("EXIT STATUS")));
  for (const [, code, meaning = ""] of rows) {
    const [start = ""] = meaning.split(":");
    expect(status).toContain(`\n${code}\n${start}`);
  }
});

test.runIf(hasTool("mandoc"))("mandoc finds nothing wrong with it", () => {
  const { stdout } = spawnSync("mandoc", ["-T", "lint", "-W", "warning"], {
    input: page,
    encoding: "utf8",
  });
  // The page has no date: the same commit makes the same bytes.
  expect(stdout.split("\n").filter((line) => line !== "" && !line.includes("date"))).toEqual([]);
});

test.runIf(hasTool("man"))("man shows it", () => {
  const { stdout, stderr, status } = spawnSync("man", ["-l", "--warnings", "-"], {
    input: page,
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", MANWIDTH: "100" },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("botpass bot register NAME");
  expect(stdout).toContain("--admin-socket PATH");
});
