import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
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

/** nginx with the configuration of docs/files.md, told of new files by HUP. */
export const nginx: FilesProgram = {
  name: "nginx",
  flags: ({ directory }) => ["--signal", "HUP", "--pid-file", join(directory, "nginx.pid")],
  async start({ directory, port: inbound, files, id, erp }) {
    const service = await mtlsService(erp, id);
    const app = await plainService();
    const outbound = await freePort();
    const servers = configurationOf("files", "nginx", [
      ["/run/nginx-identity", files],
      ["listen 8443", `listen 127.0.0.1:${inbound}`],
      ["127.0.0.1:9000", `127.0.0.1:${outbound}`],
      ["10.0.0.7:8443", `127.0.0.1:${service.port}`],
      ["127.0.0.1:8080", `127.0.0.1:${app.port}`],
    ]);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (what) => `${what}_temp_path ${directory}/${what};`,
    );
    const config = join(directory, "nginx.conf");
    writeFileSync(
      config,
      `daemon off;\npid ${directory}/nginx.pid;\nerror_log stderr error;\nevents {}\n` +
        `http {\naccess_log off;\n${temporary.join("\n")}\n${servers}}\n`,
    );
    const child = spawn("nginx", ["-p", directory, "-e", "stderr", "-c", config], {
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
