import { type CommandNode, kindOf, quoted } from "./tree.ts";

/** Completion for bash 3.2 and later, from the commands. */
export function bashCompletion(nodes: readonly CommandNode[]): string {
  const cases = nodes.map(
    ({ path, commands, flags, arguments: positions }) => `    ${quoted(path)})
      commands=${quoted(commands.map(({ name }) => name).join(" "))}
      flags=${quoted(flags.flatMap(({ names }) => names).join(" "))}
      takes=${quoted(` ${flags.flatMap(({ names, takes }) => (takes === undefined ? [] : names.map((name) => `${name}=${kindOf(takes)}`))).join(" ")} `)}
      positions=(${positions.map(kindOf).join(" ")})
      ;;`,
  );
  return `# Completion of botpass for bash. Now: source <(botpass completion bash)
# For good: botpass completion bash > /usr/share/bash-completion/completions/botpass

# Sets what the command has: subcommands, flags, what its flags take, what its arguments are.
_botpass_at() {
  case $1 in
${cases.join("\n")}
  esac
}

# Completes a value: of a file, a directory, one of some words, or nothing that is known.
_botpass_value() {
  local IFS=$'\\n'
  case $1 in
    file | directory)
      compopt -o filenames 2>/dev/null
      if [ "$1" = file ]; then COMPREPLY=($(compgen -f -- "$cur")); else COMPREPLY=($(compgen -d -- "$cur")); fi
      ;;
    text) ;;
    *) COMPREPLY=($(compgen -W "\${1//,/$'\\n'}" -- "$cur")) ;;
  esac
}

_botpass() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at=botpass word kind commands flags takes i position=0
  local positions=()
  COMPREPLY=()
  _botpass_at "$at"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [ "$word" = -- ]; then
      # A program and what it takes.
      if ((i + 1 == COMP_CWORD)); then COMPREPLY=($(compgen -c -- "$cur")); else _botpass_value file; fi
      return
    elif [[ $takes == *" $word="* ]]; then
      kind=\${takes#*" $word="}
      kind=\${kind%% *}
      # bash makes three words of --flag=value.
      if [ "\${COMP_WORDS[i + 1]}" = = ]; then ((i++)); fi
      ((i++))
      if ((i >= COMP_CWORD)); then
        if [ "$cur" = = ]; then cur=; fi
        _botpass_value "$kind"
        return
      fi
    elif [[ $word == -* ]]; then
      :
    elif [[ " $commands " == *" $word "* ]]; then
      at="$at $word"
      _botpass_at "$at"
    else
      ((position++))
    fi
  done
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [ -n "$commands" ]; then
    COMPREPLY=($(compgen -W "$commands" -- "$cur"))
  else
    _botpass_value "\${positions[position]:-text}"
  fi
}

complete -F _botpass botpass
`;
}
