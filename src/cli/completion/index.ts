import type { Command } from "commander";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { commandNodes, SHELLS } from "./tree.ts";
import { zshCompletion } from "./zsh.ts";

export { SHELLS };

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** The script that a shell reads to complete the program's commands, flags and files. */
export function completionScript(program: Command, shell: (typeof SHELLS)[number]): string {
  return SCRIPTS[shell](commandNodes(program));
}
