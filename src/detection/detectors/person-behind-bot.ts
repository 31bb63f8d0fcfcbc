import type { Detector, Expectations } from "../finding.ts";

/** Programs that a person types into. `sh` is not among them: entry points of containers run in it too. */
const SHELLS: ReadonlySet<string> = new Set([
  "bash",
  "zsh",
  "fish",
  "ksh",
  "tcsh",
  "csh",
  "nu",
  "xonsh",
  "pwsh",
  "tmux: server",
  "screen",
  "sshd",
  "login",
  "su",
  "sudo",
]);

/**
 * A process with a terminal, started by a shell, got the bot's identity. Only processes that the kernel tells of can be
 * looked at: those on the bots' socket. Of others nothing is known, and nothing is said.
 */
export function personBehindBot(expectations: Expectations): Detector {
  return {
    name: "person_behind_bot",
    types: ["instance.created"],
    observe({ at, type, bot, instance, details, sequence }) {
      if (bot === null || type !== "instance.created" || details.terminal !== "yes") return [];
      const parent = details.parent ?? "";
      if (!SHELLS.has(parent.replace(/^-/, "")) || expectations.personAllowed(bot)) return [];
      return [
        {
          detector: "person_behind_bot",
          severity: "high",
          at,
          bot,
          instance,
          subject: bot,
          summary: `A person uses the identity of ${bot}: the process has a terminal, and ${parent} started it.`,
          facts: { parent },
          evidence: [sequence],
        },
      ];
    },
  };
}
