import type { ReportSettings } from "../reports/index.ts";
import type { ServerConfig } from "./config.ts";

/** What reports look at of the configuration. */
export function reportSettings(config: ServerConfig): ReportSettings {
  const { checkpointFile, checkpointCommand } = config.log;
  return {
    tlsMinVersion: config.tlsMinVersion,
    metricsHost: config.metricsListen?.host,
    x509DefaultSeconds: config.lifetimes.x509DefaultSeconds,
    jwtDefaultSeconds: config.lifetimes.jwtDefaultSeconds,
    auditKeepSeconds: config.auditKeepSeconds,
    isWitnessed: checkpointFile !== undefined || checkpointCommand !== undefined,
    webhooks: config.events.webhooks.map(({ name }) => name),
    policies: config.environments,
  };
}
