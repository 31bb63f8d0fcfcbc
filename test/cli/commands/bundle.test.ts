import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bundleFromJwks, bundleFromPem } from "../../../src/crypto/index.ts";
import { startFakeServer } from "../fake-server.ts";
import { startIssuer } from "../messages.ts";
import { jsonAt, runAt } from "../run-cli.ts";

const issuer = await startIssuer();
const { trustDomain, x509Authorities, jwtAuthorities } = issuer.bundle;
const script = { "AttachService/GetBundle": () => issuer.bundleMessage };

describe("bundle show", () => {
  test("prints PEM that Node reads, unless told otherwise", async () => {
    await using server = await startFakeServer(script);
    const { code, stdout, stderr } = await runAt(server, ["bundle", "show"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(bundleFromPem(trustDomain, stdout).x509Authorities).toEqual(x509Authorities);
    expect(new X509Certificate(stdout).subjectAltName).toBe("URI:spiffe://example.org");
    expect((await runAt(server, ["bundle", "show", "--format", "pem"])).stdout).toBe(stdout);
  });

  test("prints a JWK set with all of it", async () => {
    await using server = await startFakeServer(script);
    const { stdout } = await runAt(server, ["bundle", "show", "--format", "jwks"]);
    expect(stdout.endsWith("}\n")).toBe(true);
    expect(bundleFromJwks(trustDomain, stdout)).toMatchObject({
      x509Authorities,
      jwtAuthorities,
      sequence: 5n,
      refreshHintSeconds: 60,
    });
    const { value } = await jsonAt(server, ["bundle", "show"]);
    expect(value).toEqual(JSON.parse(stdout));
  });
});
