import type { Clock } from "../clock.ts";
import type { KeyType } from "../crypto/index.ts";
import type { Bundle, Selector, X509Svid } from "../spiffe/index.ts";
import type { AttachRequest, AttachResponse__Output, Channel } from "../wire/index.ts";
import type { DenySetOptions } from "./deny-set.ts";

/** A bot's line to its server. */
export type AttachChannel = Channel<AttachRequest, AttachResponse__Output>;

/** A token that a platform signed: GitHub Actions, GitLab, Kubernetes, Google, or any OIDC issuer that the server knows. */
export interface PlatformTokenOptions {
  /** The token, or what gets a new one. Default: found in the environment, see docs/attestation.md. */
  readonly token?: string | (() => Promise<string>);
  /** A file that the platform keeps current. */
  readonly tokenFile?: string;
  /** What GitHub Actions is asked to make it for. Default: BOTPASS_ID_TOKEN_AUDIENCE, else `spiffe://<trust domain>`. */
  readonly audience?: string;
}

/** How to connect. All of it is optional: without anything the environment is asked. */
export interface ConnectOptions {
  /** The string that `botpass token create` printed. Secret. Default: BOTPASS_TOKEN, or the file BOTPASS_TOKEN_FILE. */
  readonly token?: string;
  /** A file with the token. */
  readonly tokenFile?: string;
  /** A device certificate from a CA that the server knows, with its key; needs `addresses` and `bundle`. */
  readonly x509pop?: { readonly certificateChainPem: string; readonly privateKeyPem: string };
  /** A platform's token; needs `addresses` and `bundle`, or BOTPASS_SERVER and BOTPASS_TRUST_BUNDLE. */
  readonly oidc?: PlatformTokenOptions;
  /** host:port of servers, in the order to try; a token names its own. */
  readonly addresses?: readonly string[];
  /** The trust domain's bundle, to know the server by; a token and a state directory bring their own. */
  readonly bundle?: Bundle;
  /** The server's local socket. Default: BOTPASS_SOCKET, else /run/botpass/bots/bots.sock. */
  readonly socketPath?: string;
  /**
   * A SPIFFE Workload API instead of a server: `unix:///path` or `tcp://IP:port`. Its agent says how long SVIDs live and when they rotate.
   * Default: SPIFFE_ENDPOINT_SOCKET, when no way to a server is named or saved.
   */
  readonly endpoint?: string;
  /** Users beside root whose socket is trusted. Default: the process's own. */
  readonly allowedSocketUids?: readonly number[];
  /** Where to keep the identity for the next start (0600). Default: BOTPASS_STATE_DIR, else nowhere. */
  readonly stateDirectory?: string;
  /** Which identity is the default one, when there are several: by SPIFFE ID or hint. Default: the closest match. */
  readonly identity?: { readonly spiffeId?: string; readonly hint?: string };
  /** Type of the keys made. Default ec-p256. */
  readonly keyType?: KeyType;
  /** Wanted lifetime of X509-SVIDs in seconds; the least of it and the server's limits is granted. */
  readonly x509TtlSeconds?: number;
  /** When to rotate, as a part of the lifetime: above 0, below 1. Default 0.5; up to a tenth of it is added or taken at random. */
  readonly rotateAt?: number;
  /** How long to wait for the first identity, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Environment to read. Default process.env; BOTPASS_TOKEN is removed from it once read. */
  readonly env?: Record<string, string | undefined>;
  /** How old what is known of denied identities may be, and what is done then. Default: an event after 60 s. */
  readonly denySet?: DenySetOptions;
  /**
   * How long requests under way may go on, in milliseconds, once a connection is to be cut: 0 to 60,000. Default 200. An
   * expiry is not put off by it.
   */
  readonly cutGraceMs?: number;
  /** Whether and how often a service tells the issuer who has called it, aggregated; see docs/usage.md. Default: every minute. */
  readonly usage?: {
    readonly report?: boolean;
    readonly intervalMs?: number;
    readonly operations?: boolean;
  };
  readonly clock?: Clock;
  readonly randomBytes?: (size: number) => Buffer;
  /** Opens the line in another way than over TLS or a socket, e.g. inside the process. */
  readonly openChannel?: (resume: X509Svid | undefined) => Promise<AttachChannel>;
  /** With `openChannel`, by a node: what it says of the process that the identity is for. */
  readonly workload?: readonly Selector[];
}
