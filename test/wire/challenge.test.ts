import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ChallengeContent, challengeBytes } from "../../src/wire/index.ts";

const content: ChallengeContent = {
  attestor: "join_token",
  subject: "t1",
  trustDomain: "example.org",
  clientNonce: Buffer.alloc(32, 1),
  serverNonce: Buffer.alloc(32, 2),
};

describe("challengeBytes", () => {
  test("is what docs/attestation.md says: a label, then each field, behind its length", () => {
    const field = (value: string | Buffer): Buffer => {
      const bytes = Buffer.from(value);
      return Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
    };
    expect(challengeBytes(content)).toEqual(
      Buffer.concat([
        field("botpass attestation challenge v1"),
        field("join_token"),
        field("t1"),
        field("example.org"),
        field(Buffer.alloc(32, 1)),
        field(Buffer.alloc(32, 2)),
      ]),
    );
  });

  test("two contents never have the same bytes", () => {
    const text = fc.string({ maxLength: 8 });
    const nonce = fc.uint8Array({ maxLength: 8 });
    const any = fc.record({
      attestor: text,
      subject: text,
      trustDomain: text,
      clientNonce: nonce,
      serverNonce: nonce,
    });
    const same = (a: ChallengeContent, b: ChallengeContent): boolean =>
      a.attestor === b.attestor &&
      a.subject === b.subject &&
      a.trustDomain === b.trustDomain &&
      Buffer.from(a.clientNonce).equals(b.clientNonce) &&
      Buffer.from(a.serverNonce).equals(b.serverNonce);
    fc.assert(
      fc.property(any, any, (a, b) => {
        // Text that is not well-formed has no bytes of its own.
        fc.pre([a, b].every((each) => Object.values(each).every(isWellFormed)));
        expect(challengeBytes(a).equals(challengeBytes(b))).toBe(same(a, b));
      }),
    );
  });
});

function isWellFormed(value: unknown): boolean {
  return typeof value !== "string" || Buffer.from(value).toString() === value;
}
