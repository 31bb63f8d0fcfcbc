import { bundleToPem, exportPrivateKeyPem, pemEncode } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import type { Bundle, JwtSvid, X509Svid } from "../spiffe/index.ts";
import type { SetFile } from "./set-directory.ts";
import type { FileSource } from "./source.ts";

/** Names of the files, as other programs are told of them. */
export const SVID_FILE = "svid.pem";
export const KEY_FILE = "svid-key.pem";
export const BUNDLE_FILE = "bundle.pem";
export const CRL_FILE = "crl.pem";
export const PKCS12_FILE = "svid.p12";

const LONGEST_NAME_BYTES = 255;

/**
 * The file of a token: `jwt-<audience>.token`, the audience percent-encoded.
 * @throws IssuerError CONFIG_INVALID when the name would be too long for a file.
 */
export function tokenFileName(audience: string): string {
  const name = `jwt-${encodeURIComponent(audience)}.token`;
  if (audience !== "" && name.length <= LONGEST_NAME_BYTES) return name;
  const message = `audience ${JSON.stringify(audience)} makes no name of a file, which has 1 to ${LONGEST_NAME_BYTES} bytes`;
  throw new IssuerError("CONFIG_INVALID", message);
}

/**
 * Certificate chain, key and bundle of the SVID that is current now, all of one moment.
 * @throws IssuerError as `source.x509Svid`.
 */
export function pemFiles(source: FileSource): SetFile[] {
  const svid = source.x509Svid();
  const chain = svid.certChainDer.map((der) => pemEncode("CERTIFICATE", der)).join("");
  return [
    { name: SVID_FILE, content: chain, secret: false },
    { name: KEY_FILE, content: exportPrivateKeyPem(svid.privateKey), secret: true },
    bundleFile(bundleOf(source, svid)),
    ...crlFiles(source),
  ];
}

/** The file of revocation lists, empty when none is known; none where nobody tells of them. */
export function crlFiles(source: FileSource): SetFile[] {
  const crls = source.crls?.();
  if (crls === undefined) return [];
  const content = crls.map((each) => pemEncode("X509 CRL", each)).join("");
  return [{ name: CRL_FILE, content, secret: false }];
}

/** The bundle of the SVID's trust domain. */
export function bundleOf(source: FileSource, { spiffeId }: X509Svid): Bundle | undefined {
  return source.bundles().find(({ trustDomain }) => trustDomain.equals(spiffeId.trustDomain));
}

/** The file of authorities, empty when there is no bundle. */
export function bundleFile(bundle: Bundle | undefined): SetFile {
  const content = bundle === undefined ? "" : bundleToPem(bundle);
  return { name: BUNDLE_FILE, content, secret: false };
}

/** The file of one token: the token alone, without a newline. */
export function tokenFile(audience: string, { token }: JwtSvid): SetFile {
  return { name: tokenFileName(audience), content: token, secret: true };
}
