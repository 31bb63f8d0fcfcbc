export { type ServeChildrenOptions, serveChildren } from "./embedded.ts";
export { HostAgent, type HostAgentOptions } from "./host-agent.ts";
export { type RunningHostAgent, type StartOptions, startHostAgent } from "./start.ts";
