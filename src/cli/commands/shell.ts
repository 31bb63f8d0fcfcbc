import type { Command } from "commander";
import { completionScript, SHELLS } from "../completion/index.ts";
import type { CliContext } from "../context.ts";
import { checkChoice, example } from "../flags.ts";
import { manualPage } from "../manual.ts";

/** `botpass completion` and `botpass man`: what shells and manuals need, made of the commands themselves. */
export function addShellCommands(program: Command, context: CliContext, version: string): void {
  const completion = program
    .command("completion")
    .description("print the script by which a shell completes botpass")
    .argument("<SHELL>", SHELLS.join(", "))
    .action((shell: string) => {
      const known = checkChoice("SHELL", shell, SHELLS);
      context.stdout.write(completionScript(program, known));
    });
  example(completion, "source <(botpass completion bash)");

  const man = program
    .command("man")
    .description("print the man page, in roff")
    .action(() => {
      context.stdout.write(manualPage(program, version));
    });
  example(man, "botpass man > /usr/local/share/man/man1/botpass.1");
}
