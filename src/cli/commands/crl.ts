import type { Command } from "commander";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { CliFailure } from "../failure.ts";
import { checkId, example } from "../flags.ts";
import { instant } from "../views.ts";

/** `botpass crl`: what is revoked, for programs that read X.509 CRLs. */
export function addCrlCommand(program: Command, context: CliContext): void {
  const command = program
    .command("crl")
    .description("print the certificate revocation list of each X.509 authority, as PEM")
    .option("--authority <ID>", "only that of this authority")
    .action(async (flags: { authority?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const only = flags.authority && checkId("--authority", flags.authority);
      await withServer(context, self, async (server) => {
        const [{ crls }, { pemEncode }] = await Promise.all([
          server.call("AttachService", "GetCrls", {}),
          import("../../crypto/index.ts"),
        ]);
        const wanted = crls.filter(({ authorityId }) => (only ?? authorityId) === authorityId);
        if (wanted.length === 0) {
          const named =
            only === undefined ? "no authority has a list" : `authority ${only} has no list`;
          throw new CliFailure("NOT_FOUND", named);
        }
        const lists = wanted.map((each) => ({
          authority: each.authorityId,
          number: each.number,
          thisUpdate: instant(each.thisUpdateMs),
          nextUpdate: instant(each.nextUpdateMs),
          entries: each.entries,
          pem: pemEncode("X509 CRL", each.der),
        }));
        printer.result({ crls: lists }, () => lists.map(({ pem }) => pem).join(""));
      });
    });
  example(command, "botpass crl > crl.pem");
}
