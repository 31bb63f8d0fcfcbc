import type { Argument, Command, Option } from "commander";
import { EXIT } from "./failure.ts";
import { exampleOf } from "./flags.ts";

const EXIT_MEANINGS = {
  ok: "done",
  failed: "the server, or a check, refused; or the command failed",
  usage:
    "wrong usage: unknown flag, malformed value, unreadable file, configuration or declared state not valid; of apply --dry-run: something differs",
  unreachable: "server not reachable",
} satisfies Record<keyof typeof EXIT, string>;

/**
 * The man page of section 1, in roff, from the commands themselves.
 * @param version as it stands at the foot of the page.
 */
export function manualPage(program: Command, version: string): string {
  const name = program.name();
  return [
    `.\\" Made by ${name} man; not to be changed by hand.`,
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    ".SH NAME",
    `${name} \\- ${text(lowerFirst(program.description()))}`,
    ".SH SYNOPSIS",
    `.B ${name}`,
    "[\\fIFLAGS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]",
    ".SH DESCRIPTION",
    text(program.description()),
    ".PP",
    "Flags are checked before anything is dialled. Results go to standard output, all else to standard error. Flags for all commands may stand before or after the command.",
    ".SH FLAGS FOR ALL COMMANDS",
    ...program.options.flatMap(flagEntry),
    ".TP",
    "\\fB\\-h\\fR, \\fB\\-\\-help\\fR",
    "show help; that of a command ends with an example",
    ".SH COMMANDS",
    ...leavesUnder(program).flatMap(commandSection),
    ".SH EXIT STATUS",
    ...Object.entries(EXIT).flatMap(([key, code]) => [
      ".TP",
      `\\fB${code}\\fR`,
      text(EXIT_MEANINGS[key as keyof typeof EXIT]),
    ]),
    ".PP",
    "exec ends with its program's.",
    "",
  ].join("\n");
}

function commandSection(command: Command): string[] {
  const words = command.registeredArguments.map((each) => ` ${placeholderOf(each)}`).join("");
  return [
    `.SS "${text(namesOf(command).join(" "))}${text(words)}"`,
    text(command.description()),
    ...command.registeredArguments.flatMap((each) =>
      each.description === ""
        ? []
        : [".TP", `\\fI${text(placeholderOf(each))}\\fR`, text(each.description)],
    ),
    ...command.options.flatMap(flagEntry),
    ...exampleOf(command).flatMap((line, index) =>
      index === 0 ? [".PP", "Example:", ".PP", ".RS 4", ".nf", text(line)] : [text(line)],
    ),
    ...(exampleOf(command).length === 0 ? [] : [".fi", ".RE"]),
  ];
}

function flagEntry(option: Option): string[] {
  const flags = option.flags
    .split(/(<[^>]+>)/)
    .map((part) => (part.startsWith("<") ? `\\fI${text(part.slice(1, -1))}\\fR` : bold(part)))
    .join("");
  const need = option.mandatory ? "required: " : "";
  return [".TP", flags, text(`${need}${option.description}`)];
}

function bold(part: string): string {
  return part.replace(/-[-a-zA-Z0-9]+/g, (name) => `\\fB${text(name)}\\fR`);
}

/** Roff takes backslashes, and dots and quotes at the start of a line, for its own; a hyphen is no minus sign. */
function text(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replaceAll("…", "\\[u2026]")
    .replace(/^([.'])/, "\\&$1");
}

function placeholderOf(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? name : `[${name}]`;
}

function namesOf(command: Command): string[] {
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
  return names;
}

function leavesUnder(command: Command): Command[] {
  return command.commands.flatMap((each) =>
    each.commands.length === 0 ? [each] : leavesUnder(each),
  );
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}
