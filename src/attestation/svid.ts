import type { Clock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type { InstanceRecord, Store, StoreTransaction } from "../store/index.ts";
import type { Attestor, Proof } from "./attestor.ts";

export interface SvidOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Locks the instance whose old SVID was used: a copy of it is somewhere. */
  readonly lock: (tx: StoreTransaction, instance: InstanceRecord, now: Date) => Promise<unknown>;
}

/**
 * The instance's newest X509-SVID (or the one used last before, while the newest is unused: answers may have been lost)
 * goes on with the evidence that was recorded. An older one is a copy, and locks the instance.
 */
export function svidAttestor({ store, clock, lock }: SvidOptions): Attestor {
  return {
    type: "svid",
    async begin(_evidence, { peerSvid, transport }) {
      if (transport !== "tls" || peerSvid === undefined) {
        const message = "no valid SVID was presented as the client certificate";
        throw new IssuerError("CLIENT_CERTIFICATE_REQUIRED", message);
      }
      const { serialHex, spiffeId } = peerSvid;
      if (peerSvid.notAfter <= clock.now()) {
        throw new IssuerError("SVID_EXPIRED", `SVID ${serialHex} has expired`);
      }
      const outcome = await store.transaction(async (tx) => {
        const denial =
          (await tx.getDenial("serial", serialHex)) ??
          (await tx.getDenial("spiffe_id", spiffeId.toString()));
        const instance = await tx.getInstanceBySerial(serialHex);
        if (instance === undefined) {
          const message = `SVID ${serialHex} belongs to no instance: it cannot resume one`;
          return new IssuerError("ATTESTATION_REFUSED", message);
        }
        const details = { instanceId: instance.id, bot: instance.bot, serial: serialHex };
        if (instance.state === "locked") {
          const message = `instance ${instance.id} is locked`;
          return new IssuerError("INSTANCE_LOCKED", message, { details });
        }
        if (denial !== undefined) {
          const message = `SVID ${serialHex} is denied: ${denial.reason}`;
          return new IssuerError("DENIED", message, { details });
        }
        const signer = (await tx.getIssuance(serialHex))?.authorityId;
        if (signer !== undefined && (await tx.getAuthority(signer)) === undefined) {
          const message = `the authority that signed SVID ${serialHex} was revoked: attest afresh`;
          return new IssuerError("ATTESTATION_REFUSED", message, { details });
        }
        if (!instance.resumable || instance.state !== "active") {
          const message = `instance ${instance.id} cannot be resumed: attest afresh`;
          return new IssuerError("ATTESTATION_REFUSED", message, { details });
        }
        if (serialHex === instance.newestSerial) return instance;
        if (serialHex === instance.previousSerial && !instance.newestUsed) return instance;
        await lock(tx, instance, clock.now());
        const message = `SVID ${serialHex} was replaced: instance ${instance.id} is locked now`;
        return new IssuerError("INSTANCE_LOCKED", message, { details });
      });
      // Thrown outside, so that the lock is kept.
      if (outcome instanceof IssuerError) throw outcome;
      return { kind: "proof", proof: proofOf(outcome) };
    },
  };
}

function proofOf(instance: InstanceRecord): Proof {
  return {
    attestor: "svid",
    selectors: instance.selectors,
    evidenceKey: instance.evidenceKey,
    onlyBot: instance.bot,
    resumes: instance,
    ...(instance.evidenceExpiresAt === null ? {} : { expiresAt: instance.evidenceExpiresAt }),
  };
}
