import type { TLSSocket } from "node:tls";
import { peerChain, type VerifiedX509Svid, verifyX509Svid } from "../crypto/index.ts";
import { IssuerError, messageOf } from "../errors.ts";
import {
  exactly,
  type IdMatcher,
  type Peer,
  type SpiffeId,
  type X509Svid,
} from "../spiffe/index.ts";
import type { PeerIdentity } from "./identity.ts";

export type { Peer } from "../spiffe/index.ts";

/** Whom to accept: a SPIFFE ID, or a matcher. */
export type PeerRule = string | IdMatcher;

export function ruleOf(rule: PeerRule): IdMatcher {
  return typeof rule === "string" ? exactly(rule) : rule;
}

/**
 * Verifies a chain as that of an acceptable peer, by the identity's bundles, clock and denied identities.
 * @throws IssuerError PEER_NOT_TRUSTED, PEER_NOT_AUTHORIZED, DENIED.
 */
export function verifyPeer(
  chainDer: readonly Buffer[],
  identity: Pick<PeerIdentity, "bundles" | "clock" | "denied">,
  rule: IdMatcher,
): Peer {
  let verified: VerifiedX509Svid;
  try {
    verified = verifyX509Svid(chainDer, identity.bundles, identity.clock.now());
  } catch (cause) {
    const details = cause instanceof IssuerError ? cause.details : {};
    throw new IssuerError("PEER_NOT_TRUSTED", `peer is not trusted: ${messageOf(cause)}`, {
      cause,
      details,
    });
  }
  const { spiffeId, serialHex, notAfter } = verified;
  // The last second, which X.509 counts in, is too short to begin anything: the connection ends where it begins.
  if (notAfter <= identity.clock.now()) {
    const at = notAfter.toISOString();
    throw new IssuerError("PEER_NOT_TRUSTED", `peer is not trusted: its SVID expired at ${at}`);
  }
  asCaller(spiffeId, () => rule(spiffeId));
  const peer: Peer = { spiffeId, serialHex, expiresAt: notAfter };
  grounds.set(peer, { chainDer, authorityDer: verified.authorityDer });
  const reason = denialOf(peer, identity);
  if (reason !== undefined) {
    asCaller(spiffeId, () => {
      throw denied(peer, reason);
    });
  }
  return peer;
}

/** Who was refused, by the error. */
const refusedCallers = new WeakMap<object, SpiffeId>();

/** Has what is thrown known as the refusal of a caller who has proven who it is. */
function asCaller(spiffeId: SpiffeId, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof IssuerError) refusedCallers.set(error, spiffeId);
    throw error;
  }
}

/** Whom `verifyPeer` has refused with this error; undefined when nobody was proven. */
export function refusedCallerOf(error: IssuerError): SpiffeId | undefined {
  return refusedCallers.get(error);
}

/** As `verifyPeer`, for those who have no identity of their own. */
export function verifyChain(
  chainDer: readonly Buffer[],
  identity: Pick<PeerIdentity, "bundles" | "clock" | "denied">,
  rule: PeerRule,
): Peer {
  return verifyPeer(chainDer, identity, ruleOf(rule));
}

/** What a peer was accepted by. */
interface Grounds {
  readonly chainDer: readonly Buffer[];
  /** The authority that its chain ended at. */
  authorityDer: Buffer;
}

const grounds = new WeakMap<Peer, Grounds>();

/** Whether the bundles still vouch for a peer that they have vouched for. */
export function isVouchedFor(peer: Peer, { bundles, clock }: PeerIdentity): boolean {
  const ground = grounds.get(peer);
  // Nothing vouched for it in the first place: an SVID of our own.
  if (ground === undefined) return true;
  const bundle = bundles.bundleFor(peer.spiffeId.trustDomain);
  if (bundle?.x509Authorities.some((der) => der.equals(ground.authorityDer))) return true;
  try {
    // Another authority may vouch for it, too.
    ground.authorityDer = verifyX509Svid(ground.chainDer, bundles, clock.now()).authorityDer;
    return true;
  } catch (error) {
    if (error instanceof IssuerError) return false;
    throw error;
  }
}

const selves = new WeakMap<X509Svid, Peer>();

/** An SVID of our own, as its peers see it. */
export function selfAsPeer(own: X509Svid, { bundles, clock }: PeerIdentity): Peer {
  const known = selves.get(own);
  if (known !== undefined) return known;
  const { spiffeId, serialHex, notAfter, certChainDer } = own;
  const self: Peer = { spiffeId, serialHex, expiresAt: notAfter };
  selves.set(own, self);
  try {
    const { authorityDer } = verifyX509Svid(certChainDer, bundles, clock.now());
    grounds.set(self, { chainDer: certChainDer, authorityDer });
  } catch (error) {
    if (!(error instanceof IssuerError)) throw error;
  }
  return self;
}

/** Why the peer is denied; undefined when it is not. */
export function denialOf(peer: Peer, identity: Pick<PeerIdentity, "denied">): string | undefined {
  const { serialHex, spiffeId } = peer;
  return identity.denied?.isDenied({ serialHex, spiffeId: spiffeId.toString() });
}

export function denied(peer: Peer, reason: string): IssuerError {
  const { spiffeId, serialHex } = peer;
  return new IssuerError(
    "DENIED",
    `peer ${spiffeId} with serial ${serialHex} is denied: ${reason}`,
  );
}

/** The verified peer of each socket. */
const peers = new WeakMap<object, Peer>();

/** Verifies the other side of a socket whose handshake is done, and remembers who it is. */
export function verifySocket(socket: TLSSocket, identity: PeerIdentity, rule: IdMatcher): Peer {
  const peer = verifyPeer(peerChain(socket), identity, rule);
  peers.set(socket, peer);
  return peer;
}

/** Remembers who is behind something that stands for a connection. */
export function rememberPeer(connection: object, peer: Peer): void {
  peers.set(connection, peer);
}

export function rememberedPeer(socket: object): Peer | undefined {
  return peers.get(socket);
}
