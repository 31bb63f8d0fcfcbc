import { isIPv6 } from "node:net";
import type { Severity } from "./finding.ts";

/** How findings are written for others: our own JSON, OCSF 1.3 (Detection Finding) or CEF. */
export const EVENT_FORMATS = ["json", "ocsf", "cef"] as const;

export type EventFormat = (typeof EVENT_FORMATS)[number];

/** A finding as it leaves the server. */
export interface FindingEvent {
  readonly id: number;
  readonly trustDomain: string;
  /** Of Botpass. */
  readonly version: string;
  readonly at: Date;
  readonly detector: string;
  readonly severity: Severity;
  readonly bot: string | null;
  readonly instance: string | null;
  readonly summary: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly evidence: readonly number[];
}

/** The finding as one line of text. */
export function formatFinding(
  event: FindingEvent,
  format: EventFormat,
): { readonly contentType: string; readonly text: string } {
  if (format === "cef") return { contentType: "text/plain; charset=utf-8", text: cefOf(event) };
  const value = format === "ocsf" ? ocsfOf(event) : jsonOf(event);
  return { contentType: "application/json", text: JSON.stringify(value) };
}

/**
 * Names the event for receivers, once and for all. The number alone would not do: an issuer that was restored from a backup
 * gives its numbers again.
 */
export function eventIdOf({ id, at }: Pick<FindingEvent, "id" | "at">): string {
  return `${id}-${at.getTime()}`;
}

function jsonOf(event: FindingEvent): object {
  const at = event.at.toISOString();
  return { type: "detection.finding", event: eventIdOf(event), ...event, at };
}

/** https://schema.ocsf.io: severity_id. */
const OCSF_SEVERITY: Readonly<Record<Severity, readonly [id: number, name: string]>> = {
  low: [2, "Low"],
  medium: [3, "Medium"],
  high: [4, "High"],
  critical: [5, "Critical"],
};

function ocsfOf(event: FindingEvent): object {
  const [severityId, severity] = OCSF_SEVERITY[event.severity];
  const time = event.at.getTime();
  return {
    activity_id: 1,
    activity_name: "Create",
    category_uid: 2,
    category_name: "Findings",
    class_uid: 2004,
    class_name: "Detection Finding",
    type_uid: 200_401,
    type_name: "Detection Finding: Create",
    time,
    severity_id: severityId,
    severity,
    status_id: 1,
    status: "New",
    message: event.summary,
    metadata: {
      version: "1.3.0",
      product: { name: "Botpass", vendor_name: "Botpass", version: event.version },
      log_name: "detection",
      tenant_uid: event.trustDomain,
    },
    finding_info: {
      uid: `${event.trustDomain}/${eventIdOf(event)}`,
      title: titleOf(event.detector),
      desc: event.summary,
      created_time: time,
      types: [event.detector],
      analytic: { name: event.detector, type_id: 1, type: "Rule" },
    },
    ...(event.bot === null
      ? {}
      : {
          resources: [
            { name: event.bot, type: "bot", ...(event.instance && { uid: event.instance }) },
          ],
        }),
    evidences: [
      {
        data: { ...event.facts, auditRecords: event.evidence },
        ...(event.facts.source ? { src_endpoint: { ip: plainAddress(event.facts.source) } } : {}),
      },
    ],
  };
}

const CEF_SEVERITY: Readonly<Record<Severity, number>> = {
  low: 3,
  medium: 5,
  high: 8,
  critical: 10,
};

function cefOf(event: FindingEvent): string {
  const header = [
    "CEF:0",
    "Botpass",
    "Botpass",
    event.version,
    event.detector,
    titleOf(event.detector),
    String(CEF_SEVERITY[event.severity]),
  ].map((each) => lineOf(each).replace(/[\\|]/g, "\\$&"));
  const facts = Object.entries(event.facts).map(([name, value]) => `${name}=${value}`);
  const source = plainAddress(event.facts.source ?? "");
  const fields: readonly (readonly [string, string | null | undefined])[] = [
    ["rt", String(event.at.getTime())],
    ["externalId", `${event.trustDomain}/${eventIdOf(event)}`],
    ["msg", event.summary],
    ["suser", event.bot],
    // `src` is for IPv4 alone.
    [isIPv6(source) ? "c6a2" : "src", source],
    ["c6a2Label", isIPv6(source) ? "Source IPv6 Address" : ""],
    ["cs1Label", event.instance && "instance"],
    ["cs1", event.instance],
    ["cs2Label", "facts"],
    ["cs2", facts.join("; ")],
    ["cs3Label", "auditRecords"],
    ["cs3", event.evidence.join(" ")],
  ];
  const extension = fields
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(
      ([name, value]) =>
        `${name}=${withoutControls((value ?? "").replace(/[\\=]/g, "\\$&").replace(/\r?\n|\r/g, "\\n"))}`,
    );
  return `${header.join("|")}|${extension.join(" ")}`;
}

/** A header of CEF has no line breaks. */
function lineOf(text: string): string {
  return withoutControls(text.replace(/[\r\n]+/g, " "));
}

/** Control and format characters, and the line breaks of Unicode, would garble a line of text. */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?");
}

/** IPv4 as such, where the system writes it as IPv6. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function titleOf(detector: string): string {
  const words = detector.replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
