import { createHash } from "node:crypto";
import { pemEncode } from "../../crypto/index.ts";
import type { Bundle, X509Svid } from "../../spiffe/index.ts";
import { loadSds, type Secret } from "../../wire/index.ts";
import { crlsOf, pkcs8Of } from "../messages.ts";
import type { Workload } from "../workload.ts";

const TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3";
/** The one type of resource that is served. */
export const SECRET_TYPE = `${TLS}.Secret`;
const VALIDATOR_TYPE = `${TLS}.SPIFFECertValidatorConfig`;
const VALIDATOR_NAME = "envoy.tls.cert_validator.spiffe";

/** The default identity's certificate and key. */
const DEFAULT = "default";
/** The authorities of the default identity's trust domain. */
const ROOTCA = "ROOTCA";
/** The authorities of all trust domains, each for its own SPIFFE IDs. */
const ALL = "ALL";

/** A secret as it is sent. */
export interface NamedSecret {
  readonly name: string;
  /** Changes exactly when the content does. */
  readonly version: string;
  readonly resource: { readonly typeUrl: string; readonly value: Buffer };
}

/**
 * The secrets of these names, in their order; names of which the workload has nothing are left out.
 * @throws IssuerError as `Workload.svids`.
 */
export function secretsNamed(workload: Workload, names: Iterable<string>): NamedSecret[] {
  const svids = workload.svids();
  const bundles = workload.bundles();
  const crls = crlsOf(workload);
  return [...names].flatMap((name) => {
    const content = contentOf(name, svids, bundles, crls);
    if (content === undefined) return [];
    const value = loadSds().Secret.serialize({ name, ...content });
    const version = digestOf(value);
    return [{ name, version, resource: { typeUrl: SECRET_TYPE, value } }];
  });
}

/** What somebody gets who names nothing: the default certificate, and each trust domain's authorities. */
export function wildcardNames(workload: Workload): string[] {
  return [DEFAULT, ...workload.bundles().map(({ trustDomain }) => trustDomain.id)];
}

/** One version of all these. */
export function versionOf(secrets: readonly NamedSecret[]): string {
  const parts = secrets.map(({ name, version }) => `${version} ${name}`).sort();
  return digestOf(Buffer.from(parts.join("\n")));
}

function digestOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

function contentOf(
  name: string,
  svids: readonly X509Svid[],
  bundles: readonly Bundle[],
  crls: readonly Buffer[],
): Omit<Secret, "name"> | undefined {
  const [first] = svids;
  if (name === ALL) return validatorOf(bundles);
  const svid = name === DEFAULT ? first : svids.find((each) => each.spiffeId.toString() === name);
  if (svid !== undefined) return certificateOf(svid);
  const domain = name === ROOTCA ? first?.spiffeId.trustDomain.id : name;
  const bundle = bundles.find(({ trustDomain }) => trustDomain.id === domain);
  if (bundle === undefined || bundle.x509Authorities.length === 0) return undefined;
  // Envoy asks for a list of each authority as soon as it has one: with any missing it would refuse what that one signed.
  const isOwn = first?.spiffeId.trustDomain.id === domain;
  const crl =
    isOwn && crls.length >= bundle.x509Authorities.length ? { crl: pemOf("X509 CRL", crls) } : {};
  return { validationContext: { trustedCa: authoritiesOf(bundle), ...crl } };
}

function certificateOf(svid: X509Svid): Omit<Secret, "name"> {
  const key = pemEncode("PRIVATE KEY", pkcs8Of(svid.privateKey));
  return {
    tlsCertificate: {
      certificateChain: certificates(svid.certChainDer),
      privateKey: { inlineBytes: Buffer.from(key) },
    },
  };
}

function validatorOf(bundles: readonly Bundle[]): Omit<Secret, "name"> | undefined {
  const trustDomains = bundles
    .filter(({ x509Authorities }) => x509Authorities.length > 0)
    .map((bundle) => ({ name: bundle.trustDomain.name, trustBundle: authoritiesOf(bundle) }));
  if (trustDomains.length === 0) return undefined;
  const value = loadSds().SPIFFECertValidatorConfig.serialize({ trustDomains });
  const typedConfig = { typeUrl: VALIDATOR_TYPE, value };
  return { validationContext: { customValidatorConfig: { name: VALIDATOR_NAME, typedConfig } } };
}

function authoritiesOf(bundle: Bundle): { inlineBytes: Buffer } {
  return certificates(bundle.x509Authorities);
}

function certificates(der: readonly Uint8Array[]): { inlineBytes: Buffer } {
  return pemOf("CERTIFICATE", der);
}

function pemOf(label: string, der: readonly Uint8Array[]): { inlineBytes: Buffer } {
  return { inlineBytes: Buffer.from(der.map((each) => pemEncode(label, each)).join("")) };
}
