import type { EventEmitter } from "node:events";
import type { Clock } from "../clock.ts";
import type {
  Bundle,
  BundleSource,
  JwtSource,
  JwtSvid,
  SpiffeId,
  X509Source,
  X509Svid,
} from "../spiffe/index.ts";
import type { StatementProof__Output, UsesReport } from "../wire/index.ts";
import type { DenialReason, DeniedQuery, DenySetState } from "./deny-set.ts";
import type { BotEvents } from "./events.ts";
import type { AttachChannel } from "./options.ts";

/** One identity among several, as a source of its own. */
export interface IdentityView extends X509Source, BundleSource, JwtSource {
  readonly spiffeId: SpiffeId;
  readonly hint: string;
}

/** Where a bot has its identities from: the issuer itself, or a Workload API. */
export interface Line
  extends EventEmitter<BotEvents>,
    X509Source,
    BundleSource,
    JwtSource,
    AsyncDisposable {
  readonly clock: Clock;
  /** The default identity's SPIFFE ID. @throws IssuerError NO_IDENTITY. */
  readonly spiffeId: SpiffeId;
  /** Kind of the default identity's bot: bot, service or node; undefined when nobody has told. */
  readonly kind: string | undefined;

  /** All identities, the default first unless the options name another. */
  identities(): readonly SpiffeId[];

  /**
   * One identity among several.
   * @throws IssuerError NO_IDENTITY when there is none with this SPIFFE ID or hint.
   */
  identity(which: { readonly spiffeId?: string; readonly hint?: string }): IdentityView;

  /** All X509-SVIDs that can be used now. @throws IssuerError as `x509Svid`, when there is none. */
  x509Svids(): readonly X509Svid[];

  /** The bundles that are trusted. */
  bundles(): readonly Bundle[];

  /**
   * A JWT-SVID for one audience, or for several when the receiver asks for that.
   * @throws IssuerError AUDIENCE_NOT_ALLOWED, NO_IDENTITY, UNAVAILABLE, CLOSED.
   */
  jwtSvid(audience: string | readonly string[]): Promise<JwtSvid>;

  /**
   * Has the issuer record that a statement was signed now with the default identity's X509-SVID.
   * @param statement.sha256 over the detached JWS.
   * @throws IssuerError UNIMPLEMENTED where there is no issuer's log; UNAVAILABLE, DENIED, SVID_EXPIRED …
   */
  proveStatement(statement: {
    readonly serialHex: string;
    readonly sha256: Buffer;
  }): Promise<StatementProof__Output>;

  /**
   * Tells the issuer who has called. Absent: there is nobody to tell.
   * @throws IssuerError UNAVAILABLE, LIMIT_EXCEEDED: try again; REQUEST_INVALID: not these.
   */
  reportUses?(report: UsesReport): Promise<void>;

  /** Why an identity is denied; undefined when it is not, or nobody tells. */
  isDenied(what: DeniedQuery): DenialReason | undefined;

  /** What is known of denied identities, and how old it is. */
  readonly denySet: DenySetState;

  /** Calls back when the denied identities change. @returns stops the calls. */
  onDenied(listener: () => void): () => void;

  /** Resolves when the denied identities are known, or cannot be. */
  deniedReady(): Promise<void>;

  /** Certificate revocation lists in DER; none where nobody tells. */
  crls(): readonly Buffer[];

  /** Resolves when the lists are known, or cannot be. */
  crlsReady(): Promise<void>;

  /**
   * One more stream to the server, on a connection that presents this identity: for a node that speaks for its processes.
   * @throws IssuerError CONFIG_INVALID when the server is not reached over TLS; as `x509Svid`.
   */
  openBeside(): AttachChannel;

  close(): Promise<void>;
}
