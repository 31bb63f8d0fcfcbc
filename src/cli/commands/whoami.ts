import type { Command } from "commander";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { example } from "../flags.ts";
import { showList } from "../table.ts";

/** `botpass whoami`: who the server takes the caller for. */
export function addWhoamiCommand(program: Command, context: CliContext): void {
  const command = program
    .command("whoami")
    .description("say who the server takes you for, and what you may do")
    .action(async (_flags: object, self: Command) => {
      const printer = printerOf(context, self);
      await withServer(context, self, async (server, target) => {
        const { name, roles, source, spiffeId, trustDomain } = await server.call(
          "OperatorService",
          "WhoAmI",
          {},
        );
        const view = {
          name,
          roles,
          source,
          spiffeId: spiffeId === "" ? null : spiffeId,
          trustDomain,
          context: target.kind === "tls" ? target.name : null,
        };
        printer.record(view, () => [
          ["Name", name],
          ["Roles", showList(roles)],
          ["Seen from", source],
          ["SPIFFE ID", view.spiffeId ?? "-"],
          ["Trust domain", trustDomain],
          ["Context", view.context ?? "-"],
        ]);
      });
    });
  example(command, "botpass whoami");
}
