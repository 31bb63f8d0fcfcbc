import { IssuerError } from "../errors.ts";
import type { Selector } from "../spiffe/index.ts";
import type { PeerCredentials } from "./peer-credentials.ts";
import { readProcessFacts } from "./process-facts.ts";
import { unixSelectors } from "./selectors.ts";

/** A process that has opened a connection, as the kernel knows it. */
export interface Caller {
  readonly pid: number;
  readonly uid: number;
  /** When the process started, in ticks since boot: with the pid it names one process and no other. */
  readonly startTicks: number;
  readonly selectors: readonly Selector[];
  /** Of the session that it runs in; undefined: cannot be read. */
  readonly hasTerminal?: boolean | undefined;
  readonly parent?: string | undefined;
}

/**
 * Attests the process at the other end of a socket.
 * @param hash whether its executable is hashed for `unix:sha256`.
 * @throws IssuerError ATTESTATION_REFUSED when it has ended, its pid was reused, or it lives in another pid namespace.
 */
export async function readCaller(
  { pid, uid, gid, connectedAtMs }: PeerCredentials,
  hash: boolean,
): Promise<Caller> {
  // From another pid namespace the kernel has no pid to give.
  if (pid === 0) {
    throw new IssuerError("ATTESTATION_REFUSED", "the caller is in another pid namespace");
  }
  // Who opened the connection had started by then; /proc tells the time of boot in whole seconds.
  const facts = await readProcessFacts(pid, { hash, openedBefore: connectedAtMs + 1000 });
  if (facts === undefined || facts.uid !== uid || facts.gid !== gid) {
    const message = `process ${pid} is not the one that opened the connection any more`;
    throw new IssuerError("ATTESTATION_REFUSED", message);
  }
  const { startTicks, hasTerminal, parent } = facts;
  return { pid, uid, startTicks, selectors: await unixSelectors(facts), hasTerminal, parent };
}
