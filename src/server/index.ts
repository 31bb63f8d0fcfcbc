export {
  type DrillCheck,
  type DrillReport,
  type DrillRequest,
  verifyBackup,
} from "./backup-verify.ts";
export {
  CONFIG_ENV,
  type ConfigSource,
  configKeys,
  loadConfig,
  type ServerConfig,
} from "./config.ts";
export { type RestoreRequest, type RestoreResult, restoreBackup } from "./restore.ts";
export { type RunningServer, type ServerParts, startServer } from "./server.ts";
