import { createHash } from "node:crypto";
import {
  type Certificate,
  decodeBase64Url,
  fingerprint,
  importPublicKeyDer,
  JWS_ALGORITHMS,
  leafSpiffeId,
  parseCertificate,
  strictJsonObject,
  verifyJws,
  verifyX509Svid,
} from "../crypto/index.ts";
import { IssuerError, messageOf } from "../errors.ts";
import { checkRecordProof, parseVerifier, type RecordProof } from "../log/index.ts";
import { Bundle, bundleSet, type SpiffeId } from "../spiffe/index.ts";
import { STATEMENT_TYPE, signingInput, statementHash } from "./statement.ts";

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_CHAIN = 8;
/** How far a bot's clock may be from the log's. */
const MAX_SKEW_MS = 300_000;

export interface VerifyStatementOptions {
  /** Required: the log's key, as `botpass audit key` prints it: the one thing that is trusted. */
  readonly logKey: string;
  /**
   * Changes of the log's key, as `botpass audit handovers` prints them, the oldest first: with them a key verifies what was signed
   * under an earlier one. What was signed under a later one brings them. Default: none.
   */
  readonly handovers?: readonly string[];
}

/** Who signed what, and when. */
export interface VerifiedStatement {
  readonly spiffeId: SpiffeId;
  /** The bot's name, and the instance and entry by which it had its SVID. */
  readonly bot: string;
  readonly instance: string;
  readonly entry: string;
  /** Of the X509-SVID, lower-case hex. */
  readonly serialHex: string;
  /** When the issuer's log took it in: the SVID was valid then, and not denied. */
  readonly signedAt: Date;
  /** SHA-256 of the payload, hex. */
  readonly sha256: string;
  readonly record: number;
  readonly origin: string;
}

/**
 * Verifies a signed statement without a server, also after the SVID and its authority are gone. What is trusted is the log's
 * key: the log says which key signed, as whom, and that its SVID was valid then.
 * @param statement what `Bot.sign` and `botpass sign` made.
 * @throws IssuerError STATEMENT_INVALID naming what does not fit; LOG_INCONSISTENT when the log's proof does not hold;
 * SVID_INVALID when the chain is none; REQUEST_INVALID when the log's key cannot be read.
 */
export function verifyStatement(
  payload: Uint8Array,
  statement: string,
  options: VerifyStatementOptions,
): VerifiedStatement {
  const key = parseVerifier(options.logKey);
  const jws = parseFile(statement);
  const header = parseHeader(jws.protected);
  const digest = createHash("sha256").update(payload).digest();
  if (!digest.equals(header.sha256)) throw invalid("it is about other bytes than these");
  const [leaf] = header.chain;
  const authority = header.chain.at(-1);
  if (leaf === undefined || authority === undefined) throw invalid("it has no certificates");
  const signature = decodeBase64Url(jws.signature);
  const publicKey = importPublicKeyDer(leaf.publicKeyDer);
  const input = signingInput(jws.protected, payload);
  if (signature === undefined || !verifyJws(header.alg, publicKey, input, signature)) {
    throw invalid("its signature does not verify");
  }
  const { origin, record } = checkRecordProof(jws.proof, key, options.handovers);
  const facts = parseRecord(record);
  const spiffeId = leafSpiffeId(leaf);
  const wanted: readonly (readonly [what: string, isSo: boolean])[] = [
    ["type", facts.type === "statement.signed" && facts.outcome === "ok"],
    ["statement", facts.statement === statementHash(jws).toString("hex")],
    ["serial", facts.serial === leaf.serialHex],
    ["SPIFFE ID", facts.spiffeId === spiffeId.toString()],
    ["public key", facts.publicKeySha256 === fingerprint(leaf.publicKeyDer)],
    ["authority", facts.authoritySha256 === fingerprint(authority.der)],
    ["trust domain", origin.startsWith(`${spiffeId.trustDomain.name}/`)],
  ];
  for (const [what, isSo] of wanted) {
    if (!isSo) throw invalid(`record ${facts.sequence} of the log is about another ${what}`);
  }
  const signedAt = new Date(facts.time);
  const chain = header.chain.slice(0, -1).map(({ der }) => der);
  const { trustDomain } = spiffeId;
  const bundle = new Bundle({ trustDomain, x509Authorities: [authority.der] });
  verifyX509Svid(chain, bundleSet(bundle), signedAt);
  if (Math.abs(header.iat * 1000 - signedAt.getTime()) > MAX_SKEW_MS + 1000) {
    throw invalid("it says another time than the log");
  }
  return {
    spiffeId,
    bot: facts.bot,
    instance: facts.instance,
    entry: facts.entry,
    serialHex: leaf.serialHex,
    signedAt,
    sha256: digest.toString("hex"),
    record: facts.sequence,
    origin,
  };
}

interface ParsedFile {
  readonly protected: string;
  readonly signature: string;
  readonly proof: RecordProof;
}

function parseFile(text: string): ParsedFile {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) throw invalid("it is too long");
  const jws = jsonObject(text, "it");
  const header = jws.header;
  const log = isObject(header) ? header["botpass-log"] : undefined;
  if ("payload" in jws || "signatures" in jws || !isObject(log)) {
    throw invalid("it is not one JWS with its payload apart and a log's proof");
  }
  const { verifier, handovers = [], checkpoint, index, hashes, record } = log;
  if (!Number.isSafeInteger(index) || !Array.isArray(hashes) || !Array.isArray(handovers)) {
    throw invalid("its log's proof cannot be read");
  }
  return {
    protected: textOf(jws.protected, "protected"),
    signature: textOf(jws.signature, "signature"),
    proof: {
      verifier: textOf(verifier, "verifier"),
      handovers: handovers.map((each) => textOf(each, "handovers")),
      checkpoint: textOf(checkpoint, "checkpoint"),
      index: Number(index),
      hashes: hashes.map((each) => Buffer.from(textOf(each, "hashes"), "base64")),
      record: textOf(record, "record"),
    },
  };
}

function parseHeader(encoded: string) {
  const bytes = decodeBase64Url(encoded);
  if (bytes === undefined) throw invalid("its header is not base64url");
  const header = jsonObject(bytes.toString(), "its header");
  const alg = JWS_ALGORITHMS.find((each) => each === header.alg);
  if (alg === undefined) throw invalid(`its algorithm ${JSON.stringify(header.alg)} is not known`);
  // What must be understood: that the payload is not encoded, and nothing else (RFC 7797 section 6).
  const { b64, crit, typ, iat, sha256, x5c } = header;
  const critical = Array.isArray(crit) && crit.length === 1 && crit[0] === "b64";
  if (b64 !== false || !critical || typ !== STATEMENT_TYPE) {
    throw invalid("its header is not that of a statement");
  }
  const digest = decodeBase64Url(textOf(sha256, "sha256"));
  if (digest?.length !== 32 || !Number.isSafeInteger(iat)) {
    throw invalid("its header has no digest and time");
  }
  if (!Array.isArray(x5c) || x5c.length < 2 || x5c.length > MAX_CHAIN) {
    throw invalid(`its chain is not 2 to ${MAX_CHAIN} certificates`);
  }
  const chain: Certificate[] = x5c.map((each) =>
    parseCertificate(Buffer.from(textOf(each, "x5c"), "base64")),
  );
  return { alg, iat: Number(iat), sha256: digest, chain };
}

function parseRecord(record: string) {
  const facts = jsonObject(record, "its record");
  const details = isObject(facts.details) ? facts.details : {};
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return {
    sequence: Number(facts.sequence),
    time: text(facts.time),
    type: text(facts.type),
    outcome: text(facts.outcome),
    bot: text(facts.bot),
    instance: text(facts.instance),
    entry: text(facts.entry),
    serial: text(facts.serial),
    statement: text(details.statement),
    spiffeId: text(details.spiffeId),
    publicKeySha256: text(details.publicKeySha256),
    authoritySha256: text(details.authoritySha256),
  };
}

function jsonObject(text: string, what: string): Record<string, unknown> {
  try {
    return strictJsonObject(text);
  } catch (cause) {
    throw invalid(`${what} is not a JSON object: ${messageOf(cause)}`, cause);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw invalid(`its ${name} is not a text`);
}

function invalid(why: string, cause?: unknown): IssuerError {
  return new IssuerError("STATEMENT_INVALID", `the statement is not valid: ${why}`, { cause });
}
