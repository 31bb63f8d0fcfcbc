import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { KeyType } from "../../crypto/index.ts";
import { IssuerError } from "../../errors.ts";
import { type Bundle, bundleSet } from "../../spiffe/index.ts";
import type { X509SvidMessage__Output } from "../../wire/index.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { type NewFile, requireAbsent, writeFilesAtomically } from "../files.ts";
import { addGroup, checkChoice, checkLabel, example, MAX_X509_TTL_SECONDS } from "../flags.ts";
import { showInstant } from "../table.ts";
import { parseTtlSeconds } from "../time.ts";
import { instant, present } from "../views.ts";

// Spelled out, so that help need not load crypto; a test holds the two together.
/** Key types that `x509 mint` makes. */
export const MINT_KEY_TYPES = [
  "ec-p256",
  "ec-p384",
  "rsa-2048",
  "rsa-3072",
  "rsa-4096",
] as const satisfies readonly KeyType[];

const SVID_FILE = "svid.pem";
const KEY_FILE = "key.pem";
const BUNDLE_FILE = "bundle.pem";

interface MintFlags {
  readonly bot: string;
  readonly out: string;
  readonly ttl?: string;
  readonly keyType: string;
  readonly force?: true;
}

/** `botpass x509 …`: X509-SVIDs for programs that cannot attest. */
export function addX509Commands(program: Command, context: CliContext): void {
  const group = addGroup(program, "x509", "X509-SVIDs for programs that cannot attest");
  const command = group
    .command("mint")
    .description("make a key here, have its X509-SVID issued, write both and the bundle")
    .requiredOption("--bot <NAME>", "whose identity it is")
    .requiredOption("--out <DIR>", "directory for svid.pem, key.pem (0600) and bundle.pem")
    .option("--ttl <DURATION>", "lifetime, at most 24h (default: the server's, 1h)")
    .option("--key-type <TYPE>", MINT_KEY_TYPES.join(", "), MINT_KEY_TYPES[0])
    .option("--force", "replace files that are there already")
    .action((flags: MintFlags, self: Command) => mint(context, flags, self));
  example(
    command,
    "botpass x509 mint --bot legacy-exporter --out /etc/exporter/identity --ttl 12h",
  );
}

async function mint(context: CliContext, flags: MintFlags, self: Command): Promise<void> {
  const printer = printerOf(context, self);
  const bot = checkLabel("--bot", flags.bot);
  const directory = resolve(context.cwd, flags.out);
  const keyType = checkChoice("--key-type", flags.keyType, MINT_KEY_TYPES);
  const ttl =
    flags.ttl === undefined
      ? {}
      : { ttlSeconds: parseTtlSeconds("--ttl", flags.ttl, MAX_X509_TTL_SECONDS) };
  if (flags.force !== true) {
    await requireAbsent(directory, [SVID_FILE, KEY_FILE, BUNDLE_FILE]);
  }
  await withServer(context, self, async (server) => {
    const crypto = await import("../../crypto/index.ts");
    const key = await crypto.generateKey(keyType);
    const answer = await server.call("MintService", "MintX509Svid", {
      bot,
      csr: crypto.buildCsr(key),
      ...ttl,
    });
    const svid = present("SVID", answer.svid);
    const bundle = server.bundleOf(present("bundle", answer.bundle));
    checkMinted(crypto, svid, bundle, crypto.publicKeyDer(key), context.clock.now());
    const files: readonly NewFile[] = [
      { name: BUNDLE_FILE, content: crypto.bundleToPem(bundle), mode: 0o644 },
      { name: KEY_FILE, content: crypto.exportPrivateKeyPem(key), mode: 0o600 },
      { name: SVID_FILE, content: pemChain(crypto, svid.certificates), mode: 0o644 },
    ];
    await writeFilesAtomically(directory, files);
    const view = {
      spiffeId: svid.spiffeId,
      serial: svid.serial,
      notBefore: instant(svid.notBeforeMs),
      notAfter: instant(svid.notAfterMs),
      svidFile: join(directory, SVID_FILE),
      keyFile: join(directory, KEY_FILE),
      bundleFile: join(directory, BUNDLE_FILE),
    };
    printer.record(view, () => [
      ["SPIFFE ID", view.spiffeId],
      ["Serial", view.serial],
      ["Not after", showInstant(view.notAfter)],
      ["SVID", view.svidFile],
      ["Key", view.keyFile],
      ["Bundle", view.bundleFile],
    ]);
  });
}

type Crypto = typeof import("../../crypto/index.ts");

/** Nothing is written that would not verify, is for another key, or says other than the server said. */
function checkMinted(
  crypto: Crypto,
  svid: X509SvidMessage__Output,
  bundle: Bundle,
  publicKeyDer: Uint8Array,
  now: Date,
): void {
  const verified = crypto.verifyX509Svid(svid.certificates, bundleSet(bundle), now);
  if (!verified.leaf.publicKeyDer.equals(publicKeyDer)) {
    throw new IssuerError(
      "SVID_INVALID",
      "the X509-SVID is for another key than the one made here",
    );
  }
  if (verified.spiffeId.toString() !== svid.spiffeId || verified.serialHex !== svid.serial) {
    const message = `the X509-SVID is ${verified.spiffeId} (${verified.serialHex}), not ${svid.spiffeId} (${svid.serial}) as the server said`;
    throw new IssuerError("SVID_INVALID", message);
  }
}

function pemChain(crypto: Crypto, certificates: readonly Uint8Array[]): string {
  return certificates.map((der) => crypto.pemEncode("CERTIFICATE", der)).join("");
}
