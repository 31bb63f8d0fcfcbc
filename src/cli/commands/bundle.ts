import type { Command } from "commander";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { usageError } from "../failure.ts";
import { addGroup, checkChoice, example } from "../flags.ts";

const FORMATS = ["pem", "jwks"] as const;

/** `botpass bundle …`: what to trust the trust domain by. */
export function addBundleCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "bundle", "the trust domain's bundle: its public authorities");
  const command = group
    .command("show")
    .description("print the bundle: X.509 authorities as PEM, or all of it as a SPIFFE JWK set")
    .option("--format <FORMAT>", `${FORMATS.join(", ")} (default: pem; with --output json: jwks)`)
    .action(async (flags: { format?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const usual = printer.format === "json" ? "jwks" : "pem";
      const format = checkChoice("--format", flags.format ?? usual, FORMATS);
      if (format === "pem" && printer.format === "json") {
        throw usageError('--format "pem" is not JSON: leave out --output json');
      }
      await withServer(context, self, async (server) => {
        const [bundle, crypto] = await Promise.all([
          server.bundle(),
          import("../../crypto/index.ts"),
        ]);
        const text = format === "pem" ? crypto.bundleToPem(bundle) : crypto.bundleToJwks(bundle);
        printer.raw(text.endsWith("\n") ? text : `${text}\n`);
      });
    });
  example(command, "botpass bundle show --format jwks > bundle.json");
}
