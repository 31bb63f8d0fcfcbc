import { banInstance, evictInstance, validateText } from "../../bots/index.ts";
import type { InstanceRecord } from "../../store/index.ts";
import type {
  EvictInstanceRequest__Output,
  InstanceRecord as InstanceMessage,
  ListInstancesRequest__Output,
} from "../../wire/index.ts";
import { type AdminCall, type AdminServices, changeState } from "./context.ts";
import { choiceOf, msOf, pageOf, requiredOf } from "./fields.ts";

const STATES = ["active", "evicted", "banned", "locked", "ended"] as const;

/** The methods of InstanceService. */
export function instanceMethods(services: AdminServices) {
  return {
    async listInstances(request: ListInstancesRequest__Output) {
      const state = choiceOf("state", request.state, STATES);
      const filter = {
        ...(request.bot === "" ? {} : { bot: request.bot }),
        ...(state === undefined ? {} : { state }),
      };
      const { items, next } = await services.store.listInstances(filter, pageOf(request));
      return {
        instances: items.map((each) => instanceMessage(services, each)),
        nextPageToken: next ?? "",
      };
    },

    evictInstance: (request: EvictInstanceRequest__Output, call: AdminCall) =>
      putOut(services, request, call, "instance.evicted"),
    banInstance: (request: EvictInstanceRequest__Output, call: AdminCall) =>
      putOut(services, request, call, "instance.banned"),
  };
}

function putOut(
  services: AdminServices,
  request: EvictInstanceRequest__Output,
  call: AdminCall,
  type: "instance.evicted" | "instance.banned",
) {
  const id = requiredOf("id", request.id);
  const reason = validateText("reason", request.reason, 1024, 0);
  return changeState(services, call, async (tx, now) => {
    const { instance, denied } =
      type === "instance.banned"
        ? await banInstance(tx, id, reason, now)
        : await evictInstance(tx, id, now);
    const details = { reason, denied: String(denied), evidence: instance.evidenceKey };
    return {
      result: { instance: instanceMessage(services, instance), denied },
      events: [{ type, bot: instance.bot, instance: id, entry: instance.entryId, details }],
    };
  });
}

/** An instance as operators see it. */
export function instanceMessage(
  services: AdminServices,
  instance: InstanceRecord,
): InstanceMessage {
  return {
    id: instance.id,
    bot: instance.bot,
    entryId: instance.entryId,
    state: instance.state,
    attestor: instance.attestor,
    selectors: [...instance.selectors],
    attestedAtMs: instance.attestedAt.getTime(),
    lastSeenAtMs: instance.lastSeenAt.getTime(),
    newestSerial: instance.newestSerial ?? "",
    newestNotAfterMs: msOf(instance.newestNotAfter),
    connected: services.registry.isConnected(instance.id),
    remoteAddress: instance.remoteAddress,
  };
}
