import type { Clock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import { readCaller } from "../host/index.ts";
import type { Attestor } from "./attestor.ts";

export interface UnixOptions {
  readonly clock: Clock;
  /** Whether executables are hashed for `unix:sha256` selectors. Default false. */
  readonly hashExecutables?: boolean;
}

/** Processes of the server's own machine: the kernel says who is at the other end of the socket. */
export function unixAttestor({ hashExecutables = false }: UnixOptions): Attestor {
  return {
    type: "unix",
    async begin(_evidence, { peerCredentials, transport }) {
      if (transport !== "local" || peerCredentials === undefined) {
        const message = "the unix attestor serves the local bots' socket only";
        throw new IssuerError("ATTESTATION_REFUSED", message);
      }
      const caller = await readCaller(peerCredentials, hashExecutables);
      const { selectors, hasTerminal, parent } = caller;
      const evidenceKey = `unix:uid:${peerCredentials.uid}`;
      const observed = {
        terminal: hasTerminal === undefined ? "unknown" : hasTerminal ? "yes" : "no",
        ...(parent === undefined ? {} : { parent }),
      };
      return { kind: "proof", proof: { attestor: "unix", selectors, evidenceKey, observed } };
    },
  };
}
