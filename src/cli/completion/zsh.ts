import { type CommandNode, kindOf, quoted } from "./tree.ts";

/** Completion for zsh, from the commands. */
export function zshCompletion(nodes: readonly CommandNode[]): string {
  const cases = nodes.map(({ path, commands, flags, arguments: positions }) =>
    [
      `    ${quoted(path)})`,
      `      commands=(${commands.map(({ name, description }) => quoted(`${name}:${description}`)).join(" ")})`,
      `      flags=(${flags
        .flatMap(({ names, description }) => names.map((name) => quoted(`${name}:${description}`)))
        .join(" ")})`,
      `      takes=(${flags
        .flatMap(({ names, takes }) =>
          takes === undefined ? [] : names.flatMap((name) => [name, quoted(kindOf(takes))]),
        )
        .join(" ")})`,
      `      positions=(${positions.map((takes) => quoted(kindOf(takes))).join(" ")})`,
      "      ;;",
    ].join("\n"),
  );
  return `#compdef botpass
# Completion of botpass for zsh. Now: source <(botpass completion zsh)
# For good: botpass completion zsh > a directory of $fpath, as _botpass

# Sets what the command has: subcommands, flags, what its flags take, what its arguments are.
_botpass_at() {
  case $1 in
${cases.join("\n")}
  esac
}

# Completes a value: of a file, a directory, one of some words, or nothing that is known.
_botpass_value() {
  case $1 in
    file) _files ;;
    directory) _files -/ ;;
    text) _message value ;;
    *) compadd -- \${(s:,:)1} ;;
  esac
}

_botpass() {
  local at=botpass word
  local -a commands flags positions
  local -A takes
  local -i i position=1
  _botpass_at "$at"
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ $word == -- ]]; then
      # A program and what it takes.
      shift $i words
      ((CURRENT -= i))
      _normal
      return
    elif (( \${+takes[$word]} )); then
      ((++i))
      if ((i == CURRENT)); then
        _botpass_value "\${takes[$word]}"
        return
      fi
    elif [[ $word == -* ]]; then
      :
    elif (( \${commands[(I)$word:*]} )); then
      at="$at $word"
      _botpass_at "$at"
    else
      ((++position))
    fi
  done
  word=\${words[CURRENT]}
  if [[ $word == --*=* ]]; then
    compset -P '*='
    _botpass_value "\${takes[\${word%%=*}]:-text}"
  elif [[ $word == -* ]]; then
    _describe -o flag flags
  elif (( \${#commands} )); then
    _describe command commands
  else
    _botpass_value "\${positions[position]:-text}"
  fi
}

if [[ \${funcstack[1]} == _botpass ]]; then
  _botpass "$@"
else
  compdef _botpass botpass
fi
`;
}
