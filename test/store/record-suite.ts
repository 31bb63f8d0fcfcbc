import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ErrorCode } from "../../src/errors.ts";
import { parseSelector } from "../../src/spiffe/index.ts";
import type { IdTokenUse, Store, StoreTransaction } from "../../src/store/index.ts";
import {
  addBot,
  at,
  newAudit,
  newAuthority,
  newBot,
  newEntry,
  newInstance,
  newIssuance,
  newToken,
  newUse,
  T0,
} from "./builders.ts";

const idTokenUse = (id: string, expiresAt: Date): IdTokenUse => ({
  id,
  keyFingerprint: "k",
  instanceIds: [],
  expiresAt,
});

/** A store under test, empty. */
export interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** What every implementation of `Store` must do, method by method; `store-suite.ts` tells the story of them together. */
export function describeRecords(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore;
    let store: Store;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    const write = <T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> =>
      store.transaction(work);
    const refused = (work: (tx: StoreTransaction) => Promise<unknown>, code: ErrorCode) =>
      expect(store.transaction(work)).rejects.toMatchObject({ name: "IssuerError", code });
    const kinds = async (after = 0) =>
      (await store.changesAfter(after, 1000)).changes.map(({ kind, key, data }) => [
        kind,
        key,
        JSON.parse(data) as unknown,
      ]);

    describe("transactions", () => {
      test("keep all writes of a work that resolves", async () => {
        const bot = await addBot(store);
        expect(bot).toEqual({ ...newBot(), revision: 1 });
        expect(await store.getBot("a")).toEqual(bot);
      });

      test("keep no write of a work that rejects", async () => {
        const failing = write(async (tx) => {
          await tx.createBot(newBot());
          await tx.appendAudit([newAudit()]);
          throw new Error("no");
        });
        await expect(failing).rejects.toThrow("no");
        expect(await store.getBot("a")).toBeUndefined();
        expect(await store.auditSequence()).toBe(0);
        expect(await store.feedSequence()).toBe(0);
      });

      test("see their own writes, which nobody else does before the commit", async () => {
        await write(async (tx) => {
          await tx.createBot(newBot());
          expect(await tx.getBot("a")).toBeDefined();
          expect(await tx.feedSequence()).toBe(1);
          expect(await store.getBot("a")).toBeUndefined();
          expect(await store.feedSequence()).toBe(0);
        });
        expect(await store.getBot("a")).toBeDefined();
      });

      test("run one after the other, in the order asked for", async () => {
        const order: string[] = [];
        await Promise.all(
          ["1", "2", "3"].map((each) =>
            write(async (tx) => {
              order.push(`${each} begins`);
              await new Promise((resolve) => setImmediate(resolve));
              await tx.setMeta("last", each);
              order.push(`${each} ends`);
            }),
          ),
        );
        const expected = ["1", "2", "3"].flatMap((each) => [`${each} begins`, `${each} ends`]);
        expect(order).toEqual(expected);
        expect(await store.getMeta("last")).toBe("3");
      });

      test("go on after one that failed", async () => {
        await refused((tx) => tx.deleteEntry("none"), "NOT_FOUND");
        await addBot(store);
        expect(await store.getBot("a")).toBeDefined();
      });

      test("cannot be used when they are over", async () => {
        let leaked: StoreTransaction | undefined;
        await write(async (tx) => {
          leaked = tx;
        });
        await expect(leaked?.createBot(newBot())).rejects.toMatchObject({ code: "INTERNAL" });
        expect(await store.getBot("a")).toBeUndefined();
      });

      test("undo a savepoint alone", async () => {
        await write(async (tx) => {
          await tx.appendAudit([newAudit()]);
          const undone = tx.savepoint(async () => {
            await tx.createBot(newBot("b"));
            await tx.appendAudit([newAudit(), newAudit()]);
            throw new Error("undo");
          });
          await expect(undone).rejects.toThrow("undo");
          expect(await tx.savepoint(() => tx.appendAudit([newAudit()]))).toEqual([2]);
          await tx.createBot(newBot("c"));
        });
        expect(await store.getBot("b")).toBeUndefined();
        expect((await store.listAudit()).map(({ sequence }) => sequence)).toEqual([1, 2]);
        expect(await kinds()).toEqual([["bot", "c", { state: "active" }]]);
      });

      test("nest savepoints", async () => {
        await write(async (tx) => {
          await tx.savepoint(async () => {
            await tx.createBot(newBot("a"));
            const inner = tx.savepoint(async () => {
              await tx.createBot(newBot("b"));
              throw new Error("inner");
            });
            await expect(inner).rejects.toThrow("inner");
            await tx.createBot(newBot("c"));
          });
        });
        const { items } = await store.listBots();
        expect(items.map((each) => each.name)).toEqual(["a", "c"]);
      });
    });

    describe("close", () => {
      test("waits for what runs, then refuses, and may be called twice", async () => {
        const running = addBot(store);
        const closing = store.close();
        const late = addBot(store, "b");
        await expect(late).rejects.toMatchObject({ code: "CLOSED" });
        expect((await running).name).toBe("a");
        await closing;
        await store.close();
        await expect(store.getBot("a")).rejects.toMatchObject({ code: "CLOSED" });
      });
    });

    describe("meta", () => {
      test("sets, replaces and removes", async () => {
        await write((tx) => tx.setMeta("k", "1"));
        await write((tx) => tx.setMeta("k", "2"));
        expect(await store.getMeta("k")).toBe("2");
        await write((tx) => tx.setMeta("k", undefined));
        expect(await store.getMeta("k")).toBeUndefined();
      });
    });

    describe("bots", () => {
      test("never give a name or a SPIFFE ID again", async () => {
        await addBot(store);
        const { spiffeId } = newBot();
        await refused((tx) => tx.createBot(newBot("a", { spiffeId: "x" })), "ALREADY_EXISTS");
        await refused((tx) => tx.createBot(newBot("b", { spiffeId })), "ALREADY_EXISTS");
      });

      test("are found by SPIFFE ID", async () => {
        const bot = await addBot(store);
        expect(await store.getBotBySpiffeId(bot.spiffeId)).toEqual(bot);
        expect(await store.getBotBySpiffeId("spiffe://example.org/none")).toBeUndefined();
      });

      test("update from the revision that was seen, and from no other", async () => {
        const bot = await addBot(store);
        const changed = { ...bot, owner: "bob@example.org", endsAt: at(9), updatedAt: at(1) };
        const updated = await write((tx) => tx.updateBot(changed));
        expect(updated).toEqual({ ...changed, revision: 2 });
        expect(await store.getBot("a")).toEqual(updated);
        await refused((tx) => tx.updateBot(changed), "STALE_REVISION");
        await refused((tx) => tx.updateBot({ ...changed, name: "none" }), "NOT_FOUND");
      });

      test.each([{ kind: "service" as const }, { environment: "test" }, { spiffeId: "other" }])(
        "keep for life: %o",
        async (change) => {
          const bot = await addBot(store);
          await refused((tx) => tx.updateBot({ ...bot, ...change }), "WRONG_STATE");
        },
      );

      test("do not change once retired", async () => {
        const bot = await addBot(store);
        const retired = await write((tx) => tx.updateBot({ ...bot, state: "retired" }));
        await refused((tx) => tx.updateBot({ ...retired, state: "active" }), "WRONG_STATE");
      });

      test("are listed by name, filtered, in pages", async () => {
        for (const name of ["d", "b", "c", "a"]) await addBot(store, name);
        await addBot(store, "s", { kind: "service", owner: "bob", environment: "test" });
        const first = await store.listBots({ kind: "bot" }, { limit: 3 });
        expect(first.items.map((each) => each.name)).toEqual(["a", "b", "c"]);
        const second = await store.listBots({ kind: "bot" }, { limit: 3, after: first.next ?? "" });
        expect(second.items.map((each) => each.name)).toEqual(["d"]);
        expect(second.next).toBeNull();
        expect((await store.listBots({}, { limit: 5 })).next).toBeNull();
        for (const filter of [{ owner: "bob" }, { environment: "test" }]) {
          expect((await store.listBots(filter)).items).toHaveLength(1);
        }
        expect((await store.listBots({ state: "retired" })).items).toEqual([]);
      });

      test.each([{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { after: "" }, { after: "zz!" }])(
        "refuse the page %o",
        async (page) => {
          const listing = store.listBots({}, page);
          await expect(listing).rejects.toMatchObject({ code: "REQUEST_INVALID" });
        },
      );

      test("are found when they end: after exclusive, until inclusive", async () => {
        for (const seconds of [30, 10, 20]) {
          await addBot(store, `b${seconds}`, { endsAt: at(seconds) });
        }
        await addBot(store, "gone", { endsAt: at(15), state: "retired" });
        const ending = await store.botsEnding({ after: at(10), until: at(30) });
        expect(ending.map((each) => each.name)).toEqual(["b20", "b30"]);
        expect(await store.nextBotEnd(at(10))).toEqual(at(20));
        expect(await store.nextBotEnd(at(30))).toBeUndefined();
      });
    });

    describe("entries", () => {
      beforeEach(async () => {
        await addBot(store);
        await addBot(store, "b");
      });
      const candidates = async (...texts: string[]) =>
        (await store.candidateEntries(texts.map(parseSelector))).map(({ id }) => id);
      const near = async (limit: number, ...texts: string[]) =>
        (await store.nearEntries(texts.map(parseSelector), limit)).map(({ id }) => id);

      test("are read back with their selectors sorted, each once", async () => {
        const entry = newEntry("e1", ["unix:uid:2", "unix:gid:1:x", "unix:uid:2"]);
        const made = await write((tx) => tx.createEntry(entry));
        const selectors = ["unix:gid:1:x", "unix:uid:2"].map(parseSelector);
        expect(made).toEqual({ ...entry, selectors, revision: 1 });
        expect(await store.getEntry("e1")).toEqual(made);
        expect(await store.entriesOfBot("a")).toEqual([made]);
      });

      test("are unique by bot and selectors, whatever their order", async () => {
        await write((tx) => tx.createEntry(newEntry("e1", ["unix:uid:1", "unix:gid:1"])));
        const same = newEntry("e2", ["unix:gid:1", "unix:uid:1"]);
        await refused((tx) => tx.createEntry(same), "ALREADY_EXISTS");
        await write((tx) => tx.createEntry({ ...same, bot: "b" }));
        const sameId = newEntry("e1", ["unix:uid:7"]);
        await refused((tx) => tx.createEntry(sameId), "ALREADY_EXISTS");
        const other = await write((tx) => tx.createEntry(newEntry("e3", ["unix:uid:3"])));
        const { selectors } = same;
        await refused((tx) => tx.updateEntry({ ...other, selectors }), "ALREADY_EXISTS");
      });

      test("need a bot and a selector", async () => {
        const orphan = newEntry("e1", ["unix:uid:1"], { bot: "none" });
        await refused((tx) => tx.createEntry(orphan), "NOT_FOUND");
        await refused((tx) => tx.createEntry(newEntry("e1", [])), "REQUEST_INVALID");
      });

      test("update and delete", async () => {
        const entry = await write((tx) => tx.createEntry(newEntry("e1", ["unix:uid:1"])));
        const changed = { ...entry, selectors: [parseSelector("unix:uid:9")], hint: "h" };
        const updated = await write((tx) => tx.updateEntry(changed));
        expect(updated).toEqual({ ...changed, revision: 2 });
        expect(await candidates("unix:uid:1")).toEqual([]);
        expect(await candidates("unix:uid:9")).toEqual(["e1"]);
        await refused((tx) => tx.updateEntry(changed), "STALE_REVISION");
        await refused((tx) => tx.updateEntry({ ...updated, bot: "b" }), "WRONG_STATE");
        expect(await write((tx) => tx.deleteEntry("e1"))).toEqual(updated);
        expect(await candidates("unix:uid:9")).toEqual([]);
        await refused((tx) => tx.updateEntry(updated), "NOT_FOUND");
        await refused((tx) => tx.deleteEntry("e1"), "NOT_FOUND");
      });

      test("are candidates whenever all of their selectors were proven", async () => {
        const sets = [
          ["unix:uid:1"],
          ["unix:uid:1", "unix:gid:1"],
          ["unix:uid:1", "unix:gid:2"],
          ["unix:uid:1", "unix:gid:1", "unix:path:/bin/x"],
          ["unix:path:/bin/x"],
        ];
        await write(async (tx) => {
          for (const [n, set] of sets.entries()) await tx.createEntry(newEntry(`e${n}`, set));
        });
        for (const proven of [...sets, sets.flat()]) {
          const found = await candidates(...proven);
          for (const [n, set] of sets.entries()) {
            if (set.every((each) => proven.includes(each))) expect(found).toContain(`e${n}`);
          }
        }
        expect(await candidates()).toEqual([]);
        expect(await candidates("unix:uid:77")).toEqual([]);
      });

      test("are filed under their rarest selector, so that a common one finds few", async () => {
        await write(async (tx) => {
          for (let n = 0; n < 50; n++) {
            await tx.createEntry(newEntry(`e${n}`, ["unix:uid:1", `unix:gid:${n}`]));
          }
        });
        expect((await candidates("unix:uid:1")).length).toBeLessThanOrEqual(1);
        expect(await candidates("unix:uid:1", "unix:gid:33")).toContain("e33");
      });

      test("are near when they miss little, then when they are of the type", async () => {
        await write(async (tx) => {
          await tx.createEntry(newEntry("far", ["unix:uid:1", "unix:gid:1", "unix:path:/x"]));
          await tx.createEntry(newEntry("exact", ["unix:uid:1"]));
          await tx.createEntry(newEntry("type", ["unix:uid:5"]));
          await tx.createEntry(newEntry("one", ["unix:uid:1", "unix:gid:2"]));
          await tx.createEntry(newEntry("other", ["x509pop:ca:subject:cn:r"]));
        });
        expect(await near(10, "unix:uid:1")).toEqual(["exact", "one", "far", "type"]);
        expect(await near(2, "unix:uid:1")).toEqual(["exact", "one"]);
        expect(await near(10)).toEqual([]);
        const none = store.nearEntries([], 0);
        await expect(none).rejects.toMatchObject({ code: "REQUEST_INVALID" });
      });

      test("are found when they expire, and listed by bot", async () => {
        await write(async (tx) => {
          await tx.createEntry(newEntry("e1", ["unix:uid:1"], { expiresAt: at(10) }));
          await tx.createEntry(newEntry("e2", ["unix:uid:2"], { expiresAt: at(20), bot: "b" }));
          await tx.createEntry(newEntry("e3", ["unix:uid:3"]));
        });
        const expiring = await store.entriesExpiring({ after: T0, until: at(10) });
        expect(expiring.map(({ id }) => id)).toEqual(["e1"]);
        expect(await store.nextEntryExpiry(at(10))).toEqual(at(20));
        expect(await store.nextEntryExpiry(at(20))).toBeUndefined();
        const { items, next } = await store.listEntries({ bot: "a" }, { limit: 1 });
        expect(items.map(({ id }) => id)).toEqual(["e1"]);
        const rest = await store.listEntries({ bot: "a" }, { after: next ?? "" });
        expect(rest.items.map(({ id }) => id)).toEqual(["e3"]);
      });
    });

    describe("tokens", () => {
      const use = (key: string) => ({ keyFingerprint: key, instanceId: null, usedAt: at(1) });
      beforeEach(() => addBot(store));

      test("are read back whole", async () => {
        const token = newToken("t1", { usedBy: [use("k0")], uses: 2 });
        expect(await write((tx) => tx.createToken(token))).toEqual(token);
        expect(await store.getToken("t1")).toEqual(token);
        expect((await store.listTokens({ bot: "a" })).items).toEqual([token]);
        expect((await store.listTokens({ bot: "b" })).items).toEqual([]);
        await refused((tx) => tx.createToken(token), "ALREADY_EXISTS");
        await refused((tx) => tx.createToken(newToken("t2", { bot: "none" })), "NOT_FOUND");
      });

      test("bind as many keys as they have uses, each once, in order", async () => {
        await write((tx) => tx.createToken(newToken("t1", { uses: 2 })));
        await write((tx) => tx.addTokenUse("t1", use("k2")));
        await refused((tx) => tx.addTokenUse("t1", use("k2")), "ALREADY_EXISTS");
        const full = await write((tx) => tx.addTokenUse("t1", use("k1")));
        expect(full.usedBy).toEqual([use("k2"), use("k1")]);
        await refused((tx) => tx.addTokenUse("t1", use("k3")), "LIMIT_EXCEEDED");
        await refused((tx) => tx.addTokenUse("none", use("k3")), "NOT_FOUND");
        const held = await write((tx) => tx.setTokenUseInstance("t1", "k1", "i1"));
        expect(held.usedBy[1]).toEqual({ ...use("k1"), instanceId: "i1" });
        await refused((tx) => tx.setTokenUseInstance("t1", "k9", "i1"), "NOT_FOUND");
      });

      test("count refusals, are revoked and voided once", async () => {
        await write((tx) => tx.createToken(newToken("t1")));
        await write((tx) => tx.countTokenRefusal("t1"));
        expect((await write((tx) => tx.countTokenRefusal("t1"))).refused).toBe(2);
        await write((tx) => tx.revokeToken("t1", at(1)));
        expect((await write((tx) => tx.revokeToken("t1", at(2)))).revokedAt).toEqual(at(1));
        await write((tx) => tx.voidToken("t1", at(3)));
        expect((await write((tx) => tx.voidToken("t1", at(4)))).voidedAt).toEqual(at(3));
        for (const work of [
          (tx: StoreTransaction) => tx.countTokenRefusal("none"),
          (tx: StoreTransaction) => tx.revokeToken("none", T0),
          (tx: StoreTransaction) => tx.voidToken("none", T0),
        ]) {
          await refused(work, "NOT_FOUND");
        }
      });

      test("of a bot are voided together, but for those that are over already", async () => {
        await addBot(store, "b");
        await write(async (tx) => {
          await tx.createToken(newToken("good"));
          await tx.createToken(newToken("expired", { expiresAt: at(5) }));
          await tx.createToken(newToken("revoked", { revokedAt: T0 }));
          await tx.createToken(newToken("void", { voidedAt: T0 }));
          await tx.createToken(newToken("other", { bot: "b" }));
        });
        expect(await write((tx) => tx.voidTokensOfBot("a", at(5)))).toBe(1);
        expect((await store.getToken("good"))?.voidedAt).toEqual(at(5));
        expect((await store.getToken("other"))?.voidedAt).toBeNull();
        expect((await store.getToken("expired"))?.voidedAt).toBeNull();
      });
    });

    describe("instances", () => {
      beforeEach(() => addBot(store));

      test("are read back whole, and listed by what they are of", async () => {
        const full = newInstance("i1", {
          evidenceExpiresAt: at(5),
          newestSerial: "01",
          newestNotAfter: at(9),
          newestUsed: true,
          previousSerial: "00",
          resumable: false,
        });
        const made = await write((tx) => tx.createInstance(full));
        expect(made).toEqual({ ...full, revision: 1 });
        expect(await store.getInstance("i1")).toEqual(made);
        await write((tx) => tx.createInstance(newInstance("i2", { state: "ended" })));
        const ids = async (filter: Parameters<Store["listInstances"]>[0]) =>
          (await store.listInstances(filter)).items.map(({ id }) => id);
        expect(await ids({ bot: "a" })).toEqual(["i1", "i2"]);
        expect(await ids({ state: "ended" })).toEqual(["i2"]);
        expect(await ids({ entryId: "e1", state: "active" })).toEqual(["i1"]);
        expect(await ids({ evidenceKey: "join_token:t1" })).toEqual(["i1", "i2"]);
        expect(await ids({ evidenceKey: "none" })).toEqual([]);
        await refused((tx) => tx.createInstance(full), "ALREADY_EXISTS");
        await refused((tx) => tx.createInstance(newInstance("i3", { bot: "z" })), "NOT_FOUND");
      });

      test("update by revision, and are in the feed when their state changes", async () => {
        const made = await write((tx) => tx.createInstance(newInstance("i1")));
        const before = await store.feedSequence();
        const seen = await write((tx) => tx.updateInstance({ ...made, newestUsed: true }));
        expect(await store.feedSequence()).toBe(before);
        const ended = await write((tx) => tx.updateInstance({ ...seen, state: "evicted" }));
        expect(ended.revision).toBe(3);
        expect(await kinds(before)).toEqual([["instance", "i1", { bot: "a", state: "evicted" }]]);
        await refused((tx) => tx.updateInstance(seen), "STALE_REVISION");
        await refused((tx) => tx.updateInstance({ ...ended, bot: "b" }), "WRONG_STATE");
        await refused((tx) => tx.updateInstance({ ...ended, id: "none" }), "NOT_FOUND");
      });

      test("advance with each X509-SVID; the newest becomes the previous", async () => {
        await write((tx) => tx.createInstance(newInstance("i1", { newestUsed: true })));
        const before = await store.feedSequence();
        await write((tx) =>
          tx.appendIssuances([
            newIssuance("01", { notAfter: at(60), issuedAt: at(1) }),
            newIssuance("02", { notAfter: at(90), issuedAt: at(2) }),
            newIssuance("jti", { kind: "jwt", notAfter: at(99), issuedAt: at(3) }),
          ]),
        );
        expect(await store.getInstance("i1")).toMatchObject({
          newestSerial: "02",
          previousSerial: "01",
          newestNotAfter: at(90),
          newestUsed: false,
          lastSeenAt: at(3),
          revision: 3,
        });
        expect(await store.feedSequence()).toBe(before);
      });

      test("are touched without a new revision", async () => {
        const made = await write((tx) => tx.createInstance(newInstance("i1")));
        await write((tx) => tx.touchInstance("i1", at(7), "192.0.2.9"));
        const touched = { ...made, lastSeenAt: at(7), remoteAddress: "192.0.2.9" };
        expect(await store.getInstance("i1")).toEqual(touched);
        await refused((tx) => tx.touchInstance("none", T0, ""), "NOT_FOUND");
      });

      test("are found by the serial of an X509-SVID", async () => {
        const made = await write(async (tx) => {
          await tx.appendIssuances([newIssuance("0a"), newIssuance("jti", { kind: "jwt" })]);
          return tx.createInstance(newInstance("i1"));
        });
        expect(await store.getInstanceBySerial("0a")).toEqual(made);
        expect(await store.getInstanceBySerial("jti")).toBeUndefined();
        expect(await store.getInstanceBySerial("none")).toBeUndefined();
      });
    });

    describe("issuances", () => {
      test("are read back whole, and recorded once", async () => {
        const jwt = newIssuance("j", { kind: "jwt", audiences: ["crm"], publicKeyHash: null });
        const minted = newIssuance("m", { instanceId: null, entryId: null });
        await write((tx) => tx.appendIssuances([jwt, minted]));
        expect(await store.getIssuance("j")).toEqual(jwt);
        expect(await store.getIssuance("m")).toEqual(minted);
        const again = [newIssuance("n"), newIssuance("j")];
        await refused((tx) => tx.appendIssuances(again), "ALREADY_EXISTS");
        expect(await store.getIssuance("n")).toBeUndefined();
      });

      test("are live until they expire, whatever came after them", async () => {
        await addBot(store);
        await write(async (tx) => {
          await tx.createInstance(newInstance("i1"));
          await tx.createBot(newBot("b"));
          await tx.createInstance(newInstance("i2", { bot: "b", entryId: "e2" }));
          await tx.appendIssuances([
            newIssuance("later", { notAfter: at(90) }),
            newIssuance("other", { bot: "b", instanceId: "i2", entryId: "e2" }),
            newIssuance("soon", { notAfter: at(60) }),
            newIssuance("past", { notAfter: at(30) }),
            newIssuance("minted", { instanceId: null, entryId: "e1", notAfter: at(70) }),
          ]);
        });
        const live = async (filter: Parameters<Store["liveIssuances"]>[0], now = at(31)) =>
          (await store.liveIssuances(filter, now)).map(({ id }) => id);
        expect(await live({ bot: "a" })).toEqual(["soon", "minted", "later"]);
        expect(await live({ instanceId: "i1" })).toEqual(["soon", "later"]);
        expect(await live({ entryId: "e1" })).toEqual(["soon", "minted", "later"]);
        expect(await live({ entryId: "e2" })).toEqual(["other"]);
        expect(await live({ bot: "a", instanceId: "i2" })).toEqual([]);
        expect(await live({})).toHaveLength(4);
        // an X509-SVID is valid at its last instant
        expect(await live({ bot: "a" }, at(60))).toEqual(["soon", "minted", "later"]);
        expect(await live({ bot: "a" }, at(61))).toEqual(["minted", "later"]);
      });

      test("tell how long an authority is needed", async () => {
        await write(async (tx) => {
          for (const id of ["x1", "x2"]) await tx.createAuthority(newAuthority(id));
          await tx.appendIssuances([
            newIssuance("1", { notAfter: at(10) }),
            newIssuance("2", { notAfter: at(5) }),
            newIssuance("4", { notAfter: at(50), authorityId: "x2" }),
          ]);
        });
        expect(await store.latestNotAfter("x1")).toEqual(at(10));
        expect(await store.latestNotAfter("none")).toBeUndefined();
      });
    });

    describe("denials", () => {
      const serial = (value: string, seconds = 60) =>
        ({ kind: "serial", value, reason: "retired", expiresAt: at(seconds) }) as const;

      test("go into the feed, each at its sequence", async () => {
        const made = await write((tx) => tx.addDenials([serial("01"), serial("02")]));
        expect(made.map(({ sequence }) => sequence)).toEqual([1, 2]);
        expect(await store.getDenial("serial", "01")).toEqual(made[0]);
        expect(await store.getDenial("jti", "01")).toBeUndefined();
        expect((await kinds())[0]).toEqual([
          "denial",
          "serial:01",
          { kind: "serial", value: "01", reason: "retired", expiresAtMs: at(60).getTime() },
        ]);
      });

      test("added again keep the later expiry and take the new reason", async () => {
        await write((tx) => tx.addDenials([serial("01", 60), serial("02", 60)]));
        const again = { ...serial("01", 30), reason: "evicted" };
        const [denial] = await write((tx) => tx.addDenials([again]));
        const kept = { ...again, expiresAt: at(60), sequence: 3 };
        expect(denial).toEqual(kept);
        expect(await store.getDenial("serial", "01")).toEqual(kept);
        const [longer] = await write((tx) => tx.addDenials([serial("02", 90)]));
        expect(longer?.expiresAt).toEqual(at(90));
      });

      test("are lifted once", async () => {
        await write((tx) => tx.addDenials([serial("01")]));
        expect(await write((tx) => tx.liftDenial("serial", "01"))).toBe(true);
        expect(await write((tx) => tx.liftDenial("serial", "01"))).toBe(false);
        expect(await kinds(1)).toEqual([
          ["denial_lifted", "serial:01", { kind: "serial", value: "01" }],
        ]);
      });

      test("make a snapshot: those not expired, and the position it stands for", async () => {
        await write((tx) => tx.addDenials([serial("01", 10), serial("02"), serial("03")]));
        await write((tx) => tx.liftDenial("serial", "03"));
        const { sequence, denials } = await store.denialSnapshot(at(10));
        expect(sequence).toBe(4);
        expect(denials.map(({ value }) => value)).toEqual(["02"]);
      });
    });

    describe("authorities", () => {
      test("are made, updated, listed and deleted", async () => {
        const jwt = newAuthority("j1", { kind: "jwt", certificateDer: null });
        const [made] = await write(async (tx) => [
          await tx.createAuthority(newAuthority("x2", { activateAt: at(90) })),
          await tx.createAuthority(newAuthority("x1")),
          await tx.createAuthority(jwt),
        ]);
        expect(made).toEqual({ ...newAuthority("x2", { activateAt: at(90) }), revision: 1 });
        const ids = async (kind?: "x509" | "jwt") =>
          (await store.listAuthorities(kind)).map(({ id }) => id);
        expect(await ids("x509")).toEqual(["x1", "x2"]);
        expect(await ids("jwt")).toEqual(["j1"]);
        expect(await ids()).toHaveLength(3);
        const x1 = await store.getAuthority("x1");
        if (x1 === undefined) throw new Error("x1 is missing");
        const active = await write((tx) => tx.updateAuthority({ ...x1, state: "active" }));
        expect(active).toEqual({ ...x1, state: "active", revision: 2 });
        await refused((tx) => tx.updateAuthority(x1), "STALE_REVISION");
        const publicKeyDer = Buffer.from("other");
        await refused((tx) => tx.updateAuthority({ ...active, publicKeyDer }), "WRONG_STATE");
        await refused((tx) => tx.createAuthority(newAuthority("x1")), "ALREADY_EXISTS");
        expect(await write((tx) => tx.deleteAuthority("x1"))).toEqual(active);
        await refused((tx) => tx.deleteAuthority("x1"), "NOT_FOUND");
        expect((await kinds()).at(-1)).toEqual([
          "authority",
          "x1",
          { kind: "x509", state: "removed" },
        ]);
      });
    });

    describe("bans", () => {
      test("are added and removed once", async () => {
        const ban = { evidenceKey: "key:1", bot: "a", reason: "stolen", createdAt: T0 };
        expect(await write((tx) => tx.addBan(ban))).toBe(true);
        expect(await write((tx) => tx.addBan({ ...ban, reason: "again" }))).toBe(false);
        expect(await store.getBan("key:1")).toEqual(ban);
        expect((await store.listBans()).items).toEqual([ban]);
        expect(await write((tx) => tx.removeBan("key:1"))).toBe(true);
        expect(await write((tx) => tx.removeBan("key:1"))).toBe(false);
        expect(await kinds()).toEqual([
          ["ban", "key:1", { bot: "a" }],
          ["ban", "key:1", { bot: "a", lifted: true }],
        ]);
      });
    });

    describe("operators", () => {
      const operator = (name: string, over: object = {}) => ({
        name,
        roles: ["registrar", "admin"] as const,
        unixUser: "bob",
        unixUid: 1001,
        bot: null,
        createdAt: T0,
        createdBy: "uid:0",
        updatedAt: T0,
        removedAt: null,
        ...over,
      });

      test("are made, found by name and user, changed and listed", async () => {
        const made = await write((tx) => tx.createOperator(operator("bob")));
        expect(made).toEqual({ ...operator("bob"), revision: 1 });
        expect(await store.getOperator("bob")).toEqual(made);
        expect(await store.getOperatorByUid(1001)).toEqual(made);
        expect(await store.getOperatorByUid(1002)).toBeUndefined();
        await write((tx) => tx.createOperator(operator("ann", { unixUser: null, unixUid: null })));
        const changed = { ...made, roles: [], updatedAt: at(5) };
        expect(await write((tx) => tx.updateOperator(changed))).toEqual({
          ...changed,
          revision: 2,
        });
        const { items, next } = await store.listOperators({ limit: 1 });
        expect([items.map((each) => each.name), next === null]).toEqual([["ann"], false]);
        const rest = await store.listOperators({ after: next ?? "" });
        expect(rest.items.map((each) => each.name)).toEqual(["bob"]);
        expect(await kinds()).toEqual([
          ["operator", "bob", {}],
          ["operator", "ann", {}],
          ["operator", "bob", {}],
        ]);
      });

      test("have a name for all time, and a user for as long as they are there", async () => {
        const made = await write((tx) => tx.createOperator(operator("bob")));
        await refused((tx) => tx.createOperator(operator("eve")), "ALREADY_EXISTS");
        await refused((tx) => tx.createOperator(operator("bob", { unixUid: 7 })), "ALREADY_EXISTS");
        const removed = await write((tx) => tx.updateOperator({ ...made, removedAt: at(9) }));
        expect(removed.removedAt).toEqual(at(9));
        expect(await store.getOperatorByUid(1001)).toBeUndefined();
        await refused((tx) => tx.updateOperator({ ...removed, removedAt: null }), "WRONG_STATE");
        await refused((tx) => tx.createOperator(operator("bob")), "ALREADY_EXISTS");
        await write((tx) => tx.createOperator(operator("eve")));
        expect((await store.getOperatorByUid(1001))?.name).toBe("eve");
      });

      test("are not changed on what was seen before", async () => {
        const made = await write((tx) => tx.createOperator(operator("bob")));
        await write((tx) => tx.updateOperator(made));
        await refused((tx) => tx.updateOperator(made), "STALE_REVISION");
        await refused((tx) => tx.updateOperator({ ...made, name: "zoe" }), "NOT_FOUND");
        await refused(
          (tx) => tx.createOperator(operator("ann", { unixUid: null, bot: "none" })),
          "NOT_FOUND",
        );
      });
    });

    describe("audit", () => {
      test("numbers records densely across transactions, undone ones left out", async () => {
        expect(await write((tx) => tx.appendAudit([newAudit(), newAudit()]))).toEqual([1, 2]);
        const failing = write(async (tx) => {
          await tx.appendAudit([newAudit()]);
          throw new Error("no");
        });
        await expect(failing).rejects.toThrow("no");
        expect(await write((tx) => tx.appendAudit([newAudit()]))).toEqual([3]);
        expect(await store.auditSequence()).toBe(3);
        const records = await store.listAudit();
        expect(records.map(({ bytes }) => bytes)).toEqual([
          '{"sequence":1}',
          '{"sequence":2}',
          '{"sequence":3}',
        ]);
      });

      test("is filtered", async () => {
        await write((tx) =>
          tx.appendAudit([
            newAudit({ serial: "01", instanceId: "i1" }),
            newAudit({ at: at(10), type: "svid.issued", serial: "01" }),
            newAudit({ at: at(20), bot: "b" }),
          ]),
        );
        const list = async (filter: Parameters<Store["listAudit"]>[0]) =>
          (await store.listAudit(filter)).map(({ sequence }) => sequence);
        expect(await list({ bot: "a" })).toEqual([1, 2]);
        expect(await list({ serial: "01" })).toEqual([1, 2]);
        expect(await list({ instanceId: "i1" })).toEqual([1]);
        expect(await list({ type: "svid.issued" })).toEqual([1, 2, 3]);
        expect(await list({ since: at(10), until: at(20) })).toEqual([2]);
        expect(await list({ afterSequence: 1, limit: 1 })).toEqual([2]);
        expect(await list({ beforeSequence: 4 })).toEqual([3, 2, 1]);
        expect(await list({ beforeSequence: 3, afterSequence: 1, limit: 1 })).toEqual([2]);
        const none = store.listAudit({ limit: 0 });
        await expect(none).rejects.toMatchObject({ code: "REQUEST_INVALID" });
      });
    });

    describe("change feed", () => {
      test("holds every change of governed state, in order, with no gap", async () => {
        await write(async (tx) => {
          const bot = await tx.createBot(newBot());
          await tx.createEntry(newEntry("e1", ["unix:uid:1"]));
          await tx.deleteEntry("e1");
          await tx.createToken(newToken("t1"));
          await tx.createInstance(newInstance("i1"));
          await tx.createAuthority(newAuthority("x1"));
          await tx.updateBot({ ...bot, state: "suspended" });
          await tx.appendChange({ kind: "bundle", key: "", data: { sequence: 7 } });
        });
        expect(await kinds()).toEqual([
          ["bot", "a", { state: "active" }],
          ["entry", "e1", { bot: "a" }],
          ["entry", "e1", { bot: "a", deleted: true }],
          ["token", "t1", { bot: "a" }],
          ["instance", "i1", { bot: "a", state: "active" }],
          ["authority", "x1", { kind: "x509", state: "prepared" }],
          ["bot", "a", { state: "suspended" }],
          ["bundle", "", { sequence: 7 }],
        ]);
        const { changes } = await store.changesAfter(3, 2);
        expect(changes.map(({ sequence }) => sequence)).toEqual([4, 5]);
        expect(await store.feedSequence()).toBe(8);
        const none = store.changesAfter(0, 0);
        await expect(none).rejects.toMatchObject({ code: "REQUEST_INVALID" });
      });

      test("tells watchers of commits that changed it, and stops", async () => {
        const seen: number[] = [];
        const stop = store.watch((upTo) => seen.push(upTo));
        await addBot(store);
        await write((tx) => tx.setMeta("k", "v"));
        await write(async (tx) => {
          await tx.createBot(newBot("b"));
          await tx.createBot(newBot("c"));
        });
        await expect(write((tx) => tx.createBot(newBot("b")))).rejects.toThrow();
        await new Promise((resolve) => setImmediate(resolve));
        expect(seen).toEqual([1, 3]);
        stop();
        await addBot(store, "d");
        await new Promise((resolve) => setImmediate(resolve));
        expect(seen).toEqual([1, 3]);
      });

      test("says when a position was pruned, or is of a time that was rolled back", async () => {
        for (const name of ["a", "b", "c"]) await addBot(store, name);
        const future = new Date(Date.now() + 86_400_000);
        const { changes } = await write((tx) => tx.prune({ changesBefore: future, limit: 2 }));
        expect(changes).toBe(2);
        expect(await store.changesAfter(1, 10)).toEqual({ changes: [], pruned: true });
        expect((await store.changesAfter(2, 10)).changes).toHaveLength(1);
        expect(await store.changesAfter(3, 10)).toEqual({ changes: [], pruned: false });
        expect((await store.changesAfter(4, 10)).pruned).toBe(true);
        await write((tx) => tx.prune({ changesBefore: future }));
        expect((await store.changesAfter(2, 10)).pruned).toBe(true);
        expect(await store.changesAfter(3, 10)).toEqual({ changes: [], pruned: false });
        expect((await addBot(store, "d")).name).toBe("d");
        expect(await store.feedSequence()).toBe(4);
      });

      test("moves ahead, so that all earlier positions read as pruned", async () => {
        await addBot(store);
        await write((tx) => tx.skipChanges(100));
        expect(await store.feedSequence()).toBe(100);
        await addBot(store, "b");
        expect((await store.changesAfter(99, 10)).pruned).toBe(true);
        const { changes, pruned } = await store.changesAfter(100, 10);
        expect([changes.map(({ sequence }) => sequence), pruned]).toEqual([[101], false]);
        await write((tx) => tx.skipChanges(5));
        expect(await store.feedSequence()).toBe(101);
      });
    });

    describe("tokens of platforms", () => {
      test("belong to the first key, and name the instances that they made", async () => {
        const first = await write((tx) => tx.useIdToken(idTokenUse("u", at(10))));
        expect(first).toEqual(idTokenUse("u", at(10)));
        await write((tx) => tx.addIdTokenInstance("u", "i1"));
        await write((tx) => tx.addIdTokenInstance("u", "i2"));
        const other = { ...idTokenUse("u", at(99)), keyFingerprint: "another" };
        const kept = { ...first, instanceIds: ["i1", "i2"] };
        expect(await write((tx) => tx.useIdToken(other))).toEqual(kept);
        expect(await store.getIdTokenUse("u")).toEqual(kept);
        expect(await store.getIdTokenUse("v")).toBeUndefined();
        await refused((tx) => tx.addIdTokenInstance("v", "i1"), "NOT_FOUND");
      });
    });

    describe("uses", () => {
      test("are summed up over services' reports and days, and those that were refused are no uses", async () => {
        const first = newUse({ count: 2, firstAt: at(5), lastAt: at(9) });
        await write((tx) => tx.addUses([first], [], 10));
        await write((tx) =>
          tx.addUses(
            [
              newUse({ count: 3, firstAt: at(7), lastAt: at(8) }),
              newUse({ day: "2030-01-02", firstAt: at(20), lastAt: at(20) }),
              newUse({ service: "hr", refused: "DENIED", day: "2030-01-03", lastAt: at(99) }),
              newUse({ service: "hr", refused: "DENIED", day: "2030-01-02", lastAt: at(98) }),
              newUse({ bot: "b" }),
            ],
            [{ svid: "01", service: "erp", lastAt: at(9), expiresAt: at(50) }],
            10,
          ),
        );
        const early = { svid: "01", service: "erp", lastAt: at(1), expiresAt: at(50) };
        await write((tx) => tx.addUses([], [early], 10));
        const erp = { service: "erp", refused: "", count: 6, firstAt: at(5), lastAt: at(20) };
        expect(await store.usesOf("a", "2030-01-01")).toMatchObject([
          { service: "hr", refused: "DENIED", count: 2 },
          { ...erp, day: "2030-01-02" },
        ]);
        expect(await store.usesOf("a", "2030-01-02")).toMatchObject([{}, { count: 1 }]);
        expect(await store.lastUseOf("a")).toEqual(at(20));
        expect(await store.lastUseOf("c")).toBeUndefined();
        expect(await store.sightingsOf(["01", "02"])).toEqual([{ ...early, lastAt: at(9) }]);
      });

      test("are never more than can be summed up, whatever is said", async () => {
        const most = newUse({ count: Number.MAX_SAFE_INTEGER });
        for (const day of ["2030-01-01", "2030-01-02", "2030-01-02"]) {
          await write((tx) => tx.addUses([{ ...most, day }], [], 10));
        }
        await write((tx) => tx.addUses([most], [], 1));
        expect(await store.usesOf("a", "2030-01-01")).toMatchObject([{ count: 2 ** 44 }]);
      });

      test("of one service and day have so many rows: then only those that are there grow", async () => {
        const named = (operation: string) => newUse({ operation });
        expect(await write((tx) => tx.addUses([named("x"), named("y")], [], 2))).toBe(0);
        const more = [named("x"), named("z"), newUse({ service: "hr" })];
        expect(await write((tx) => tx.addUses(more, [], 2))).toBe(1);
        const found = await store.usesOf("a", "2030-01-01");
        const counts = found.map(
          ({ service, operation, count }) => `${service} ${operation} ${count}`,
        );
        expect(counts.sort()).toEqual(["erp x 2", "erp y 1", "hr  1"]);
      });
    });

    describe("prune", () => {
      test("takes what is old enough, and nothing that was not asked for", async () => {
        await addBot(store);
        await write(async (tx) => {
          for (const id of ["i1", "i2"]) {
            await tx.createInstance(newInstance(id, { state: "ended" }));
          }
          await tx.appendIssuances([
            newIssuance("old", { notAfter: at(10), issuedAt: at(1), instanceId: "i1" }),
            newIssuance("new", { notAfter: at(100), issuedAt: at(1), instanceId: "i2" }),
          ]);
          await tx.createInstance(newInstance("i3"));
          await tx.createToken(newToken("t1", { expiresAt: at(10) }));
          await tx.addTokenUse("t1", { keyFingerprint: "k", instanceId: null, usedAt: T0 });
          await tx.createToken(newToken("t2"));
          await tx.useIdToken(idTokenUse("u1", at(10)));
          await tx.useIdToken(idTokenUse("u2", at(100)));
          await tx.addDenials([
            { kind: "serial", value: "01", reason: "ended", expiresAt: at(10) },
            { kind: "serial", value: "02", reason: "ended", expiresAt: at(100) },
          ]);
          await tx.addUses(
            [newUse({ day: "2029-01-31" }), newUse({ day: "2029-02-01" })],
            [
              { svid: "old", service: "erp", lastAt: T0, expiresAt: at(10) },
              { svid: "new", service: "erp", lastAt: T0, expiresAt: at(100) },
            ],
            10,
          );
        });
        const feed = await store.feedSequence();
        const nothing = await write((tx) => tx.prune({}));
        expect(Object.values(nothing).every((count) => count === 0)).toBe(true);
        const before = at(50);
        const gone = await write((tx) =>
          tx.prune({
            issuancesExpiredBefore: before,
            denialsExpiredBefore: before,
            tokensExpiredBefore: before,
            idTokenUsesExpiredBefore: before,
            instancesEndedBefore: before,
            usesBefore: "2029-02-01",
          }),
        );
        expect(gone).toEqual({
          issuances: 1,
          uses: 1,
          sightings: 1,
          denials: 1,
          tokens: 1,
          idTokenUses: 1,
          instances: 1,
          changes: 0,
          audit: 0,
          auditUpTo: 0,
        });
        expect(await store.usesOf("a", "2000-01-01")).toMatchObject([
          { day: "2029-02-01", count: 1 },
        ]);
        expect(await store.sightingsOf(["old", "new"])).toMatchObject([{ svid: "new" }]);
        // i2 stays for the issuance that is kept, i3 because it is active
        const { items } = await store.listInstances();
        expect(items.map(({ id }) => id)).toEqual(["i2", "i3"]);
        expect(await store.feedSequence()).toBe(feed);
      });

      test("an instance whose issuances are all gone can be issued to again", async () => {
        await write(async (tx) => {
          await tx.createBot(newBot("again"));
          await tx.createInstance(newInstance("i9", { bot: "again" }));
          const old = { bot: "again", instanceId: "i9", notAfter: at(10) };
          await tx.appendIssuances([newIssuance("91", old)]);
          await tx.prune({ issuancesExpiredBefore: at(50) });
        });
        const next = newIssuance("92", { bot: "again", instanceId: "i9", notAfter: at(100) });
        await write((tx) => tx.appendIssuances([next]));
        const live = await store.liveIssuances({ instanceId: "i9" }, at(60));
        expect(live.map(({ id }) => id)).toEqual(["92"]);
      });

      test("takes the oldest of the audit only, and never gives a number again", async () => {
        await write((tx) =>
          tx.appendAudit([0, 1, 9, 2].map((seconds) => newAudit({ at: at(seconds) }))),
        );
        expect((await write((tx) => tx.prune({ auditBefore: at(5) }))).audit).toBe(2);
        expect((await store.listAudit()).map(({ sequence }) => sequence)).toEqual([3, 4]);
        expect((await write((tx) => tx.prune({ auditBefore: at(50) }))).audit).toBe(2);
        expect(await write((tx) => tx.appendAudit([newAudit()]))).toEqual([5]);
      });

      test("takes no more than the limit at once", async () => {
        await write((tx) =>
          tx.appendIssuances([1, 2, 3].map((n) => newIssuance(`${n}`, { notAfter: at(n) }))),
        );
        const request = { issuancesExpiredBefore: at(50), limit: 2 };
        expect((await write((tx) => tx.prune(request))).issuances).toBe(2);
        expect((await write((tx) => tx.prune(request))).issuances).toBe(1);
      });
    });
  });
}
