import { readFile } from "node:fs/promises";
import type { Clock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type { Selector } from "../spiffe/index.ts";
import type { Attestor } from "./attestor.ts";
import { type ProcessFacts, readProcessFacts } from "./process-facts.ts";

export interface UnixOptions {
  readonly clock: Clock;
  /** Whether executables are hashed for `unix:sha256` selectors. Default false. */
  readonly hashExecutables?: boolean;
}

/** Processes of the server's own machine: the kernel says who is at the other end of the socket. */
export function unixAttestor({ hashExecutables }: UnixOptions): Attestor {
  return {
    type: "unix",
    async begin(_evidence, { peerCredentials, transport }) {
      if (transport !== "local" || peerCredentials === undefined) {
        const message = "the unix attestor serves the local bots' socket only";
        throw new IssuerError("ATTESTATION_REFUSED", message);
      }
      const { pid, uid, gid, connectedAtMs } = peerCredentials;
      // From another pid namespace the kernel has no pid to give.
      if (pid === 0) {
        throw new IssuerError("ATTESTATION_REFUSED", "the caller is in another pid namespace");
      }
      const facts = await readProcessFacts(pid, {
        hash: hashExecutables ?? false,
        // Who opened the connection had started by then; /proc tells the time of boot in whole seconds.
        openedBefore: connectedAtMs + 1000,
      });
      if (facts === undefined || facts.uid !== uid || facts.gid !== gid) {
        const message = `process ${pid} is not the one that opened the connection any more`;
        throw new IssuerError("ATTESTATION_REFUSED", message);
      }
      return {
        kind: "proof",
        proof: {
          attestor: "unix",
          selectors: await selectorsOf(facts),
          evidenceKey: `unix:uid:${uid}`,
        },
      };
    },
  };
}

async function selectorsOf(facts: ProcessFacts): Promise<Selector[]> {
  const users = await namesById("/etc/passwd");
  const groups = await namesById("/etc/group");
  const user = users.get(facts.uid);
  const group = groups.get(facts.gid);
  const values = [
    `uid:${facts.uid}`,
    `gid:${facts.gid}`,
    ...(user === undefined ? [] : [`user:${user}`]),
    ...(group === undefined ? [] : [`group:${group}`]),
    ...facts.supplementaryGids.slice(0, 256).flatMap((gid) => {
      const name = groups.get(gid);
      return [
        `supplementary_gid:${gid}`,
        ...(name === undefined ? [] : [`supplementary_group:${name}`]),
      ];
    }),
    ...(facts.executablePath === undefined ? [] : [`path:${facts.executablePath}`]),
    ...(facts.executableSha256 === undefined ? [] : [`sha256:${facts.executableSha256}`]),
  ];
  return values
    .filter((value) => !/\p{Cc}/u.test(value) && Buffer.byteLength(value) <= 1024)
    .map((value) => ({ type: "unix", value }));
}

/** Names by number, from a file of the form name:password:number:… */
async function namesById(file: string): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  for (const line of text.split("\n")) {
    const [name, , id] = line.split(":");
    if (name && id && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
