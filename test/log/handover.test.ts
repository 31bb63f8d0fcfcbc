// A change of the log's key counts when the key before has signed which one comes next, and that one has signed too.
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  CompactRange,
  checkRecordProof,
  ExportVerifier,
  formatCheckpoint,
  formatExportHead,
  formatExportRecord,
  KeyHistory,
  leafHash,
  type NoteSigner,
  noteSigner,
  parseVerifier,
  signHandover,
  splitCheckpoints,
  verifyHandover,
} from "../../src/log/index.ts";

const origin = "example.org/botpass/audit";
const newSigner = (name = origin): NoteSigner =>
  noteSigner(
    name,
    generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  );
const [first, second, third, thief] = [newSigner(), newSigner(), newSigner(), newSigner()];
const keyOf = ({ verifier }: NoteSigner) => parseVerifier(verifier);

/** Records 1 to `size`; those that end a hand-over say which key comes. */
function bytesOf(sequence: number, rotated: ReadonlyMap<number, NoteSigner>): string {
  const next = rotated.get(sequence);
  return next === undefined
    ? `{"details":{},"sequence":${sequence},"type":"svid.issued"}`
    : `{"details":{"after":"${next.verifier}"},"sequence":${sequence},"type":"log.key_rotated"}`;
}

/** A log whose key was handed over at sizes 5 and 9, and that has 12 records. */
function rotatedLog() {
  const rotated = new Map([
    [5, second],
    [9, third],
  ]);
  const range = new CompactRange();
  const checkpoints = new Map<number, { size: number; root: Buffer; origin: string }>();
  const records: string[] = [];
  for (let sequence = 1; sequence <= 12; sequence += 1) {
    const bytes = bytesOf(sequence, rotated);
    range.append(leafHash(bytes));
    records.push(formatExportRecord(leafHash(bytes), bytes));
    checkpoints.set(sequence, { origin, size: sequence, root: range.root() });
  }
  const at = (size: number) => {
    const checkpoint = checkpoints.get(size);
    if (checkpoint === undefined) throw new Error(`no size ${size}`);
    return checkpoint;
  };
  const noteAt = (size: number, by: NoteSigner): string => by.sign(formatCheckpoint(at(size)));
  const handovers = [signHandover(at(5), first, second), signHandover(at(9), second, third)];
  return { at, noteAt, handovers, records };
}

const log = rotatedLog();
const [toSecond = "", toThird = ""] = log.handovers;
/** The signature's line of a note by this key over the same text. */
const lineOf = (note: string, signer: NoteSigner): string => {
  const text = note.slice(0, note.lastIndexOf("\n\n") + 1);
  return signer.sign(text).slice(text.length + 1);
};
const textOf = (note: string): string => note.slice(0, note.lastIndexOf("\n\n") + 2);

describe("a hand-over", () => {
  test("is believed by who knows the key before, and is a checkpoint by both keys", () => {
    const { size, next } = verifyHandover(toSecond, keyOf(first));
    expect([size, next.text]).toEqual([5, second.verifier]);
    expect(splitCheckpoints(`${toSecond}\n${toThird}`)).toEqual([toSecond, toThird]);
  });

  const named = textOf(toSecond);
  test.each([
    [
      "signed by the next key alone",
      named + lineOf(toSecond, second),
      /not signed by the key before it/,
    ],
    [
      "signed by the key before alone",
      named + lineOf(toSecond, first),
      /not signed by the key that it names/,
    ],
    [
      "an ordinary checkpoint under which a second key has signed",
      log.noteAt(5, first) + lineOf(log.noteAt(5, first), thief),
      /is no hand-over: no line after its root names the next key/,
    ],
    [
      "a line that was put under signatures of an ordinary checkpoint",
      named + lineOf(log.noteAt(5, first), first) + lineOf(toSecond, second),
      /not signed by the key before it: .*does not verify/,
    ],
    ["another size", toSecond.replace("\n5\n", "\n6\n"), /does not verify/],
    ["another root", toSecond.replace(/\n5\n..../, "\n5\nAAAA"), /does not verify/],
    [
      "another next key",
      toSecond.replace(second.verifier, thief.verifier) + lineOf(toSecond, thief),
      /not signed by the key before it: .*does not verify/,
    ],
    ["from another key", signHandover(log.at(5), thief, second), /is from .*, not from /],
    [
      "of another log",
      (() => {
        const [one, other] = [newSigner("example.com/log"), newSigner("example.com/log")];
        return signHandover({ ...log.at(5), origin: "example.com/log" }, one, other);
      })(),
      /is from example.com\/log/,
    ],
    [
      "two lines",
      (() => {
        const text = `${named.slice(0, -1)}botpass-log-key-handover ${first.verifier} ${thief.verifier}\n`;
        return first.sign(text) + second.sign(text).slice(text.length + 1);
      })(),
      /is no hand-over/,
    ],
    ["no note", "x", /not a signed note/],
  ])("is refused: %s", (_, note, says) => {
    expect(() => verifyHandover(note, keyOf(first))).toThrow(says);
  });

  test("is not made from a key to itself, or to another log", () => {
    expect(() => signHandover(log.at(5), first, first)).toThrow("from one key to another");
    expect(() => signHandover(log.at(5), first, newSigner("other"))).toThrow("of one log");
  });
});

describe("the keys of a log", () => {
  test("are all believed by whoever knows one, each for its part of the log", () => {
    const history = new KeyHistory(keyOf(third), log.handovers);
    expect(history.former).toEqual([first.verifier, second.verifier]);
    for (const [size, signer] of [
      [3, first],
      [5, second],
      [7, second],
      [12, third],
    ] as const) {
      expect(history.openCheckpoint(log.noteAt(size, signer)).size).toBe(size);
    }
    expect(history.openCheckpoint(toThird).size).toBe(9);
  });

  test.each([
    [
      "a former key over what came after it",
      log.noteAt(6, first),
      /was handed over at size 5, and may sign none of size 6/,
    ],
    [
      "a key over what was before it",
      log.noteAt(4, second),
      /came by a hand-over at size 5, and may sign none of size 4/,
    ],
    ["a stranger", log.noteAt(4, thief), /is not signed by/],
  ])("sign nothing else: %s", (_, note, says) => {
    const history = new KeyHistory(keyOf(third), log.handovers);
    expect(() => history.openCheckpoint(note)).toThrow(says);
  });

  test.each([
    ["a link is missing", [toSecond], /lead to .*, not to /],
    ["the order is another", [toThird, toSecond], /is from /],
    ["one comes twice", [toSecond, toSecond], /is from /],
    [
      "they go back in size",
      [toSecond, signHandover(log.at(4), second, third)],
      /is of size 4, and the one before of 5/,
    ],
    ["they lead in a circle", [toSecond, signHandover(log.at(9), second, first)], /lead back to /],
    ["a checkpoint is among them", [toSecond, log.noteAt(9, second)], /is no hand-over/],
  ])("are not believed when %s", (_, notes, says) => {
    expect(() => new KeyHistory(keyOf(third), notes)).toThrow(says);
  });
});

describe("an export across changes of the key", () => {
  const headOf = (handovers: readonly string[], verifier = third.verifier): string =>
    formatExportHead({
      verifier,
      handovers,
      checkpoint: log.noteAt(12, third),
      first: 1,
      from: 1,
      edge: [],
    });
  const check = (
    head: string,
    against: readonly string[],
    pinned?: NoteSigner,
    lines = log.records,
  ) => {
    const verifier = new ExportVerifier({
      against,
      ...(pinned === undefined ? {} : { verifier: keyOf(pinned) }),
    });
    for (const line of [head, ...lines]) verifier.line(line);
    return verifier.end();
  };
  const old = log.noteAt(3, first);

  test.each([
    ["none", undefined],
    ["the first", first],
    ["the second", second],
    ["the present", third],
  ])(
    "holds by whichever key is pinned (%s), and against checkpoints by former keys",
    (_, pinned) => {
      const report = check(headOf(log.handovers), [old, log.noteAt(8, second), toThird], pinned);
      expect(report.findings).toEqual([]);
      expect(report.held).toEqual([3, 5, 8, 9, 12]);
      expect(report.formerKeys).toEqual([first.verifier, second.verifier]);
    },
  );

  test.each([
    [
      "a stranger's key is pinned",
      headOf(log.handovers),
      [],
      thief,
      /no hand-over leads from one to the other/,
    ],
    [
      "the hand-overs are left out, and an old key is pinned",
      headOf([]),
      [],
      first,
      /no hand-over leads/,
    ],
    [
      "the hand-overs are left out, and an old checkpoint is at hand",
      headOf([]),
      [old],
      undefined,
      /is not signed by/,
    ],
    [
      "a hand-over was not signed by the key before",
      headOf([toSecond, textOf(toThird) + lineOf(toThird, third)]),
      [],
      first,
      /not signed by the key before it/,
    ],
    [
      "the line of a hand-over is gone",
      headOf([toSecond, log.noteAt(9, second) + lineOf(log.noteAt(9, second), third)]),
      [],
      first,
      /is no hand-over/,
    ],
    [
      "a former key signs on",
      headOf(log.handovers),
      [log.noteAt(11, first)],
      undefined,
      /was handed over at size 5/,
    ],
  ] as const)("is refused when %s", (_, head, against, pinned, says) => {
    expect(() => check(head, against, pinned)).toThrow(says);
  });

  test("does not hold when a hand-over that was kept elsewhere says something else", () => {
    const stolen = signHandover(log.at(5), first, thief);
    expect(check(headOf(log.handovers), [stolen]).findings).toMatchObject([
      {
        what: "checkpoint",
        says: expect.stringMatching(
          /handed the log over to .* at size 5, and by the export it says to/,
        ),
      },
    ]);
    const secret = signHandover(log.at(12), third, thief);
    expect(check(headOf(log.handovers), [secret]).findings).toMatchObject([
      { what: "checkpoint", says: expect.stringContaining("says nothing of that") },
    ]);
    expect(check(headOf(log.handovers), log.handovers).findings).toEqual([]);
  });

  test("does not hold when a hand-over is over other records, or its record says something else", () => {
    const other = { ...log.at(9), root: log.at(8).root };
    const forged = headOf([toSecond, signHandover(other, second, third)]);
    expect(check(forged, []).findings).toMatchObject([{ what: "altered" }]);
    const elsewhere = headOf([toSecond, signHandover(log.at(8), second, third)]);
    expect(check(elsewhere, []).findings).toMatchObject([
      {
        what: "checkpoint",
        says: expect.stringContaining("a hand-over at record 8 names the key"),
      },
      { what: "checkpoint", says: expect.stringContaining("record 9 says that") },
    ]);
    expect(check(headOf([]), []).findings).toMatchObject([
      { what: "checkpoint", records: [5, 5] },
      { what: "checkpoint", records: [9, 9] },
    ]);
  });
});

test("who has the present key alone changes nothing of before its hand-over, for those who keep the first key", () => {
  const rotated = new Map([
    [5, second],
    [9, third],
  ]);
  /** All hashed again with record `changed` edited, and signed again by the present key. */
  const check = (changed: number) => {
    const range = new CompactRange();
    const lines: string[] = [];
    for (let sequence = 1; sequence <= 12; sequence += 1) {
      const bytes = bytesOf(sequence, rotated).replace(
        '"type":',
        sequence === changed ? '"forged":1,"type":' : '"type":',
      );
      range.append(leafHash(bytes));
      lines.push(formatExportRecord(leafHash(bytes), bytes));
    }
    const checkpoint = third.sign(formatCheckpoint({ origin, size: 12, root: range.root() }));
    const { handovers } = log;
    const head = { verifier: third.verifier, handovers, checkpoint, first: 1, from: 1, edge: [] };
    const verifier = new ExportVerifier({ verifier: keyOf(first) });
    for (const line of [formatExportHead(head), ...lines]) verifier.line(line);
    return verifier.end().findings;
  };
  for (let changed = 1; changed <= 9; changed += 1) {
    expect(check(changed)).toMatchObject([
      { what: "altered", records: changed <= 5 ? [1, 5] : [6, 9] },
    ]);
  }
  expect(check(10)).toEqual([]);
});

test("a proof by a former key counts by that key, and by a later one with the hand-overs", () => {
  const range = new CompactRange();
  range.append(leafHash("{}"));
  const checkpoint = first.sign(formatCheckpoint({ origin, size: 1, root: range.root() }));
  const proof = { verifier: first.verifier, checkpoint, index: 0, hashes: [], record: "{}" };
  expect(checkRecordProof(proof, keyOf(first)).size).toBe(1);
  expect(checkRecordProof(proof, keyOf(third), log.handovers).size).toBe(1);
  const missing = `the proof is by the key ${first.verifier}, not ${third.verifier}: verify it by that key, or with hand-overs`;
  expect(() => checkRecordProof(proof, keyOf(third))).toThrow(missing);
  expect(() => checkRecordProof(proof, keyOf(thief), log.handovers)).toThrow("not ");
});

test("a proof brings no hand-over in place of one that is known", () => {
  const range = new CompactRange();
  for (let leaf = 0; leaf < 12; leaf += 1) range.append(leafHash(`{"forged":${leaf}}`));
  const forged = { origin, size: 12, root: range.root() };
  const single = new CompactRange();
  single.append(leafHash("{}"));
  const proofBy = (signer: NoteSigner, handovers: readonly string[]) => ({
    verifier: signer.verifier,
    handovers,
    checkpoint: signer.sign(formatCheckpoint({ origin, size: 1, root: single.root() })),
    index: 0,
    hashes: [],
    record: "{}",
  });
  // Who has stolen the first key after its hand-over hands over once more, and as often as there are hand-overs.
  const again = [signHandover(forged, first, thief)];
  const later = signHandover({ ...forged, size: 13 }, thief, newSigner());
  for (const brought of [again, [...again, later]]) {
    expect(checkRecordProof(proofBy(first, brought), keyOf(first)).size).toBe(1);
    expect(() => checkRecordProof(proofBy(first, brought), keyOf(first), [toSecond])).toThrow(
      `key ${first.verifier} handed the log over to ${second.verifier} at size 5, and to ${thief.verifier} at size 12`,
    );
  }
  // Or makes up a key that came before, and goes on as if it had not handed over.
  const beyond = {
    ...proofBy(first, [signHandover({ ...forged, size: 3 }, thief, first)]),
    checkpoint: first.sign(formatCheckpoint(forged)),
  };
  expect(() => checkRecordProof(beyond, keyOf(first), [toSecond])).toThrow(
    `key ${first.verifier} was handed over at size 5, and may sign none of size 12`,
  );
  // What is known and what is brought may each be a part of it.
  expect(() => checkRecordProof(proofBy(third, [toThird]), keyOf(first), [toSecond])).toThrow(
    "came by a hand-over at size 9",
  );
});
