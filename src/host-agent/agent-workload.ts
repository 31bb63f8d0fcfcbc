import { IDENTITY_CHANGES, type Line, type UsesReport } from "../agent/index.ts";
import { verifyJwt } from "../peer/index.ts";
import type { JwtSvid } from "../spiffe/index.ts";
import type { Workload } from "../workload-api/index.ts";

/**
 * What an agent holds, as what a local process may have.
 * @param trust the line that knows what is revoked, one for all processes.
 */
export function workloadOf(agent: Line, trust: Line, release: () => void): Workload {
  return {
    crls: () => trust.crls(),
    svids: () => agent.x509Svids(),
    bundles: () => agent.bundles(),
    jwtSvid: (spiffeId, audience) =>
      agent.identity({ spiffeId: spiffeId.toString() }).jwtSvid(audience),
    ...(agent.reportUses === undefined
      ? {}
      : { reportUses: (report: UsesReport) => reportBy(agent, report) }),
    onChange(listener) {
      for (const name of IDENTITY_CHANGES) agent.on(name, listener);
      trust.on("crls", listener);
      return () => {
        trust.off("crls", listener);
        for (const name of IDENTITY_CHANGES) agent.off(name, listener);
      };
    },
    release,
  };
}

/** @throws IssuerError as `Line.reportUses`. */
async function reportBy(agent: Line, report: UsesReport): Promise<void> {
  await agent.reportUses?.(report);
}

/** Verifies a token by what the agent knows of bundles and denials. @throws IssuerError SVID_INVALID, DENIED. */
export function validateBy(agent: Line, token: string, audience: string): JwtSvid {
  return verifyJwt({ bundles: agent, clock: agent.clock, denied: agent }, token, { audience });
}
