// The scripts that `botpass completion` prints, in the shells that they are for.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasTool } from "../support/tools.ts";
import { programTree } from "./program-tree.ts";
import { run } from "./run-cli.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-completion-"));
beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout } = await run(["completion", shell]);
    expect(code).toBe(0);
    writeFileSync(join(directory, shell), stdout);
  }
  mkdirSync(join(directory, "here/folder one"), { recursive: true });
  writeFileSync(join(directory, "here/file one.yaml"), "");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a shell's script. @returns its standard output; fails when it says anything else. */
function shell(name: string, script: string): string {
  const file = join(directory, "script");
  writeFileSync(file, script);
  const flags = { bash: ["--norc"], zsh: ["-f"], fish: ["--no-config"] }[name] ?? [];
  const env = { PATH: process.env.PATH, HOME: directory, LC_ALL: "C.UTF-8" };
  const cwd = join(directory, "here");
  return execFileSync(name, [...flags, file], { cwd, env, encoding: "utf8" });
}

/** Each line's candidates, sorted. The last word of a line is the one that is being typed. */
type Complete = (lines: readonly string[]) => string[][];

const words = (line: string): string =>
  line
    .split(" ")
    .map((word) => `'${word}'`)
    .join(" ");
const listsOf = (printed: string): string[][] =>
  printed
    .split("%\n")
    .slice(1)
    .map((list) =>
      list
        .split("\n")
        .filter((each) => each !== "")
        .sort(),
    );

const inBash: Complete = (lines) =>
  listsOf(
    shell(
      "bash",
      `source ../bash
      compopt() { :; }
      handler=$(complete -p botpass | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
      ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); $handler; echo %; printf '%s\\n' "\${COMPREPLY[@]}"; }
      ${lines.map((line) => `ask ${words(line.replaceAll("=", " = ").replace(/ = $/, " ="))}`).join("\n")}`,
    ),
  );

/** zsh's own helpers print what they are given. */
const inZsh: Complete = (lines) =>
  listsOf(
    shell(
      "zsh",
      `compdef() { :; }
      source ../zsh
      _describe() { print -l -- \${\${(@P)argv[-1]}%%:*}; }
      _files() { if [[ $1 == -/ ]]; then print -l -- *(/N); else print -l -- *(N); fi; }
      _message() { :; }
      _normal() { print -l -- "program $words[CURRENT] at $CURRENT"; }
      compset() { :; }
      compadd() { shift; print -l -- "$@"; }
      ask() { words=("$@"); CURRENT=$#; echo %; _botpass; }
      ${lines.map((line) => `ask ${words(line)}`).join("\n")}`,
    ),
  );

const inFish: Complete = (lines) =>
  listsOf(
    shell(
      "fish",
      `source ../fish
      ${lines.map((line) => `echo %; complete -C '${line}' | string replace -r '\\t.*' ''`).join("\n")}
      true`,
    ),
  );

interface Place {
  readonly line: string;
  readonly commands: string[];
  readonly flags: string[];
}

/** Every command and group: what is typed, and what there is behind it. */
function places(command: Command, typed: string, above: readonly string[]): Place[] {
  const own = command.options.flatMap(({ short, long }) => [short ?? [], long ?? []].flat());
  const flags = [...above, ...own];
  const commands = command.commands.map((each) => each.name());
  return [
    { line: typed, commands: commands.sort(), flags: [...flags, "-h", "--help"].sort() },
    ...command.commands.flatMap((each) => places(each, `${typed} ${each.name()}`, flags)),
  ];
}
const everywhere = places(programTree(), "botpass", []);

describe.each([
  ["bash", inBash],
  ["zsh", inZsh],
  ["fish", inFish],
] as const)("completion for %s", (name, complete) => {
  const here = test.runIf(hasTool(name));

  here("has the commands of each group", () => {
    const groups = everywhere.filter(({ commands }) => commands.length > 0);
    expect(groups.length).toBeGreaterThan(10);
    const found = complete(groups.map(({ line }) => `${line} `));
    expect(found).toEqual(groups.map(({ commands }) => commands));
  });

  here("has the flags of each command, and those that all have", () => {
    const found = complete(everywhere.map(({ line }) => `${line} -`));
    const long = (flags: readonly string[]) => flags.filter((flag) => flag.startsWith("--"));
    // fish offers short flags apart.
    expect(found.map(long)).toEqual(everywhere.map(({ flags }) => long(flags)));
  });

  here("knows what is behind a flag, whose value is no command", () => {
    expect(
      complete([
        "botpass bot list --output ",
        "botpass --output=",
        "botpass --context server bot list --out",
        "botpass server run --config ",
        "botpass server backup --out ",
        "botpass bot register --owner ",
        "botpass completion ",
        "botpass verify ",
      ]),
    ).toEqual([
      ["json", "table"],
      name === "fish" ? ["--output=json", "--output=table"] : ["json", "table"],
      name === "zsh" ? expect.arrayContaining(["--output"]) : ["--output"],
      ["file one.yaml", name === "fish" ? "folder one/" : "folder one"],
      [name === "fish" ? "folder one/" : "folder one"],
      [],
      ["bash", "fish", "zsh"],
      ["file one.yaml", name === "fish" ? "folder one/" : "folder one"],
    ]);
  });

  here("leaves what stands behind -- to the program", () => {
    const [found] = complete(["botpass exec --token-file t -- ca"]);
    if (name === "zsh") expect(found).toEqual(["program ca at 1"]);
    else expect(found).toContain("cat");
  });
});

test("no other shell is known", async () => {
  const { code, stdout, stderr } = await run(["completion", "tcsh"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain('SHELL "tcsh" is not one of bash, zsh, fish');
});
