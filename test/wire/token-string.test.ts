import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatTokenString, parseTokenString, type TokenString } from "../../src/wire/index.ts";

const good: TokenString = {
  addresses: ["issuer.example:8443", "[2001:db8::1]:8443"],
  trustDomain: "example.org",
  authorityPins: ["ab".repeat(32)],
  tokenId: "0123456789abcdef0123",
  secret: Buffer.alloc(32, 7),
};

const withContent = (content: unknown): string =>
  `bpt1.${Buffer.from(JSON.stringify(content)).toString("base64url")}`;
const content = {
  a: good.addresses,
  t: good.trustDomain,
  p: good.authorityPins,
  i: good.tokenId,
  s: good.secret.toString("base64url"),
};

describe("parseTokenString", () => {
  test("reads back what formatTokenString wrote, with white space around it", () => {
    expect(parseTokenString(`\n ${formatTokenString(good)}\t\n`)).toEqual(good);
    expect(withContent(content)).toBe(formatTokenString(good));
  });

  test.each([
    ["nothing", ""],
    ["another prefix", formatTokenString(good).replace("bpt1.", "bpt2.")],
    ["no JSON", `bpt1.${Buffer.from("{").toString("base64url")}`],
    ["no object", withContent("text")],
    ["null", withContent(null)],
    ["no addresses", withContent({ ...content, a: [] })],
    ["an address without a port", withContent({ ...content, a: ["issuer.example"] })],
    ["an address with a scheme", withContent({ ...content, a: ["unix:///tmp/x:1"] })],
    ["a number as an address", withContent({ ...content, a: [1] })],
    ["no pins", withContent({ ...content, p: [] })],
    ["a pin of another length", withContent({ ...content, p: ["ab"] })],
    ["a bad trust domain", withContent({ ...content, t: "Example" })],
    ["a bad token id", withContent({ ...content, i: "a b" })],
    ["a short secret", withContent({ ...content, s: "AAAA" })],
    ["no secret", withContent({ ...content, s: undefined })],
    ["an endless string", `bpt1.${"A".repeat(20_000)}`],
    ["base64 with padding", `${withContent({ ...content, x: 1 })}=`],
  ])("refuses %s, and quotes none of it", (_what, text) => {
    let thrown: unknown;
    try {
      parseTokenString(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: "TOKEN_INVALID",
      message: "join token is not a string that token create prints",
    });
  });

  test("a damaged string is refused or reads as another token, and never fails otherwise", () => {
    const text = formatTokenString(good);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, noise) => {
        const damaged = text.slice(0, at) + noise + text.slice(at + 1);
        try {
          parseTokenString(damaged);
        } catch (error) {
          expect(error).toMatchObject({ code: "TOKEN_INVALID" });
        }
      }),
    );
  });
});
