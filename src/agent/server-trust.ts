import { readFile } from "node:fs/promises";
import { bundleFromJwks, bundleFromPem, parseCertificate } from "../crypto/index.ts";
import { IssuerError, messageOf } from "../errors.ts";
import { Bundle, TrustDomain, trySpiffeId } from "../spiffe/index.ts";
import { ADDRESS } from "../wire/index.ts";

/** What confirms a bundle that a server not known yet hands out. */
export interface Pins {
  readonly trustDomain: string;
  /** SHA-256 of the X.509 authorities' public keys, hex. */
  readonly authorityPins: readonly string[];
}

/** Where a server is and what it is known by, from BOTPASS_SERVER and BOTPASS_TRUST_…. */
export interface ServerFromEnv {
  readonly addresses: readonly string[] | undefined;
  readonly bundle: Bundle | undefined;
  readonly pins: Pins | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads BOTPASS_SERVER (host:port, several with commas), BOTPASS_TRUST_BUNDLE (a file, PEM or JWKS), or BOTPASS_TRUST_PINS with
 * BOTPASS_TRUST_DOMAIN.
 * @throws IssuerError CONFIG_INVALID naming the variable.
 */
export async function serverFromEnv(env: Env): Promise<ServerFromEnv> {
  const { BOTPASS_SERVER: server, BOTPASS_TRUST_BUNDLE: file, BOTPASS_TRUST_PINS: pins } = env;
  const addresses = server ? server.split(",").map((each) => each.trim()) : undefined;
  for (const address of addresses ?? []) {
    if (ADDRESS.test(address)) continue;
    throw invalid("BOTPASS_SERVER", `${JSON.stringify(address)} is not host:port`);
  }
  return {
    addresses,
    bundle: file ? await readBundle(file, env.BOTPASS_TRUST_DOMAIN) : undefined,
    pins: pins ? readPins(pins, env.BOTPASS_TRUST_DOMAIN) : undefined,
  };
}

async function readBundle(file: string, name: string | undefined): Promise<Bundle> {
  try {
    const text = await readFile(file, "utf8");
    // The domain is known for certain when the authorities were read, which say it themselves.
    const unnamed = TrustDomain.parse(name || "unnamed");
    const read = text.trimStart().startsWith("{") ? bundleFromJwks : bundleFromPem;
    const { x509Authorities } = read(unnamed, text);
    const said = new Set(
      x509Authorities.map(
        (der) => trySpiffeId(parseCertificate(der).uriSans[0] ?? "")?.trustDomain.name,
      ),
    );
    const [domain] = name ? [name] : said;
    if (domain === undefined || (!name && said.size !== 1)) {
      throw new SyntaxError("it does not say its trust domain: set BOTPASS_TRUST_DOMAIN");
    }
    return new Bundle({ trustDomain: TrustDomain.parse(domain), x509Authorities });
  } catch (cause) {
    throw invalid("BOTPASS_TRUST_BUNDLE", `${file}: ${messageOf(cause)}`, cause);
  }
}

function readPins(text: string, name: string | undefined): Pins {
  const authorityPins = text.split(",").map((each) => each.trim().toLowerCase());
  if (!authorityPins.every((each) => /^[0-9a-f]{64}$/.test(each))) {
    throw invalid("BOTPASS_TRUST_PINS", "not SHA-256 in hex, several with commas");
  }
  if (!name) throw invalid("BOTPASS_TRUST_PINS", "BOTPASS_TRUST_DOMAIN is needed beside it");
  return { trustDomain: TrustDomain.parse(name).name, authorityPins };
}

function invalid(variable: string, why: string, cause?: unknown): IssuerError {
  return new IssuerError("CONFIG_INVALID", `${variable}: ${why}`, { cause });
}
