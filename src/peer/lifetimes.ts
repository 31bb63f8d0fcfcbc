import type { Timer } from "../clock.ts";
import type { PeerIdentity } from "./identity.ts";
import { denialOf, type Peer } from "./verify.ts";

interface Cuttable {
  destroy(error?: Error): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** The open connections of one identity; they end when what they were opened with does. */
class Lifetimes {
  readonly #identity: PeerIdentity;
  readonly #open = new Map<Cuttable, Peer>();

  constructor(identity: PeerIdentity) {
    this.#identity = identity;
    identity.denied?.onDenied(() => this.#cutDenied());
  }

  watch(socket: Cuttable, peer: Peer, ownExpiresAt: Date): void {
    this.#open.set(socket, peer);
    const { clock } = this.#identity;
    const end = Math.min(peer.expiresAt.getTime(), ownExpiresAt.getTime());
    const timer: Timer = clock.schedule(end - clock.now().getTime(), () => socket.destroy());
    socket.once("close", () => {
      timer.cancel();
      this.#open.delete(socket);
    });
    // Denied between the check of the handshake and now.
    if (denialOf(peer, this.#identity) !== undefined) socket.destroy();
  }

  #cutDenied(): void {
    for (const [socket, peer] of this.#open) {
      if (denialOf(peer, this.#identity) !== undefined) socket.destroy();
    }
  }
}

const lifetimes = new WeakMap<PeerIdentity, Lifetimes>();

/** Ends the socket when the peer's SVID or our own expires, or the peer is denied. */
export function endWithIdentity(
  socket: Cuttable,
  peer: Peer,
  ownExpiresAt: Date,
  identity: PeerIdentity,
): void {
  let watched = lifetimes.get(identity);
  if (watched === undefined) {
    watched = new Lifetimes(identity);
    lifetimes.set(identity, watched);
  }
  watched.watch(socket, peer, ownExpiresAt);
}
