import { execFile } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { pkcs12Of } from "../../src/files/pkcs12.ts";
import { testAuthority } from "../support/ca.ts";

const run = promisify(execFile);

test.each(["ec-p256", "ec-p384", "rsa-2048"] as const)(
  "openssl reads key, leaf and authorities of a PKCS#12 with an %s key, by its password only",
  async (keyType) => {
    const directory = await mkdtemp(join(tmpdir(), "botpass-p12-"));
    try {
      const ca = await testAuthority();
      const svid = await ca.issue({ keyType });
      const file = join(directory, "svid.p12");
      const password = "pässword with ünicode";
      await writeFile(file, await pkcs12Of(svid, ca.bundle, password));
      const openssl = async (...args: string[]): Promise<string> =>
        (await run("openssl", ["pkcs12", "-in", file, ...args])).stdout;
      const by = ["-passin", `pass:${password}`];
      const key = createPrivateKey(await openssl(...by, "-nocerts", "-nodes"));
      const leaf = new X509Certificate(await openssl(...by, "-nokeys", "-clcerts"));
      const root = new X509Certificate(await openssl(...by, "-nokeys", "-cacerts"));
      expect(leaf.raw).toEqual(svid.certChainDer[0]);
      expect(leaf.checkPrivateKey(key)).toBe(true);
      expect(root.raw).toEqual(ca.certificateDer);
      await expect(openssl("-passin", "pass:wrong", "-nokeys")).rejects.toThrow(/mac verify/i);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
);
