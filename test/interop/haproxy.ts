import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../support/free-port.ts";
import { answering, type FilesProgram } from "./by-files.ts";
import {
  get,
  getByMtls,
  getWithoutCertificate,
  mtlsService,
  plainService,
} from "./http-service.ts";
import { configurationOf } from "./page.ts";

/** HAProxy with the configuration of docs/files.md; its master reloads at USR2. */
export const haproxy: FilesProgram = {
  name: "haproxy",
  flags: ({ directory }) => ["--signal", "USR2", "--pid-file", join(directory, "haproxy.pid")],
  async start({ directory, port: inbound, files, id, erp }) {
    const service = await mtlsService(erp, id);
    const app = await plainService();
    const outbound = await freePort();
    const links = join(directory, "links");
    mkdirSync(links);
    symlinkSync(join(files, "svid.pem"), join(links, "svid.pem"));
    symlinkSync(join(files, "svid-key.pem"), join(links, "svid.pem.key"));
    const config = join(directory, "haproxy.cfg");
    writeFileSync(
      config,
      configurationOf("files", "haproxy", [
        ["/etc/haproxy/identity", links],
        ["/run/haproxy-identity", files],
        ["/run/haproxy/admin.sock", join(directory, "admin.sock")],
        ["bind :8443", `bind 127.0.0.1:${inbound}`],
        ["127.0.0.1:9000", `127.0.0.1:${outbound}`],
        ["10.0.0.7:8443", `127.0.0.1:${service.port}`],
        ["127.0.0.1:8080", `127.0.0.1:${app.port}`],
      ]),
    );
    const pidFile = join(directory, "haproxy.pid");
    const child = spawn("haproxy", ["-W", "-f", config, "-p", pidFile], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    await answering(child, () => get(outbound, "hello\n"));
    return {
      child,
      shown: service.serials,
      incoming: () => getByMtls(erp, inbound, id, "hello of app\n"),
      outgoing: () => get(outbound, "hello\n"),
      stranger: () => getWithoutCertificate(inbound, "hello of app\n"),
      close() {
        service.close();
        app.close();
      },
    };
  },
};
