import { describe, expect, test } from "vitest";
import { Bundle, TrustDomain } from "../../src/spiffe/index.ts";
import { bundleFromMessage, bundleToMessage, loadAttachService } from "../../src/wire/index.ts";

const bundle = new Bundle({
  trustDomain: TrustDomain.parse("example.org"),
  x509Authorities: [Buffer.from([1]), Buffer.from([2, 3])],
  jwtAuthorities: [{ keyId: "k", publicKeyDer: Buffer.from([4]) }],
  sequence: 7n,
  refreshHintSeconds: 300,
});

function throughWire(message: object): Bundle {
  const { responseSerialize, responseDeserialize } = loadAttachService().definition.GetBundle;
  return bundleFromMessage(responseDeserialize(responseSerialize(message)));
}

describe("bundleToMessage and bundleFromMessage", () => {
  test("a bundle comes back the same", () => {
    expect(throughWire(bundleToMessage(bundle))).toEqual(bundle);
  });

  test("a bundle without authorities, number and hint has none afterwards", () => {
    const empty = new Bundle({ trustDomain: bundle.trustDomain });
    const back = throughWire(bundleToMessage(empty));
    expect(back).toMatchObject({ x509Authorities: [], jwtAuthorities: [] });
    expect(back.refreshHintSeconds).toBeUndefined();
  });

  test("a bad trust domain is refused", () => {
    expect(() => throughWire({ trustDomain: "Not Good" })).toThrow(
      expect.objectContaining({ code: "TRUST_DOMAIN_INVALID" }),
    );
  });
});
