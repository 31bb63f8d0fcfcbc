import type { CliContext } from "./context.ts";
import type { Printer } from "./output.ts";

/** What a service tells whoever has started it, and has from it. */
export interface Service {
  /** Descriptor of the listening socket of this name; undefined: there is none. */
  socket(name: string): number | undefined;
  ready(status: string): void;
  stopping(status: string): void;
  close(): void;
}

const ALONE: Service = {
  socket: () => undefined,
  ready: () => undefined,
  stopping: () => undefined,
  close: () => undefined,
};

/**
 * The service manager's side of a command that runs until it is stopped: systemd's, where the environment names it; else nobody is told.
 * @throws IssuerError CONFIG_INVALID naming a variable of the service manager's that is wrong.
 */
export async function serviceOf({ env, clock }: CliContext, printer: Printer): Promise<Service> {
  if (env.NOTIFY_SOCKET === undefined && env.LISTEN_FDS === undefined) return ALONE;
  // Loads what speaks to the kernel.
  const { inheritedSockets, ServiceManager } = await import("../host/index.ts");
  const { pid } = process;
  const onError = (error: unknown): void =>
    printer.note(`warning: ${error instanceof Error ? error.message : error}`);
  const manager = ServiceManager.of({ env, clock, pid, onError });
  const sockets = inheritedSockets(env, pid);
  return {
    socket: (name) => sockets.get(name),
    ready: (status) => manager?.ready(status),
    stopping: (status) => manager?.stopping(status),
    close: () => manager?.close(),
  };
}
