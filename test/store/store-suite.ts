// How every store behaves; each implementation runs it.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type {
  BotRecord,
  EntryRecord,
  InstanceRecord,
  IssuanceRecord,
  New,
  Store,
} from "../../src/store/index.ts";

export interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

const T0 = new Date("2030-01-01T00:00:00.000Z");
const at = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);

const bot = (name: string, more: Partial<BotRecord> = {}): New<BotRecord> => ({
  name,
  kind: "bot",
  owner: "o",
  purpose: "p",
  environment: "e",
  endsAt: null,
  state: "active",
  spiffeId: `spiffe://example.org/${name}`,
  createdAt: T0,
  updatedAt: T0,
  ...more,
});
const entry = (
  id: string,
  owner: string,
  values: string[],
  more: Partial<EntryRecord> = {},
): New<EntryRecord> => ({
  id,
  bot: owner,
  selectors: values.map((value) => ({ type: "unix", value })),
  x509TtlSeconds: null,
  jwtTtlSeconds: null,
  dnsNames: [],
  audiences: [],
  hint: "",
  nodes: [],
  nodeSelectors: [],
  expiresAt: null,
  createdAt: T0,
  updatedAt: T0,
  createdBy: null,
  ...more,
});
const instance = (id: string, owner: string, entryId: string): New<InstanceRecord> => ({
  id,
  bot: owner,
  entryId,
  attestor: "unix",
  selectors: [{ type: "unix", value: "uid:1" }],
  evidenceKey: "unix:uid:1",
  evidenceExpiresAt: null,
  node: null,
  state: "active",
  attestedAt: T0,
  lastSeenAt: T0,
  lineageEndsAt: at(1000),
  resumable: true,
  newestSerial: null,
  newestNotAfter: null,
  newestUsed: false,
  previousSerial: null,
  remoteAddress: "",
});
const issuance = (
  id: string,
  owner: string,
  more: Partial<IssuanceRecord> = {},
): IssuanceRecord => ({
  id,
  kind: "x509",
  bot: owner,
  spiffeId: `spiffe://example.org/${owner}`,
  instanceId: null,
  entryId: null,
  publicKeyHash: "00",
  audiences: [],
  authorityId: "ca",
  notBefore: T0,
  notAfter: at(60),
  issuedAt: T0,
  ...more,
});
const code = (wanted: string) => expect.objectContaining({ code: wanted });

export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterEach(() => opened.close());

    test("a name and a SPIFFE ID are given once, for all time", async () => {
      await store.transaction((tx) => tx.createBot(bot("a")));
      await expect(store.transaction((tx) => tx.createBot(bot("a")))).rejects.toEqual(
        code("ALREADY_EXISTS"),
      );
      const same = bot("b", { spiffeId: "spiffe://example.org/a" });
      await expect(store.transaction((tx) => tx.createBot(same))).rejects.toEqual(
        code("ALREADY_EXISTS"),
      );
      expect(await store.getBot("b")).toBeUndefined();
    });

    test("an update names the revision that it saw", async () => {
      const made = await store.transaction((tx) => tx.createBot(bot("a")));
      expect(made.revision).toBe(1);
      const changed = await store.transaction((tx) => tx.updateBot({ ...made, owner: "x" }));
      expect(changed.revision).toBe(2);
      await expect(
        store.transaction((tx) => tx.updateBot({ ...made, owner: "y" })),
      ).rejects.toEqual(code("STALE_REVISION"));
      await expect(
        store.transaction((tx) => tx.updateBot({ ...changed, name: "z" })),
      ).rejects.toEqual(code("NOT_FOUND"));
      expect(await store.getBot("a")).toEqual(changed);
    });

    test("what a bot is for life does not change, and a retired one not at all", async () => {
      const made = await store.transaction((tx) => tx.createBot(bot("a")));
      for (const change of [
        { kind: "node" as const },
        { environment: "x" },
        { spiffeId: "spiffe://example.org/x" },
      ]) {
        await expect(
          store.transaction((tx) => tx.updateBot({ ...made, ...change })),
        ).rejects.toEqual(code("WRONG_STATE"));
      }
      const retired = await store.transaction((tx) => tx.updateBot({ ...made, state: "retired" }));
      await expect(
        store.transaction((tx) => tx.updateBot({ ...retired, state: "active" })),
      ).rejects.toEqual(code("WRONG_STATE"));
    });

    test("a transaction is all or nothing, and a savepoint is undone alone", async () => {
      const failed = store.transaction(async (tx) => {
        await tx.createBot(bot("a"));
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect(await store.getBot("a")).toBeUndefined();
      expect(await store.feedSequence()).toBe(0);
      await store.transaction(async (tx) => {
        await tx.createBot(bot("a"));
        const inner = tx.savepoint(async () => {
          await tx.createBot(bot("b"));
          throw new Error("no");
        });
        await expect(inner).rejects.toThrow("no");
      });
      expect(await store.getBot("a")).toBeDefined();
      expect(await store.getBot("b")).toBeUndefined();
    });

    test("candidates are all entries that could match, found without asking all", async () => {
      await store.transaction(async (tx) => {
        await tx.createBot(bot("a"));
        await tx.createEntry(entry("1", "a", ["uid:1"]));
        await tx.createEntry(entry("2", "a", ["uid:1", "gid:1"]));
        await tx.createEntry(entry("3", "a", ["uid:2"]));
        for (let i = 0; i < 200; i += 1)
          await tx.createEntry(entry(`x${i}`, "a", ["uid:1", `path:/${i}`]));
      });
      const found = await store.candidateEntries([
        { type: "unix", value: "uid:1" },
        { type: "unix", value: "gid:1" },
      ]);
      expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(["1", "2"]));
      expect(found.length).toBeLessThan(10);
      expect(await store.candidateEntries([])).toEqual([]);
    });

    test("each change is in the feed, in its order, and watchers are woken", async () => {
      const woken = vi.fn();
      const stop = store.watch(woken);
      await store.transaction(async (tx) => {
        await tx.createBot(bot("a"));
        await tx.createEntry(entry("1", "a", ["uid:1"]));
      });
      await vi.waitFor(() => expect(woken).toHaveBeenCalledWith(2));
      const { changes, pruned } = await store.changesAfter(0, 10);
      expect(pruned).toBe(false);
      expect(changes.map(({ sequence, kind, key }) => [sequence, kind, key])).toEqual([
        [1, "bot", "a"],
        [2, "entry", "1"],
      ]);
      stop();
    });

    test("who fell behind the pruned end is told so", async () => {
      await store.transaction((tx) => tx.createBot(bot("a")));
      await store.transaction((tx) => tx.createBot(bot("b")));
      await store.transaction((tx) =>
        tx.prune({ changesBefore: new Date(Date.now() + 1_000_000) }),
      );
      expect((await store.changesAfter(0, 10)).pruned).toBe(true);
      expect(await store.changesAfter(2, 10)).toEqual({ changes: [], pruned: false });
      expect((await store.changesAfter(99, 10)).pruned).toBe(true);
    });

    test("live issuances: by bot, instance or entry, as long as they live", async () => {
      await store.transaction(async (tx) => {
        await tx.createBot(bot("a"));
        await tx.createEntry(entry("1", "a", ["uid:1"]));
        await tx.createInstance(instance("i", "a", "1"));
        await tx.appendIssuances([
          issuance("s1", "a", { instanceId: "i", entryId: "1" }),
          issuance("s2", "a", { notAfter: at(120) }),
          issuance("s3", "a", { notAfter: at(-1) }),
        ]);
      });
      const ids = async (filter: object) =>
        (await store.liveIssuances(filter, T0)).map(({ id }) => id);
      expect(await ids({ bot: "a" })).toEqual(["s1", "s2"]);
      expect(await ids({ instanceId: "i" })).toEqual(["s1"]);
      expect((await store.getInstanceBySerial("s1"))?.id).toBe("i");
    });

    test("denials: the later expiry stays, and lifting goes into the feed", async () => {
      const denial = {
        kind: "serial",
        value: "s",
        reason: "suspended",
        expiresAt: at(60),
      } as const;
      await store.transaction((tx) => tx.addDenials([denial]));
      await store.transaction((tx) =>
        tx.addDenials([{ ...denial, reason: "retired", expiresAt: at(30) }]),
      );
      expect(await store.getDenial("serial", "s")).toMatchObject({
        reason: "retired",
        expiresAt: at(60),
      });
      const { denials, sequence } = await store.denialSnapshot(T0);
      expect(denials).toHaveLength(1);
      expect(sequence).toBe(await store.feedSequence());
      expect((await store.denialSnapshot(at(61))).denials).toEqual([]);
      expect(await store.transaction((tx) => tx.liftDenial("serial", "s"))).toBe(true);
      expect(await store.transaction((tx) => tx.liftDenial("serial", "s"))).toBe(false);
      const { changes } = await store.changesAfter(0, 10);
      expect(changes.at(-1)).toMatchObject({ kind: "denial_lifted", key: "serial:s" });
    });

    test("the audit is dense, also when a transaction fails in between", async () => {
      const draft = (type: string) => ({
        at: T0,
        type,
        bot: "a",
        serial: null,
        instanceId: null,
        requestId: null,
        bytes: (sequence: number) => JSON.stringify({ sequence, type }),
      });
      expect(await store.transaction((tx) => tx.appendAudit([draft("x"), draft("y")]))).toEqual([
        1, 2,
      ]);
      const failed = store.transaction(async (tx) => {
        await tx.appendAudit([draft("lost")]);
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect(await store.transaction((tx) => tx.appendAudit([draft("z")]))).toEqual([3]);
      expect((await store.listAudit({ bot: "a" })).map(({ type }) => type)).toEqual([
        "x",
        "y",
        "z",
      ]);
      expect(await store.listAudit({ type: "y", afterSequence: 2 })).toEqual([]);
    });

    test("tokens: distinct keys up to their uses", async () => {
      const use = (keyFingerprint: string) => ({ keyFingerprint, instanceId: null, usedAt: T0 });
      await store.transaction(async (tx) => {
        await tx.createBot(bot("a"));
        await tx.createToken({
          id: "t",
          bot: "a",
          secretHash: Buffer.alloc(32, 1),
          createdAt: T0,
          expiresAt: at(60),
          uses: 1,
          revokedAt: null,
          voidedAt: null,
          refused: 0,
          usedBy: [],
        });
        await tx.addTokenUse("t", use("k1"));
      });
      await expect(store.transaction((tx) => tx.addTokenUse("t", use("k1")))).rejects.toEqual(
        code("ALREADY_EXISTS"),
      );
      await expect(store.transaction((tx) => tx.addTokenUse("t", use("k2")))).rejects.toEqual(
        code("LIMIT_EXCEEDED"),
      );
      expect(await store.transaction((tx) => tx.voidTokensOfBot("a", T0))).toBe(1);
      expect(await store.getToken("t")).toMatchObject({
        voidedAt: T0,
        usedBy: [{ keyFingerprint: "k1" }],
      });
    });

    test("lists go page by page", async () => {
      await store.transaction(async (tx) => {
        for (let i = 0; i < 25; i += 1) await tx.createBot(bot(`b${String(i).padStart(2, "0")}`));
      });
      const names: string[] = [];
      let after: string | null = null;
      do {
        const page = { limit: 10, ...(after === null ? {} : { after }) };
        const { items, next } = await store.listBots({}, page);
        names.push(...items.map(({ name: each }) => each));
        after = next;
      } while (after !== null);
      expect(names).toHaveLength(25);
      expect(new Set(names).size).toBe(25);
      await expect(store.listBots({}, { after: "not a page" })).rejects.toEqual(
        code("REQUEST_INVALID"),
      );
    });

    test("closed, it says so", async () => {
      await store.close();
      await expect(store.getBot("a")).rejects.toEqual(code("CLOSED"));
      await expect(store.transaction(async () => 1)).rejects.toEqual(code("CLOSED"));
    });
  });
}
