import { isAbsolute } from "node:path";
import { IssuerError } from "../../errors.ts";
import type { RequestContext } from "../../issuance/index.ts";
import {
  bundleToMessage,
  type ExportAuditRequest__Output,
  type ListAuditRequest__Output,
  type MintJwtSvidRequest__Output,
  type MintX509SvidRequest__Output,
  type ProveRecordRequest__Output,
} from "../../wire/index.ts";
import { jwtMessage, x509Message } from "../attach/messages.ts";
import { VERSION } from "../version.ts";
import { type AdminCall, type AdminServices, changeState } from "./context.ts";
import { instantOf, requiredOf } from "./fields.ts";

/** The methods of MintService. */
export function mintMethods(services: AdminServices) {
  return {
    async mintX509Svid(request: MintX509SvidRequest__Output, call: AdminCall) {
      const wish = {
        kind: "x509",
        csrDer: request.csr,
        ttlSeconds: request.ttlSeconds,
      } as const;
      const context = contextOf(call);
      const begunMs = services.clock.monotonicMs();
      const svid = await services.issuer.mint(requiredOf("bot", request.bot), wish, context, () =>
        services.callers.confirm(services.store, call.caller),
      );
      if (svid.kind !== "x509") throw new IssuerError("INTERNAL", "issued another kind of SVID");
      services.metrics.issued("x509", request.bot, secondsSince(services, begunMs));
      const bundle = bundleToMessage(services.authorities.bundle());
      return { svid: x509Message(svid), bundle };
    },

    async mintJwtSvid(request: MintJwtSvidRequest__Output, call: AdminCall) {
      const wish = {
        kind: "jwt",
        audience: request.audience,
        ttlSeconds: request.ttlSeconds,
      } as const;
      const context = contextOf(call);
      const begunMs = services.clock.monotonicMs();
      const svid = await services.issuer.mint(requiredOf("bot", request.bot), wish, context, () =>
        services.callers.confirm(services.store, call.caller),
      );
      if (svid.kind !== "jwt") throw new IssuerError("INTERNAL", "issued another kind of SVID");
      services.metrics.issued("jwt", request.bot, secondsSince(services, begunMs));
      return { svid: jwtMessage(svid) };
    },
  };
}

function secondsSince({ clock }: AdminServices, begunMs: number): number {
  return (clock.monotonicMs() - begunMs) / 1000;
}

/** Who mints, for the records. */
function contextOf({ requestId, caller, facts }: AdminCall): RequestContext {
  const { actor, source } = caller;
  return { requestId, actor, source, remoteAddress: facts.remoteAddress };
}

/** The methods of AuditService. */
export function auditMethods(services: AdminServices) {
  return {
    async listAudit(request: ListAuditRequest__Output) {
      const limit = request.pageSize === 0 ? 100 : request.pageSize;
      if (limit > 1000) {
        throw new IssuerError("REQUEST_INVALID", `page_size ${limit} is above 1,000`);
      }
      const since = instantOf("since_ms", request.sinceMs);
      const until = instantOf("until_ms", request.untilMs);
      const records = await services.store.listAudit({
        limit,
        afterSequence: request.afterSequence,
        ...(request.bot === "" ? {} : { bot: request.bot }),
        ...(request.serial === "" ? {} : { serial: request.serial.toLowerCase() }),
        ...(request.instanceId === "" ? {} : { instanceId: request.instanceId }),
        ...(request.type === "" ? {} : { type: request.type }),
        ...(since === null ? {} : { since }),
        ...(until === null ? {} : { until }),
      });
      const last = records.length < limit ? 0 : (records.at(-1)?.sequence ?? 0);
      return { records: records.map((each) => each.bytes), nextAfterSequence: last };
    },

    async getLogKey() {
      return { verifier: services.log.verifier };
    },

    async makeCheckpoint() {
      const { note, size, at } = await services.log.checkpoint();
      return { note, size, atMs: at.getTime() };
    },

    async proveRecord(request: ProveRecordRequest__Output) {
      const serial = requiredOf("serial", request.serial).toLowerCase();
      const { record, index, hashes, note, verifier, handovers } = await services.log.prove(serial);
      const { bytes, sequence } = record;
      const by = { checkpoint: note, verifier, handovers: [...handovers] };
      return { record: bytes, sequence, index, hashes: [...hashes], ...by };
    },

    async exportAudit(request: ExportAuditRequest__Output) {
      const limit = request.pageSize === 0 ? 1000 : request.pageSize;
      if (limit > 1000) {
        throw new IssuerError("REQUEST_INVALID", `page_size ${limit} is above 1,000`);
      }
      const { afterSequence, upTo } = request;
      const page = await services.log.exportPage({ after: afterSequence, upTo, limit });
      return { lines: [...page.lines], nextAfterSequence: page.next, upTo: page.upTo };
    },
  };
}

/** The methods of ServerService. */
export function serverMethods(services: AdminServices) {
  return {
    async getInfo() {
      return {
        version: VERSION,
        trustDomain: services.trustDomain.name,
        addresses: [...services.addresses()],
        uid: services.uid,
        feedSequence: await services.store.feedSequence(),
      };
    },

    async backup(request: { directory: string }, call: AdminCall) {
      if (!isAbsolute(request.directory)) {
        const shown = JSON.stringify(request.directory.slice(0, 200));
        throw new IssuerError("REQUEST_INVALID", `directory ${shown} is not an absolute path`);
      }
      const made = await services.backup(request.directory);
      return changeState(services, call, async () => ({
        result: made,
        events: [{ type: "backup.made", details: { directory: request.directory } }],
      }));
    },
  };
}
