import { type CommandNode, type FlagNode, quoted, type Takes } from "./tree.ts";

/** Completion for fish, from the commands. */
export function fishCompletion(nodes: readonly CommandNode[]): string {
  const [root] = nodes;
  const everywhere = new Set(root?.flags ?? []);
  const lines = nodes.flatMap(({ path, commands, flags, arguments: positions }) => {
    const at = `complete -c botpass -n "__botpass_at '${path}'"`;
    return [
      ...commands.map(({ name, description }) => `${at} -a ${name} -d ${fishQuoted(description)}`),
      ...flags
        .filter((flag) => path === root?.path || !everywhere.has(flag))
        .map((flag) =>
          path === root?.path
            ? `complete -c botpass ${flagWords(flag)}`
            : `${at} ${flagWords(flag)}`,
        ),
      ...positions.slice(0, 1).flatMap((takes) => valueWords(takes).map((each) => `${at} ${each}`)),
    ];
  });
  const taking = nodes.flatMap(({ path, flags }) =>
    flags
      .filter(({ takes }) => takes !== undefined)
      .flatMap(({ names }) => names.map((name) => quoted(`${path} ${name}`))),
  );
  return `# Completion of botpass for fish. Now: botpass completion fish | source
# For good: botpass completion fish > ~/.config/fish/completions/botpass.fish

set -g __botpass_commands ${nodes.map(({ path }) => quoted(path)).join(" ")}
# Flags that take the word behind them, by command.
set -g __botpass_taking ${taking.join(" ")}

# Whether this command is being typed.
function __botpass_at
    set -l words (commandline -opc)
    set -l at botpass
    set -l skip 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if test "$word" = --
            return 1
        else if contains -- "$at $word" $__botpass_taking
            set skip 1
        else if contains -- "$at $word" $__botpass_commands
            set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end

# Whether a program is being typed, behind --.
function __botpass_program
    contains -- -- (commandline -opc)
end

complete -c botpass -f
complete -c botpass -n __botpass_program -F -a "(__fish_complete_subcommand --fcs-skip=(math (contains -i -- -- (commandline -opc))))"
${lines.join("\n")}
`;
}

function flagWords({ names, takes, description }: FlagNode): string {
  const words = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const value = takes === undefined ? [] : takes === "file" ? ["-r", "-F"] : ["-x"];
  const choices = takes === undefined || takes === "file" ? [] : valueWords(takes);
  return [...words, ...value, ...choices, "-d", fishQuoted(description)].join(" ");
}

function valueWords(takes: Takes): string[] {
  if (takes === "text") return [];
  if (takes === "file") return ["-F"];
  if (takes === "directory") return ['-a "(__fish_complete_directories)"'];
  return [`-a ${fishQuoted(takes.join(" "))}`];
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
