import { IssuerError } from "../../errors.ts";
import type { ListActivityRequest__Output } from "../../wire/index.ts";
import type { ActivityOrder } from "../activity.ts";
import { VERSION } from "../version.ts";
import type { AdminServices } from "./context.ts";
import { choiceOf } from "./fields.ts";

const ORDERS: readonly ActivityOrder[] = ["issued", "refused"];
const MOST_BOTS = 1000;
const USUAL_BOTS = 20;

/** The methods of StatusService. */
export function statusMethods(services: AdminServices) {
  const { activity, clock, connections, registry, seen, store } = services;
  return {
    async getStatus() {
      const now = clock.now();
      const [authorities, denials, logRecords, disk] = await Promise.all([
        services.authorities.list(),
        store.countDenials(now),
        store.auditSequence(),
        seen.disk(),
      ]);
      const { newest } = services.log;
      const issued = activity.issued;
      return {
        version: VERSION,
        trustDomain: services.trustDomain.name,
        startedAtMs: activity.startedAt.getTime(),
        nowMs: now.getTime(),
        authorities: authorities.map(({ id, kind, state, notBefore, notAfter }) => ({
          id,
          kind,
          state,
          notBeforeMs: notBefore.getTime(),
          notAfterMs: notAfter.getTime(),
        })),
        serverSvidEndsAtMs: now.getTime() + Math.round(seen.ownSvidLeftSeconds() * 1000),
        botsConnected: [...registry.countByAttestor()].map(([name, count]) => ({ name, count })),
        instancesConnected: registry.instances,
        svidsNearExpiry: registry.countNearExpiry(now),
        denySubscribers: seen.denySubscribers(),
        operatorConnections: connections.size,
        x509Issued: issued.x509,
        jwtIssued: issued.jwt,
        refusals: activity.refusalsOfLastHour().map(({ code, count }) => ({ name: code, count })),
        denials,
        recordBacklog: services.recorder.waiting,
        databaseBytes: disk.database,
        databaseLogBytes: disk.databaseLog,
        diskFreeBytes: disk.free,
        diskSizeBytes: disk.size,
        logRecords,
        logCovered: newest?.size ?? 0,
        logCheckpointAtMs: newest?.at.getTime() ?? 0,
      };
    },

    async listActivity({ limit, order }: ListActivityRequest__Output) {
      if (limit > MOST_BOTS) {
        throw new IssuerError("REQUEST_INVALID", `limit ${limit} is above 1,000`);
      }
      const by = choiceOf("order", order, ORDERS) ?? "issued";
      const bots = activity.busiest(limit === 0 ? USUAL_BOTS : limit, by);
      return {
        bots: bots.map(({ lastIssuedAt, ...counts }) => ({
          ...counts,
          connections: registry.countOf(counts.bot),
          lastIssuedAtMs: lastIssuedAt?.getTime() ?? 0,
        })),
        windowMs: activity.windowMs,
        botsKnown: activity.bots,
        nowMs: clock.now().getTime(),
      };
    },
  };
}
