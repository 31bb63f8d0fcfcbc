import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/cli/failure.ts";
import {
  authorityView,
  botView,
  entryView,
  instanceView,
  operatorView,
  tokenView,
} from "../../src/cli/views.ts";
import { leaves, programTree } from "./program-tree.ts";

const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");

/** The text under each heading of the page, up to the next heading of any level. */
const sections = new Map(
  page
    .split(/^#{1,3} /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end + 1)] as const;
    }),
);

/** The first column of the tables of a section. */
function tableKeys(section: string): string[] {
  return [...section.matchAll(/^\| `?([^|]+?)`? +\|/gm)]
    .map((match) => match[1] ?? "")
    .filter((key) => !["flag", "code", "value", "---"].includes(key));
}

/** `botpass` and what leads from it to the command. */
function namesOf(command: Command): string[] {
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
  return names;
}

function headingOf(command: Command): string {
  const parameters = command.registeredArguments.map((argument) => ` <${argument.name()}>`);
  return `\`${namesOf(command).join(" ")}${parameters.join("")}\``;
}

describe("docs/cli.md", () => {
  const program = programTree();
  const commands = leaves(program);

  test("has a section for every command and for nothing else", () => {
    const documented = [...sections.keys()].filter((heading) => heading.startsWith("`botpass"));
    expect(documented.sort()).toEqual(commands.map(headingOf).sort());
  });

  test("has a chapter for every group and for nothing else", () => {
    const documented = [...sections.keys()].filter((heading) => heading.startsWith("botpass "));
    expect(documented).toEqual(program.commands.map((group) => `botpass ${group.name()}`));
  });

  test.each(commands.map((command) => [headingOf(command), command] as const))(
    "%s: lists every flag and no other, and which are required",
    (heading, command) => {
      const section = sections.get(heading) ?? "";
      const rows = tableKeys(section);
      expect(rows).toEqual(command.options.map((option) => option.flags));
      for (const option of command.options) {
        const row = section.split("\n").find((line) => line.startsWith(`| \`${option.flags}\``));
        expect(row?.split("|")[2]?.trim(), option.flags).toBe(option.mandatory ? "required" : "");
      }
    },
  );

  test.each(commands.map((command) => [headingOf(command), command] as const))(
    "%s: shows the example of --help, which the command's help ends with",
    (heading, command) => {
      let help = "";
      command.configureOutput({
        writeOut: (text) => {
          help += text;
        },
      });
      command.outputHelp();
      const example = help.split("\nExample:\n")[1]?.replace(/^ {2}/gm, "").trimEnd() ?? "";
      expect(example).toContain(namesOf(command).join(" "));
      expect(sections.get(heading)).toContain(`\`\`\`sh\n${example}\n\`\`\``);
    },
  );

  test("lists every global flag and no other", () => {
    const flags = program.options.map((option) => option.flags);
    const documented = tableKeys(sections.get("Global flags") ?? "");
    expect(documented.sort()).toEqual([...flags, "-h, --help"].sort());
  });

  test("lists every exit code and no other", () => {
    const codes = tableKeys(sections.get("Exit codes") ?? "").map(Number);
    expect(codes).toEqual(Object.values(EXIT));
  });
});

describe("the JSON of docs/cli.md", () => {
  const selectors = [{ type: "unix", value: "uid:1001" }];
  const views: Record<string, object> = {
    Bot: botView({
      name: "a",
      kind: "bot",
      owner: "o",
      purpose: "p",
      environment: "e",
      endsAtMs: 0,
      state: "active",
      spiffeId: "spiffe://example.org/a",
      createdAtMs: 1,
      updatedAtMs: 1,
      revision: 1,
      terms: null,
      governance: null,
    }),
    Operator: operatorView({
      name: "a",
      roles: ["registrar"],
      unixUser: "",
      spiffeId: "spiffe://example.org/operator/a",
      state: "active",
      createdAtMs: 1,
      createdBy: "uid:0",
      updatedAtMs: 1,
      removedAtMs: 0,
      revision: 1,
      connections: 1,
    }),
    Entry: entryView({
      id: "e",
      bot: "a",
      selectors,
      x509TtlSeconds: 3600,
      jwtTtlSeconds: 0,
      dnsNames: [],
      audiences: ["x"],
      hint: "",
      nodes: [],
      nodeSelectors: [],
      governance: null,
      expiresAtMs: 0,
      createdAtMs: 1,
      updatedAtMs: 1,
      revision: 1,
    }),
    Token: tokenView({
      id: "t",
      bot: "a",
      createdAtMs: 1,
      expiresAtMs: 2,
      uses: 1,
      usedBy: [{ keyFingerprint: "f", instanceId: "i", usedAtMs: 1 }],
      state: "used",
      refused: 0,
    }),
    Instance: instanceView({
      id: "i",
      bot: "a",
      entryId: "e",
      state: "active",
      attestor: "unix",
      selectors,
      attestedAtMs: 1,
      lastSeenAtMs: 1,
      newestSerial: "00",
      newestNotAfterMs: 1,
      connected: true,
      remoteAddress: "192.0.2.1",
    }),
    Authority: authorityView({
      id: "a",
      kind: "x509",
      state: "active",
      keyType: "ec-p256",
      notBeforeMs: 1,
      notAfterMs: 2,
      keyFingerprint: "f",
      liveSvids: 3,
      instances: 2,
      connected: 1,
    }),
  };

  test.each(Object.entries(views))("%s has the fields that are printed", (name, view) => {
    const text = /```json\n([\s\S]*?)```/.exec(sections.get(name) ?? "")?.[1] ?? "{}";
    expect(shapeOf(JSON.parse(text))).toEqual(shapeOf(view));
  });
});

/** A value with its leaves replaced by their types. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.entries(value).map(([key, each]) => [key, shapeOf(each)]);
}
