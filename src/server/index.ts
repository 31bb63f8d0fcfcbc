export { type RestoreRequest, type RestoreResult, restoreBackup } from "./backup.ts";
export {
  CONFIG_ENV,
  type ConfigSource,
  configKeys,
  loadConfig,
  type ServerConfig,
} from "./config.ts";
export { type RunningServer, type ServerParts, startServer } from "./server.ts";
