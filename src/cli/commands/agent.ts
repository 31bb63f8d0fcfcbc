import { resolve } from "node:path";
import type { Command } from "commander";
import { type BotFlags, wayOptions } from "../bot-flags.ts";
import { type CliContext, printerOf } from "../context.ts";
import { usageError } from "../failure.ts";
import { addGroup, example } from "../flags.ts";
import { serviceOf } from "../service.ts";

/** Where local processes find the agent of their host. */
const DEFAULT_AGENT_SOCKET = "/run/botpass/agent/api.sock";
const MAX_SOCKET_PATH_BYTES = 107;
const LOCAL_WAYS: ReadonlySet<string> = new Set(["BOTPASS_SOCKET", "SPIFFE_ENDPOINT_SOCKET"]);

interface RunFlags extends BotFlags {
  readonly socket: string;
  readonly hashExecutables?: boolean;
}

/** `botpass agent …`: the agent of a host. */
export function addAgentCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "agent", "serve the processes of a host, in any language");
  const command = group
    .command("run")
    .description("attach as a node bot and serve the SPIFFE Workload API until SIGTERM or SIGINT")
    .option("--socket <PATH>", "socket that processes connect to", DEFAULT_AGENT_SOCKET)
    .option("--token-file <FILE>", "file with the node's join token (env BOTPASS_TOKEN_FILE)")
    .option("--state-dir <DIR>", "where the node keeps its identity (env BOTPASS_STATE_DIR)")
    .option("--hash-executables", "let entries ask for unix:sha256 of executables")
    .action(async (flags: RunFlags, self: Command) => {
      const printer = printerOf(context, self);
      const path = resolve(context.cwd, flags.socket);
      if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
        const shown = JSON.stringify(path);
        throw usageError(`--socket ${shown} is longer than ${MAX_SOCKET_PATH_BYTES} bytes`);
      }
      // A node reaches its server over TLS: local sockets are no way for it.
      const environment = Object.entries(context.env).filter(
        ([name, value]) => value !== "" && !LOCAL_WAYS.has(name),
      );
      const connect = {
        env: Object.fromEntries(environment),
        ...(await wayOptions(context, flags)),
      };
      const service = await serviceOf(context, printer);
      const stop = context.stopRequested();
      const { startHostAgent } = await import("../../host-agent/index.ts");
      const agent = await startHostAgent({
        path,
        connect,
        hashExecutables: flags.hashExecutables === true,
        onError: (error) =>
          printer.note(`agent: ${error instanceof Error ? error.message : error}`),
        onEnd: (why) => printer.note(`the node's identity is no more: ${why}`),
      });
      const serving = `${agent.spiffeId} serves processes on ${agent.endpoint}`;
      printer.note(serving);
      service.ready(serving);
      const signal = await stop;
      printer.note(`${signal}: stopping`);
      service.stopping(`stopping: ${signal}`);
      await agent.close();
      service.close();
    });
  example(command, "botpass agent run --token-file node.token --state-dir /var/lib/botpass-agent");
}
