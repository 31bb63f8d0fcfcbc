// The entry point botpass/workload-api: a client of any SPIFFE agent.
import { type Clock, systemClock } from "./clock.ts";
import type { PeerIdentity } from "./peer/index.ts";
import { mergedBundle } from "./spiffe/index.ts";
import type { JwtSource, X509Source } from "./workload-client/index.ts";

export * from "./workload-client/index.ts";

/**
 * A source of a SPIFFE agent as an identity for the functions of the library: `serverTls`, `clientTls`, `createFetch` and their kin.
 * Nobody is denied before expiry: other agents tell nothing of that.
 * @param options.jwt for tokens, sent and verified.
 */
export function workloadIdentity(
  source: X509Source,
  options: { readonly jwt?: JwtSource; readonly clock?: Clock } = {},
): PeerIdentity {
  const { jwt, clock = systemClock } = options;
  return {
    svid: () => source.x509Svid(),
    bundles: {
      bundleFor(trustDomain) {
        return mergedBundle(source.bundleFor(trustDomain), jwt?.bundleFor(trustDomain));
      },
    },
    clock,
    onChange: (listener) => source.onChange(listener),
    ...(jwt === undefined ? {} : { jwt }),
  };
}
