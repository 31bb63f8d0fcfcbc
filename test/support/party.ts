import { systemClock } from "../../src/clock.ts";
import { type ErrorCode, IssuerError } from "../../src/errors.ts";
import type { CutReport, PeerIdentity } from "../../src/index.ts";
import { Bundle, type X509Svid } from "../../src/spiffe/index.ts";
import { type TestAuthority, testAuthority } from "./ca.ts";

/** One side of a connection, whose whole life a test decides on. */
export interface Party {
  readonly identity: PeerIdentity;
  readonly id: string;
  /** Every connection that it has cut. */
  readonly cuts: CutReport[];
  svid(): X509Svid;
  /** Denies, as the server's push would: by serial, jti or SPIFFE ID. */
  deny(what: string, reason: string): void;
  /** Its own identity is taken away. */
  lose(code: ErrorCode): void;
  /** Its bundle is replaced by one without the authorities, X.509 and JWT. */
  removeAuthorities(): void;
  /** Its SVID is replaced. */
  rotate(notAfter?: Date): Promise<void>;
}

/** Parties of one trust domain. */
export async function parties(authority?: TestAuthority) {
  const ca = authority ?? (await testAuthority());
  return {
    ca,
    async party(
      path: string,
      options: { readonly notAfter?: Date; readonly graceMs?: number } = {},
    ): Promise<Party> {
      const issue = (notAfter = options.notAfter): Promise<X509Svid> =>
        ca.issue({ path, ...(notAfter && { notAfter }) });
      let svid = await issue();
      let lost: IssuerError | undefined;
      let bundle = ca.bundle;
      const denials = new Map<string, string>();
      const listeners = { denied: new Set<() => void>(), change: new Set<() => void>() };
      const on = (set: Set<() => void>) => (listener: () => void) => {
        set.add(listener);
        return () => set.delete(listener);
      };
      const tell = (set: Set<() => void>): void => {
        for (const listener of [...set]) listener();
      };
      const cuts: CutReport[] = [];
      const held = (): X509Svid => {
        if (lost !== undefined) throw lost;
        if (svid.notAfter.getTime() <= Date.now()) throw new IssuerError("SVID_EXPIRED", "expired");
        return svid;
      };
      const identity: PeerIdentity = {
        svid: held,
        bundles: {
          bundleFor: (domain) => (bundle.trustDomain.equals(domain) ? bundle : undefined),
        },
        denied: {
          isDenied: ({ serialHex = "", jti = "", spiffeId = "" }) =>
            denials.get("*") ?? denials.get(serialHex) ?? denials.get(jti) ?? denials.get(spiffeId),
          onDenied: on(listeners.denied),
        },
        clock: systemClock,
        onChange: on(listeners.change),
        cutting: {
          ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
          onCut: (report) => cuts.push(report),
        },
      };
      return {
        identity,
        id: svid.spiffeId.toString(),
        cuts,
        svid: () => svid,
        deny(what, reason) {
          denials.set(what, reason);
          tell(listeners.denied);
        },
        lose(code) {
          lost = new IssuerError(code, "taken away");
          tell(listeners.change);
        },
        removeAuthorities() {
          bundle = new Bundle({ trustDomain: ca.trustDomain, sequence: 2n });
          tell(listeners.change);
        },
        async rotate(notAfter) {
          svid = await issue(notAfter);
          tell(listeners.change);
        },
      };
    },
  };
}
