import { run } from "../cli/run-cli.ts";
import type { TestServer } from "./running-server.ts";

/** An operator at the command line of a running server: `botpass …`, in its directory. */
export function operatorOf(server: TestServer) {
  const botpass = (args: readonly string[], stdin?: string) =>
    run(["--admin-socket", server.server.adminSocket, ...args], {
      cwd: server.directory,
      ...(stdin !== undefined && { stdin }),
    });
  return {
    botpass,
    /** `botpass apply -f -` of a text. */
    apply: (text: string, ...flags: string[]) => botpass(["apply", "-f", "-", ...flags], text),
    async feed(): Promise<number> {
      const { feedSequence } = await server.admin.call("ServerService", "GetInfo", {});
      return Number(feedSequence);
    },
  };
}
