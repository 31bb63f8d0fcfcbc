import type { Command } from "commander";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { addGroup, example } from "../flags.ts";
import { type Column, showInstant } from "../table.ts";
import { type AuthorityView, authorityView } from "../views.ts";

const COLUMNS: readonly Column<AuthorityView>[] = [
  { heading: "ID", cell: (authority) => authority.id },
  { heading: "KIND", cell: (authority) => authority.kind },
  { heading: "STATE", cell: (authority) => authority.state },
  { heading: "KEY", cell: (authority) => authority.keyType },
  { heading: "NOT BEFORE", cell: (authority) => showInstant(authority.notBefore) },
  { heading: "NOT AFTER", cell: (authority) => showInstant(authority.notAfter) },
  { heading: "FINGERPRINT", cell: (authority) => authority.keyFingerprint },
];

/** `botpass authority …`: the trust domain's signing keys. */
export function addAuthorityCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "authority", "authorities: the trust domain's signing keys");
  const command = group
    .command("list")
    .description("list authorities: prepared, active, old")
    .action(async (_flags: object, self: Command) => {
      const printer = printerOf(context, self);
      await withServer(context, self, async (server) => {
        const answer = await server.call("AuthorityService", "ListAuthorities", {});
        printer.list("authorities", answer.authorities.map(authorityView), COLUMNS);
      });
    });
  example(command, "botpass authority list");
}
