import type { Command } from "commander";
import { formatDuration } from "../../duration.ts";
import type { ServerStatus__Output } from "../../wire/index.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { example } from "../flags.ts";
import { renderRecord, showInstant } from "../table.ts";
import { type StatusView, statusView } from "../views.ts";

const MIB = 1024 * 1024;

/** `botpass status`: how the server is doing. */
export function addStatusCommand(program: Command, context: CliContext): void {
  const command = program
    .command("status")
    .description("say how the server is doing: authorities, bots, refusals, records, disk")
    .action(async (_flags: object, self: Command) => {
      const printer = printerOf(context, self);
      await withServer(context, self, async (server) => {
        const status = await server.call("StatusService", "GetStatus", {});
        const view = statusView(status, attentionOf(status));
        printer.result(view, () => textOf(view));
      });
    });
  example(command, "botpass status");
}

/** What somebody should look at, with the runbook that says how. The limits are those of the alert rules. */
function attentionOf(status: ServerStatus__Output): string[] {
  const { nowMs } = status;
  const notes: string[] = [];
  for (const { kind, state, notBeforeMs, notAfterMs } of status.authorities) {
    if (state !== "active" || (notAfterMs - nowMs) * 8 >= notAfterMs - notBeforeMs) continue;
    notes.push(`the ${kind} authority ends ${inWords(notAfterMs - nowMs)} (authority-ends-soon)`);
  }
  if (status.serverSvidEndsAtMs - nowMs < 900_000) {
    const left = inWords(status.serverSvidEndsAtMs - nowMs);
    notes.push(`the server's own SVID ends ${left} (server-svid-ends-soon)`);
  }
  if (status.svidsNearExpiry > 0) {
    notes.push(`${status.svidsNearExpiry} connected instances do not rotate (svids-near-expiry)`);
  }
  if (status.recordBacklog > 1000) {
    notes.push(`${status.recordBacklog} requests wait to be recorded (record-backlog)`);
  }
  for (const { name, count } of status.refusals) {
    if (name === "INTERNAL") notes.push(`${count} internal errors (internal-errors)`);
    if (name === "STORE_UNAVAILABLE")
      notes.push(`the database failed ${count} times (store-failing)`);
  }
  if (status.diskFreeBytes < status.diskSizeBytes / 10) {
    notes.push(
      `the disk has ${percent(status.diskFreeBytes, status.diskSizeBytes)} left (disk-full)`,
    );
  }
  const uncovered = status.logRecords - status.logCovered;
  if (uncovered > 0 && nowMs - status.logCheckpointAtMs > 600_000) {
    notes.push(`no checkpoint covers ${uncovered} audit records (checkpoint-old)`);
  }
  return notes;
}

function textOf(view: StatusView): string {
  const { authorities, connected, disk, database, auditLog } = view;
  const nowMs = Date.parse(view.now);
  const counts = (all: Readonly<Record<string, number>>): string =>
    Object.entries(all)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ") || "none";
  const records = renderRecord([
    ["Server", `${view.version}, ${view.trustDomain}`],
    ["Up since", showInstant(view.startedAt)],
    ...authorities.map(
      ({ kind, state, notAfter }) =>
        [`Authority ${kind}`, `${state}, ends ${inWords(Date.parse(notAfter) - nowMs)}`] as const,
    ),
    ["Own SVID", `ends ${inWords(Date.parse(view.serverSvidEndsAt) - nowMs)}`],
    ["Bots connected", counts(connected.streams)],
    ["Instances", `${connected.instances}, ${connected.nearExpiry} near expiry`],
    ["Deny list", `${view.denials} denials, ${connected.denySubscribers} followers`],
    ["Operators connected", String(connected.operators)],
    ["Issued since start", `${view.issued.x509} X509-SVIDs, ${view.issued.jwt} JWT-SVIDs`],
    ["Refused in an hour", counts(view.refusalsLastHour)],
    ["Record backlog", String(view.recordBacklog)],
    ["Database", `${mib(database.bytes)}, log ${mib(database.logBytes)}`],
    ["Disk", `${mib(disk.freeBytes)} free, ${percent(disk.freeBytes, disk.sizeBytes)}`],
    [
      "Audit log",
      `${auditLog.records} records, ${auditLog.covered} under the checkpoint of ${showInstant(auditLog.checkpointAt)}`,
    ],
  ]);
  const notes = view.attention.map((each) => `  ${each}\n`).join("");
  return notes === "" ? records : `${records}\nAttention:\n${notes}`;
}

function inWords(ms: number): string {
  if (ms <= 0) return "now";
  return `in ${formatDuration(Math.max(Math.floor(ms / 1000), 1))}`;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "0 %" : `${((part / whole) * 100).toFixed(1)} %`;
}
