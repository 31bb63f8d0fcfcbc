import { isIP } from "node:net";
import {
  activeBots,
  byTokenAlone,
  counted,
  liveEntries,
  productionBots,
  type ReportFacts,
  showSeconds,
  stoppedBots,
} from "./facts.ts";
import type { Check } from "./form.ts";

const SESSION_SECONDS = 12 * 3600;
const KEPT_SECONDS = 90 * 86_400;

/** The tenets of NIST SP 800-207 (section 2.1), each by what an issuer can see of it. */
export const ZERO_TRUST: readonly Check<ReportFacts>[] = [
  {
    id: "ZT1",
    title: "All data sources and computing services are resources",
    check: "Each active bot, service and node has an entry by which it proves itself.",
    remedy: "Make an entry with `entry create`, or retire what is not used.",
    look(facts) {
      const proven = new Set(liveEntries(facts).map(({ bot }) => bot.name));
      const active = activeBots(facts);
      const kinds = [...Map.groupBy(active, ({ kind }) => kind)].map(([kind, each]) =>
        counted(each.length, kind),
      );
      return {
        faults: active
          .filter(({ name }) => !proven.has(name))
          .map(({ name, kind }) => `${kind} ${name}: has no entry`),
        good: "each has an entry",
        lookedAt: kinds.join(", "),
        ...(active.length === 0 ? { notApplicable: "there is no active bot" } : {}),
      };
    },
  },
  {
    id: "ZT2",
    title: "All communication is secured regardless of network location",
    check:
      "TLS is at least 1.3, and what is served in plain HTTP (metrics) is served to this machine only.",
    remedy: "Set tls_min_version to TLSv1.3 and metrics_listen to 127.0.0.1.",
    look({ settings: { tlsMinVersion, metricsHost } }) {
      const faults = tlsMinVersion === "TLSv1.3" ? [] : [`tls_min_version is ${tlsMinVersion}`];
      if (metricsHost !== undefined && !isLoopback(metricsHost)) {
        faults.push(`metrics_listen: plain HTTP on ${metricsHost}`);
      }
      const metrics = metricsHost === undefined ? "no metrics served" : `metrics on ${metricsHost}`;
      const good = "TLS 1.3 with SVIDs on the listener, nothing in plain beyond this machine";
      return { faults, good, lookedAt: `the listener; ${metrics}` };
    },
  },
  {
    id: "ZT3",
    title: "Access is granted for each session",
    check: `No X509-SVID is given for more than ${showSeconds(SESSION_SECONDS)}.`,
    remedy: "Shorten it with `entry update --x509-ttl`, or lifetimes.x509_default.",
    look(facts) {
      const { x509DefaultSeconds } = facts.settings;
      const faults = liveEntries(facts)
        .filter(({ entry }) => (entry.x509TtlSeconds ?? 0) > SESSION_SECONDS)
        .map(
          ({ bot, entry }) =>
            `entry ${entry.id} of ${bot.name}: ${showSeconds(entry.x509TtlSeconds ?? 0)}`,
        );
      if (x509DefaultSeconds > SESSION_SECONDS) {
        faults.push(`lifetimes.x509_default is ${showSeconds(x509DefaultSeconds)}`);
      }
      return {
        faults,
        good: `X509-SVIDs live ${showSeconds(x509DefaultSeconds)} unless said otherwise`,
        lookedAt: counted(liveEntries(facts).length, "entry"),
      };
    },
  },
  {
    id: "ZT4",
    title: "Access is determined by dynamic policy",
    check:
      "In production, what a bot gets depends on attested facts of its process, device or platform, and on a policy of the environment.",
    remedy:
      "Give the bot an entry by attested facts and delete that of the token; write the environment's policy (environments).",
    look(facts) {
      const { policies } = facts.settings;
      const production = productionBots(facts);
      const environments = new Set(production.map(({ environment }) => environment));
      return {
        faults: [
          ...byTokenAlone(facts).map(({ name }) => `bot ${name}: by a join token alone`),
          ...[...environments]
            .filter((each) => !policies.has(each))
            .map((each) => `environment ${each}: has no policy`),
        ],
        good: "each bot in production by attested facts, under a policy",
        lookedAt: `${counted(production.length, "bot")} in production, ${counted(policies.size, "policy")}`,
        ...(production.length === 0 ? { notApplicable: "there is no bot in production" } : {}),
      };
    },
  },
  {
    id: "ZT5",
    title: "Integrity and posture of assets are monitored",
    check:
      "Somebody has looked at each finding of severity high or critical, and at each locked instance.",
    remedy:
      "`findings list --open`, then `findings ack`; `instance ban` or `instance evict` what is locked.",
    look({ findings, instances }) {
      const grave = findings.filter(
        ({ severity }) => severity === "high" || severity === "critical",
      );
      const locked = instances.filter(({ state }) => state === "locked");
      return {
        faults: [
          ...grave.map(({ id, severity, summary }) => `finding ${id} (${severity}): ${summary}`),
          ...locked.map(({ id, bot }) => `instance ${id} of ${bot}: locked`),
        ],
        good: "no grave finding is open, no instance is locked",
        lookedAt: `${counted(findings.length, "open finding")}, ${counted(instances.length, "instance")}`,
      };
    },
  },
  {
    id: "ZT6",
    title: "Authentication and authorization are strict before access is allowed",
    check: "Nothing live was minted past attestation, and no stopped bot has an active instance.",
    remedy: "`revoke` what was minted; `instance evict` what is active.",
    look(facts) {
      const { minted, instances } = facts;
      const stopped = stoppedBots(facts);
      const active = instances.filter(({ state }) => state === "active");
      return {
        faults: [
          ...minted.map(({ id, bot }) => `SVID ${id} of ${bot}: minted by an operator`),
          ...active
            .filter(({ bot }) => stopped.has(bot))
            .map(({ id, bot }) => `instance ${id} of ${bot}: active, and the bot is stopped`),
        ],
        good: "each active instance has attested, and its bot may",
        lookedAt: `${counted(active.length, "active instance")}, ${counted(minted.length, "minted SVID")}`,
      };
    },
  },
  {
    id: "ZT7",
    title: "As much as possible is collected and used",
    check: `The audit is kept for ${showSeconds(KEPT_SECONDS)} or more, its checkpoints leave the server, and findings are sent to somebody.`,
    remedy: "Set audit_keep, log.checkpoint_file or log.checkpoint_command, and events.webhooks.",
    look({ settings: { auditKeepSeconds, isWitnessed, webhooks } }) {
      const faults: string[] = [];
      if (auditKeepSeconds < KEPT_SECONDS) {
        faults.push(`audit_keep is ${showSeconds(auditKeepSeconds)}`);
      }
      if (!isWitnessed)
        faults.push("neither log.checkpoint_file nor log.checkpoint_command is set");
      if (webhooks.length === 0) faults.push("events.webhooks names nobody");
      const good = `the audit is kept ${showSeconds(auditKeepSeconds)} and witnessed elsewhere; findings go to ${webhooks.join(", ")}`;
      return { faults, good, lookedAt: "audit_keep, log and events of the configuration" };
    },
  },
];

function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  return isIP(host) === 4 ? host.startsWith("127.") : host === "::1";
}
