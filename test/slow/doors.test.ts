// The commands of the pages of the doors, as written, in namespaces of their own: paths, ports, users and processes are the pages'.
import { execFile, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const NAMESPACES = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
const possible = spawnSync("unshare", [...NAMESPACES, "true"]).status === 0;

/** The blocks of a page in one language, one after the other. */
function blocksOf(page: string, language: string): string {
  const text = readFileSync(join(ROOT, `docs/${page}.md`), "utf8");
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))];
  expect(blocks.length, page).toBeGreaterThan(0);
  return blocks.map(([, block = ""]) => block).join("\n");
}

// A server with its default places; the users that the pages name; and a program of a user's own making.
const BEFORE = `
set -e
mount -t tmpfs none /run; mount -t tmpfs none /var/lib; mount -t tmpfs none /opt
mkdir -p /opt/rpa /etc/haproxy && mount -t tmpfs none /etc/haproxy
cp /etc/passwd /etc/group .
grep -q ^rpa: passwd || echo rpa:x:4711:4711::/:/bin/sh >> passwd
grep -q ^rpa: group || echo rpa:x:4711: >> group
grep -q ^postgres: passwd || echo postgres:x:4712:4712::/:/bin/sh >> passwd
grep -q ^postgres: group || echo postgres:x:4712: >> group
mount --bind passwd /etc/passwd; mount --bind group /etc/group
ip link set lo up
botpass server run --trust-domain example.org --listen 127.0.0.1:8443 > server.log &
until botpass server healthcheck > /dev/null 2>&1; do sleep 0.5; done
set -x
`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bp-doors-"));
  chmodSync(directory, 0o755);
  const botpass = join(directory, "botpass");
  writeFileSync(botpass, `#!/bin/sh\nexec ${process.execPath} ${ROOT}/src/cli/main.ts "$@"\n`);
  chmodSync(botpass, 0o755);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a page's commands, then others, each in the same shell; resolves with what they print. Rejects when one fails. */
async function run(before: string, commands: string, after: string): Promise<string> {
  const { PATH = "" } = process.env;
  const script = `${BEFORE}${before}\n${commands}\n${after}\n`;
  const { stdout } = await promisify(execFile)("unshare", [...NAMESPACES, "bash", "-c", script], {
    cwd: mkdtempSync(join(directory, "run-")),
    env: { PATH: `${directory}:${PATH}`, HOME: directory, BOTPASS_LOG_LEVEL: "warn" },
    timeout: 120_000,
  });
  return stdout;
}

test.runIf(possible)("docs/agent.md: a process of another user, in Node", async () => {
  // What the page calls /opt/rpa/poster is Node with the page's own program.
  const program = join(directory, "poster.mjs");
  const library = pathToFileURL(join(ROOT, "src/workload-api.ts")).href;
  const text = blocksOf("agent", "js").replace('"botpass/workload-api"', `"${library}"`);
  expect(text).toContain(library);
  writeFileSync(program, `${text}\nsource.close();\n`);
  const launcher = join(directory, "launcher.mjs");
  writeFileSync(
    launcher,
    `if (process.execPath === "/opt/rpa/poster") await import(${JSON.stringify(program)});\n`,
  );
  const node = join(directory, "node");
  copyFileSync(process.execPath, node);
  const printed = await run(
    `cp ${node} /opt/rpa/poster && chmod 755 /opt/rpa/poster && export NODE_OPTIONS=--import=${launcher}`,
    `exec < /dev/null\n${blocksOf("agent", "sh")}`,
    "runuser -u nobody -- /opt/rpa/poster || true",
  );
  expect(printed).toContain("I am spiffe://example.org/bot/default/invoice-poster\n");
  expect(printed).toContain("and know example.org\n");
  expect(printed.match(/^I am/gm), "another user is nobody").toHaveLength(1);
});

test.runIf(possible)("docs/files.md", async () => {
  const printed = await run(
    "(trap 'echo hangup' HUP; while :; do sleep 0.1; done) & echo $! > /run/nginx.pid",
    blocksOf("files", "sh"),
    `until [ -e /run/postgresql-identity/svid.pem ]; do sleep 0.5; done
    openssl x509 -noout -ext subjectAltName -in /run/nginx-identity/svid.pem
    readlink /etc/haproxy/identity/svid.pem.key
    stat -L -c '%U %a' /run/postgresql-identity/svid-key.pem /run/nginx-identity/svid-key.pem
    sleep 1`,
  );
  expect(printed).toContain("URI:spiffe://example.org/bot/default/nginx");
  expect(printed).toContain("hangup");
  expect(printed).toContain("/run/haproxy-identity/svid-key.pem");
  expect(printed).toContain("postgres 600\nroot 600\n");
});

test.runIf(possible)("docs/exec.md", async () => {
  const poster =
    '#!/bin/sh\\necho "$@"\\necho "$SPIFFE_ENDPOINT_SOCKET"\\nopenssl x509 -noout -ext subjectAltName -in "$BOTPASS_SVID_FILE"\\nopenssl verify -CAfile "$BOTPASS_BUNDLE_FILE" "$BOTPASS_SVID_FILE"\\n';
  const printed = await run(
    `printf '${poster}' > poster && chmod 755 poster`,
    blocksOf("exec", "sh"),
    "botpass bot retire queue-poster --reason done > /dev/null; botpass exec --token-file poster.token -- ./poster || echo refused",
  );
  expect(printed).toMatch(/^--queue invoices\nunix:\/\/\/\S+\n/m);
  expect(printed).toContain("URI:spiffe://example.org/bot/default/queue-poster");
  expect(printed).toMatch(/: OK$/m);
  expect(printed.match(/queue invoices/g)).toHaveLength(1);
  expect(printed).toContain("refused");
});

test.runIf(possible)("docs/envoy.md: what the entry says", async () => {
  const printed = await run(
    'botpass bot register host-7 --kind node --owner o --purpose "the host" > /dev/null',
    blocksOf("envoy", "sh"),
    "botpass entry list --bot edge",
  );
  expect(printed).toContain("unix:user:envoy");
});

test.runIf(possible)(
  "a Workload API that is named and does not answer: files and exec end with an error, and ask nobody else",
  { timeout: 180_000 },
  async () => {
    // On the server's own socket, at its default place, the same commands get in.
    const printed = await run(
      "",
      'botpass bot register local --owner o --purpose "a local process" --selector unix:uid:0 > /dev/null',
      `botpass exec -- sh -c 'openssl x509 -noout -ext subjectAltName -in "$BOTPASS_SVID_FILE"'
      botpass files --once --dir served && ls served/svid.pem
      export SPIFFE_ENDPOINT_SOCKET=unix:///run/nobody.sock
      set +e
      botpass exec -- echo "the program ran" 2> exec.err & EXEC=$!
      botpass files --once --dir refused 2> files.err; echo "files: $?"
      wait $EXEC; echo "exec: $?"
      cat exec.err files.err; find refused -name '*.pem'`,
    );
    expect(printed).toContain("URI:spiffe://example.org/bot/default/local");
    expect(printed).toContain("served/svid.pem\n");
    expect(printed).toContain("files: 1\n");
    expect(printed).toContain("exec: 1\n");
    expect(printed.match(/^botpass: .*(UNAVAILABLE|Workload API)/gm)).toHaveLength(2);
    expect(printed).not.toContain("the program ran");
    expect(printed).not.toMatch(/refused\/.*pem/);
  },
);
