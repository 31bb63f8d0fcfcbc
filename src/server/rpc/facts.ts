import type { VerifiedX509Svid } from "../../crypto/index.ts";
import type { PeerCredentials } from "../../host/index.ts";

/** What a listener knows of a connection before anything was said on it. */
export interface ConnectionFacts {
  readonly transport: "tls" | "local" | "admin";
  /** Empty on Unix sockets. */
  readonly remoteAddress: string;
  /** The client's SVID, chain verified when the connection opened; absent: none, or a bad one. */
  readonly peerSvid?: VerifiedX509Svid;
  /** Why a client certificate was not accepted. */
  readonly peerRefusal?: Error;
  readonly peerCredentials?: PeerCredentials;
  /** Told of each call: a connection without any is closed after a while. */
  readonly onCall?: () => void;
  /** Calls back once the connection has ended; at once, when it has. */
  readonly onEnd?: (listener: () => void) => void;
  /** Ends the connection at once. */
  close(): void;
}
