// A bot follows its issuer's log to another key only by hand-overs that lead there from the key that it knows.
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { type KnownCheckpoint, LogWatch } from "../../src/agent/log-watch.ts";
import { IssuerError } from "../../src/errors.ts";
import {
  CompactRange,
  consistencyProof,
  formatCheckpoint,
  leafHash,
  type NoteSigner,
  noteSigner,
  signHandover,
} from "../../src/log/index.ts";

const origin = "example.org/botpass/audit";
const newSigner = (): NoteSigner =>
  noteSigner(
    origin,
    generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  );
const [first, second, third, thief] = [newSigner(), newSigner(), newSigner(), newSigner()];

/** A log of so many leaves; `salt` makes it another one from that leaf on. */
function logOf(size: number, saltFrom = Number.POSITIVE_INFINITY) {
  const leaves = Array.from({ length: size }, (_, at) =>
    leafHash(at >= saltFrom ? `other ${at}` : `leaf ${at}`),
  );
  const at = (count: number) => {
    const range = new CompactRange();
    for (const leaf of leaves.slice(0, count)) range.append(leaf);
    return { origin, size: count, root: range.root() };
  };
  const source = {
    hashes: async (level: number, index: number, count: number) => {
      const all: Buffer[] = [];
      const node = (from: number): Buffer => {
        const range = new CompactRange();
        for (const leaf of leaves.slice(from, from + 2 ** level)) range.append(leaf);
        return range.root();
      };
      for (let each = 0; each < count; each += 1) all.push(node((index + each) * 2 ** level));
      return all;
    },
  };
  return { at, proof: (from: number, to: number) => consistencyProof(source, from, to) };
}

const log = logOf(40);
const note = (size: number, by: NoteSigner): string => by.sign(formatCheckpoint(log.at(size)));
const toSecond = signHandover(log.at(11), first, second);
const toThird = signHandover(log.at(23), second, third);

/** What a bot that knew size 7 under the first key says of a checkpoint, and what it believes then. */
async function taken(
  message: { note: string; verifier: string },
  handovers: readonly string[] | IssuerError,
  known: KnownCheckpoint = { verifier: first.verifier, note: note(7, first) },
  issuer = log,
) {
  const saved: KnownCheckpoint[] = [];
  const reasons: string[] = [];
  const evidence: string[] = [];
  const errors: unknown[] = [];
  const watch = new LogWatch({
    load: async () => known,
    save: async (each) => void saved.push(each),
    proof: (from, to) => issuer.proof(from, to),
    handovers: async (after) => {
      if (handovers instanceof IssuerError) throw handovers;
      return handovers.filter((each) => each.includes(`handover ${after} `)).slice(0, 1);
    },
    onInconsistent: ({ reason, handovers: shown }) => {
      reasons.push(reason);
      evidence.push(...shown);
    },
    onError: (error) => errors.push(error),
  });
  await watch.take({ ...message, previousSize: 0, consistency: [] });
  return { saved, reasons, errors, evidence };
}

test("hand-overs lead it to the present key, however many there were", async () => {
  const message = { note: note(31, third), verifier: third.verifier };
  expect(await taken(message, [toSecond, toThird])).toEqual({
    saved: [{ note: message.note, verifier: third.verifier }],
    reasons: [],
    errors: [],
    evidence: [],
  });
  // Told by the hand-over itself, it asks nobody.
  const direct = { note: toSecond, verifier: second.verifier };
  const refusing = new IssuerError("INTERNAL", "asked");
  expect((await taken(direct, refusing)).saved).toEqual([direct]);
});

const plain = formatCheckpoint(log.at(11));
const cosigned = first.sign(plain) + thief.sign(plain).slice(plain.length + 1);
const ofText = (text: string, ...signers: NoteSigner[]): string =>
  text.slice(0, text.lastIndexOf("\n\n") + 2) +
  signers
    .map((each) => {
      const body = text.slice(0, text.lastIndexOf("\n\n") + 1);
      return each.sign(body).slice(body.length + 1);
    })
    .join("");
const forged = signHandover(log.at(11), first, thief);
const other = logOf(40, 9);

test.each<[string, { note: string; verifier: string }, readonly string[], RegExp, typeof log?]>([
  [
    "no hand-over",
    { note: note(31, third), verifier: third.verifier },
    [],
    /has not handed the log over/,
  ],
  [
    "one is missing",
    { note: note(31, third), verifier: third.verifier },
    [toSecond],
    new RegExp(`and ${second.verifier.replaceAll(/[+/]/g, ".")} has not handed`),
  ],
  [
    "a second signature under an ordinary checkpoint",
    { note: cosigned, verifier: thief.verifier },
    [cosigned],
    /has not handed the log over/,
  ],
  [
    "not signed by the key before",
    { note: note(31, thief), verifier: thief.verifier },
    [ofText(forged, thief)],
    /is not signed by the key before it/,
  ],
  [
    "the same, pushed",
    { note: ofText(forged, thief), verifier: thief.verifier },
    [],
    /is not signed by the key before it/,
  ],
  [
    "not signed by the next key",
    { note: note(31, second), verifier: second.verifier },
    [ofText(toSecond, first)],
    /is not signed by the key that it names/,
  ],
  [
    "over fewer records than it knows",
    { note: note(31, second), verifier: second.verifier },
    [signHandover(log.at(5), first, second)],
    /the log has 5 records, and had 7/,
  ],
  [
    "over another log",
    { note: second.sign(formatCheckpoint(other.at(31))), verifier: second.verifier },
    [signHandover({ ...log.at(11), root: log.at(10).root }, first, second)],
    /the log of 11 records does not begin with the 7/,
  ],
  [
    "a checkpoint of before the hand-over",
    { note: note(9, second), verifier: second.verifier },
    [toSecond],
    /the log has 9 records, and had 11/,
  ],
  [
    "the former key signs on",
    { note: note(31, first), verifier: third.verifier },
    [toSecond, toThird],
    /is not signed by/,
  ],
])("it complains, and believes what it believed: %s", async (_, message, handovers, says) => {
  const { saved, reasons, errors } = await taken(message, handovers);
  expect(errors).toEqual([]);
  expect(reasons).toEqual([expect.stringMatching(says)]);
  expect(saved).toEqual([]);
});

test("what the server has shown is evidence", async () => {
  const wrong = ofText(toThird, third);
  const message = { note: note(31, third), verifier: third.verifier };
  const { evidence } = await taken(message, [toSecond, wrong]);
  expect(evidence).toEqual([toSecond, wrong]);
});

test("a line that is down says nothing of the log; a server that knows of no hand-overs does", async () => {
  const message = { note: note(31, third), verifier: third.verifier };
  const down = await taken(message, new IssuerError("UNAVAILABLE", "down"));
  expect(down).toMatchObject({ saved: [], reasons: [], errors: [{ code: "UNAVAILABLE" }] });
  const old = await taken(message, new IssuerError("REQUEST_INVALID", "no body that is known"));
  expect(old).toMatchObject({
    saved: [],
    reasons: [expect.stringContaining("another key")],
    errors: [],
  });
});
