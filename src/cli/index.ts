export { EXIT } from "./failure.ts";
export { type CliIo, runCli } from "./run.ts";
