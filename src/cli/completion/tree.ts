import type { Command, Option } from "commander";
import { OUTPUT_FORMATS } from "../output.ts";

/** What stands behind a flag or as an argument: nothing to choose from, a file, a directory, or one of some words. */
export type Takes = "text" | "file" | "directory" | readonly string[];

/** A flag as it is completed. */
export interface FlagNode {
  /** As typed: `--help`, `-h`. */
  readonly names: readonly string[];
  /** Undefined: it takes no value. */
  readonly takes: Takes | undefined;
  readonly description: string;
}

/** A command as it is completed. */
export interface CommandNode {
  /** `botpass`, `botpass bot`, `botpass bot show`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Its own and those that it has from above. */
  readonly flags: readonly FlagNode[];
  readonly arguments: readonly Takes[];
}

/** Shells that there is a completion for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** All commands and groups, parents first. */
export function commandNodes(program: Command): CommandNode[] {
  return nodesUnder(program, program.name(), []);
}

function nodesUnder(command: Command, path: string, above: readonly FlagNode[]): CommandNode[] {
  const help = { names: ["-h", "--help"], takes: undefined, description: "show help" };
  const own = command.options.map(flagOf);
  const flags = above.length === 0 ? [...own, help] : [...own, ...above];
  const node: CommandNode = {
    path,
    commands: command.commands.map((each) => ({
      name: each.name(),
      description: each.description(),
    })),
    flags,
    arguments: command.registeredArguments.map((argument) => takenBy(argument.name())),
  };
  return [
    node,
    ...command.commands.flatMap((each) => nodesUnder(each, `${path} ${each.name()}`, flags)),
  ];
}

function flagOf(option: Option): FlagNode {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    takes: option.required ? takenByFlag(option) : undefined,
    description: option.description,
  };
}

function takenByFlag({ long, flags }: Option): Takes {
  if (long === "--output") return OUTPUT_FORMATS;
  if (long === "--admin-socket") return "file";
  return takenBy(/<([A-Z_]+)>/.exec(flags)?.[1] ?? "");
}

/** By the name that help and documents give to what is to be typed. */
function takenBy(placeholder: string): Takes {
  if (placeholder === "FILE" || placeholder === "SIG") return "file";
  if (placeholder === "DIR") return "directory";
  if (placeholder === "SHELL") return SHELLS;
  return "text";
}

/** Text inside single quotes of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What is taken, as one word of a script: `file`, or words with commas between them. */
export function kindOf(takes: Takes): string {
  return typeof takes === "string" ? takes : takes.join(",");
}
