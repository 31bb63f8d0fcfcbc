import type { DetectorName, Expectations } from "../../src/detection/index.ts";
import { DAY, HOUR, MINUTE, type Story } from "./story.ts";

/** One kind of story, and whether the detector should speak. */
export interface Scenario {
  readonly detector: DetectorName;
  readonly name: string;
  readonly malicious: boolean;
  readonly tell: (story: Story) => void;
  readonly expectations?: Partial<Expectations>;
}

const HOME = "198.51.100.7";
const LIMIT = 10;
const SHELL = { terminal: "yes", parent: "bash" };
const PEER = (name: string): string => `spiffe://example.org/service/${name}`;
const elsewhere = (story: Story): string =>
  `${story.pick([203, 192, 185, 45])}.${story.between(0, 90)}.${story.between(0, 250)}.${story.between(1, 250)}`;

/** Instances of a bot that run for a while, with the issuance that belongs to it. */
function fleet(story: Story, count: number, fromMs: number, toMs: number, name = "i"): void {
  for (let index = 0; index < count; index += 1) {
    const source = `198.51.${100 + (index % 3)}.${10 + index}`;
    story.runs(fromMs + story.between(0, 20) * 1000, toMs, `${name}${index}`, source);
  }
}

/** `perBucket` JWT-SVIDs every five minutes for each instance, give or take. */
function jwts(story: Story, instance: string, fromMs: number, toMs: number, perBucket: number) {
  for (let atMs = fromMs; atMs < toMs; atMs += 5 * MINUTE) {
    const count = Math.max(0, Math.round(perBucket * (0.6 + story.random() * 0.8)));
    for (let index = 0; index < count; index += 1) {
      story.issue(atMs + story.between(0, 299_000), instance, "jwt", 5 * MINUTE);
    }
  }
}

const twoPlaces: readonly Omit<Scenario, "detector">[] = [
  {
    name: "a copy on another network comes with an old SVID",
    malicious: true,
    tell(story) {
      story.runs(0, 6 * HOUR, "i0", HOME);
      story.lock(6 * HOUR, "i0", story.pick(["yes", "no"]));
      story.refuseHolder(6 * HOUR + 10, "i0", elsewhere(story), "old", "INSTANCE_LOCKED");
    },
  },
  {
    name: "a copy in the same network, while the owner is connected",
    malicious: true,
    tell(story) {
      story.runs(0, 6 * HOUR, "i0", HOME);
      story.lock(6 * HOUR, "i0", "yes");
      story.refuseHolder(6 * HOUR + 10, "i0", "198.51.100.99", "old", "INSTANCE_LOCKED");
    },
  },
  {
    name: "a copy in the same network, while the owner is away and comes back later",
    malicious: true,
    tell(story) {
      story.runs(0, 6 * HOUR, "i0", HOME);
      story.lock(6 * HOUR, "i0", "no");
      story.refuseHolder(6 * HOUR + 10, "i0", "198.51.100.99", "old", "INSTANCE_LOCKED");
      // Sometimes it has stopped for good, and nobody comes a second time.
      if (story.chance(0.85)) {
        story.refuseHolder(6 * HOUR + 2000, "i0", HOME, "new", "INSTANCE_LOCKED");
      }
    },
  },
  {
    name: "two holders take the instance from each other",
    malicious: true,
    tell(story) {
      story.create(0, "i0", HOME);
      const other = story.chance(0.5) ? "198.51.100.99" : elsewhere(story);
      const turns = story.between(4, 12);
      for (let turn = 0; turn < turns; turn += 1) {
        story.resume(
          HOUR + turn * story.between(5, 90) * 1000,
          "i0",
          turn % 2 === 0 ? other : HOME,
        );
      }
    },
  },
  {
    name: "a copy, after the issuer was restored and all SVIDs are denied",
    malicious: true,
    tell(story) {
      story.runs(0, 6 * HOUR, "i0", HOME);
      story.tell(6 * HOUR, { type: "backup.restored", outcome: "ok", details: { denied: "1" } });
      story.refuseHolder(6 * HOUR + 5000, "i0", HOME, "new", "DENIED");
      const other = story.pick([HOME, elsewhere(story)]);
      story.refuseHolder(6 * HOUR + story.between(1, 60) * MINUTE, "i0", other, "old", "DENIED");
    },
  },
  {
    name: "the bot's own backup is put back on its machine",
    malicious: false,
    tell(story) {
      story.runs(0, 6 * HOUR, "i0", HOME);
      // Its machine was cut off: the connection of before seems to be open still.
      story.lock(6 * HOUR, "i0", story.chance(0.05) ? "yes" : "no");
      for (let times = story.between(1, 20); times > 0; times -= 1) {
        story.refuseHolder(6 * HOUR + times * 9000, "i0", HOME, "old", "INSTANCE_LOCKED");
      }
    },
  },
  {
    name: "the issuer is restored; a fleet is denied what it holds",
    malicious: false,
    tell(story) {
      fleet(story, 30, 0, 3 * HOUR);
      story.tell(3 * HOUR, { type: "backup.restored", outcome: "ok", details: { denied: "30" } });
      for (let index = 0; index < 30; index += 1) {
        const source = `198.51.${100 + (index % 3)}.${10 + index}`;
        for (let times = 0; times < 4; times += 1) {
          const atMs = 3 * HOUR + index * 900 + times * 20_000;
          story.refuseHolder(atMs, `i${index}`, source, `n${index}`, "DENIED");
        }
      }
    },
  },
  {
    name: "a laptop moves between home, office and train",
    malicious: false,
    tell(story) {
      story.create(0, "i0", HOME);
      for (let times = 1; times < 40; times += 1) {
        story.resume(times * story.between(20, 300) * MINUTE, "i0", elsewhere(story));
      }
    },
  },
  {
    name: "a laptop changes between two networks at the edge of reception",
    malicious: false,
    tell(story) {
      story.create(0, "i0", HOME);
      const phone = elsewhere(story);
      const changes = story.between(1, 5);
      for (let turn = 0; turn < changes; turn += 1) {
        const atMs = HOUR + turn * story.between(2, 6) * MINUTE;
        story.resume(atMs, "i0", turn % 2 === 0 ? phone : HOME);
      }
    },
  },
  {
    name: "a deploy restarts every instance where it was",
    malicious: false,
    tell(story) {
      for (let index = 0; index < 20; index += 1) {
        const source = `198.51.100.${10 + index}`;
        story.create(index * 100, `i${index}`, source);
        for (let times = 1; times <= story.between(1, 8); times += 1) {
          story.resume(times * 30_000 + index * 100, `i${index}`, source);
        }
      }
    },
  },
];

function secondKey(story: Story, atMs: number, source: string): void {
  story.refuse(atMs, source, "TOKEN_INVALID", {
    bot: story.bot,
    details: { token: "tk1", bot: story.bot, heldBy: "i0", keyFingerprint: "ab" },
  });
}

const token: readonly Omit<Scenario, "detector">[] = [
  {
    name: "a stolen token, tried from elsewhere",
    malicious: true,
    tell(story) {
      story.runs(0, 3 * HOUR, "i0", HOME);
      secondKey(story, story.between(1, 120) * MINUTE, elsewhere(story));
    },
  },
  {
    name: "a stolen token, tried from the next machine while its bot runs",
    malicious: true,
    tell(story) {
      story.runs(0, 4 * HOUR, "i0", HOME);
      secondKey(story, story.between(1, 120) * MINUTE, "198.51.100.88");
    },
  },
  {
    name: "a stolen token, tried from the next machine after its bot has stopped",
    malicious: true,
    tell(story) {
      story.runs(0, HOUR, "i0", HOME);
      // Later than a renewal: nothing tells it from the bot itself. In most cases it is tried while the bot runs.
      secondKey(story, story.chance(0.1) ? 3 * HOUR : 0.4 * HOUR, "198.51.100.88");
    },
  },
  {
    name: "a container lost its state and brings the same token with a new key",
    malicious: false,
    tell(story) {
      story.runs(0, HOUR, "i0", HOME);
      for (let times = 0; times < story.between(1, 10); times += 1) {
        secondKey(story, 1.1 * HOUR + times * 15_000, HOME);
      }
    },
  },
  {
    name: "one token for many hosts has no use left for the last of them",
    malicious: false,
    tell(story) {
      story.runs(0, HOUR, "i0", HOME);
      secondKey(story, 1.2 * HOUR, `198.51.100.${story.between(10, 200)}`);
    },
  },
  {
    name: "a machine is replaced by one in another network, with the token of the old one",
    malicious: false,
    tell(story) {
      story.runs(0, HOUR, "i0", HOME);
      if (story.chance(0.15)) secondKey(story, 5 * HOUR, elsewhere(story));
      else secondKey(story, 30 * HOUR, HOME);
    },
  },
  {
    name: "an expired token is tried again and again",
    malicious: false,
    tell(story) {
      for (let times = 0; times < 15; times += 1) {
        const details = { token: "tk1", bot: story.bot };
        story.refuse(times * 30_000, HOME, "TOKEN_INVALID", { bot: story.bot, details });
      }
    },
  },
];

const count: readonly Omit<Scenario, "detector">[] = [
  {
    name: "instances that nobody planned, for hours",
    malicious: true,
    tell(story) {
      fleet(story, LIMIT, 0, 5 * HOUR);
      fleet(story, story.between(1, 20), HOUR, 5 * HOUR, "x");
    },
  },
  {
    name: "instances that nobody planned, for a while",
    malicious: true,
    tell(story) {
      fleet(story, LIMIT, 0, 5 * HOUR);
      fleet(story, 5, HOUR, HOUR + story.between(20, 180) * MINUTE, "x");
    },
  },
  {
    name: "the bot scales to its limit and back",
    malicious: false,
    tell(story) {
      fleet(story, 3, 0, 8 * HOUR);
      fleet(story, LIMIT - 3, story.between(1, 3) * HOUR, 5 * HOUR, "up");
    },
  },
  {
    name: "a deploy replaces all instances at once",
    malicious: false,
    tell(story) {
      const atMs = 2 * HOUR + story.between(0, 30) * MINUTE;
      fleet(story, LIMIT, 0, atMs, "old");
      fleet(story, LIMIT, atMs, 6 * HOUR, "new");
    },
  },
  {
    name: "a slow rolling deploy: old and new run side by side",
    malicious: false,
    tell(story) {
      for (let index = 0; index < LIMIT; index += 1) {
        const atMs = 2 * HOUR + index * story.between(4, 12) * MINUTE;
        story.runs(0, atMs, `old${index}`, HOME);
        story.runs(atMs - story.between(0, 2) * MINUTE, 6 * HOUR, `new${index}`, HOME);
      }
    },
  },
  {
    name: "a bot in a loop of crashes attests afresh each time",
    malicious: false,
    tell(story) {
      for (let times = 0; times < 60; times += 1) {
        const atMs = times * story.between(20, 60) * 1000;
        story.create(atMs, `c${times}`, HOME);
        story.issue(atMs + 50, `c${times}`);
      }
    },
  },
];

function lives(story: Story, days: number): void {
  for (let day = 0; day < days; day += 1) {
    story.create(day * DAY + story.between(0, 300) * MINUTE, `i${day}`, HOME);
  }
}

const network: readonly Omit<Scenario, "detector">[] = [
  {
    name: "the bot of one datacentre comes from elsewhere",
    malicious: true,
    tell(story) {
      lives(story, story.between(5, 30));
      story.create(31 * DAY, "x", elsewhere(story));
    },
  },
  {
    name: "it comes from a neighbour in the provider's network",
    malicious: true,
    tell(story) {
      lives(story, 20);
      story.create(31 * DAY, "x", `198.${story.pick([51, 18, 19, 20, 21])}.7.9`);
    },
  },
  {
    name: "the bot is some days old when it is stolen",
    malicious: true,
    tell(story) {
      lives(story, story.between(2, 7));
      story.create(8 * DAY, "x", elsewhere(story));
    },
  },
  {
    name: "it scales into other subnets of its network",
    malicious: false,
    tell(story) {
      lives(story, 10);
      for (let index = 0; index < 30; index += 1) {
        const source = `198.51.${story.between(0, 250)}.${story.between(1, 250)}`;
        story.create(11 * DAY + index * MINUTE, `n${index}`, source);
      }
    },
  },
  {
    name: "a laptop that is always somewhere else",
    malicious: false,
    tell(story) {
      for (let day = 0; day < 20; day += 1) {
        const times = story.between(2, 5);
        for (let index = 0; index < times; index += 1) {
          story.resume(day * DAY + index * 3 * HOUR, "i0", elsewhere(story));
        }
      }
    },
  },
  {
    name: "a laptop that leaves the office for the first time in weeks",
    malicious: false,
    tell(story) {
      lives(story, 15);
      if (story.chance(0.3)) story.resume(16 * DAY, "i1", elsewhere(story));
    },
  },
  {
    name: "two datacentres take turns",
    malicious: false,
    tell(story) {
      for (let day = 0; day < 20; day += 1) {
        story.create(day * DAY, `i${day}`, story.pick([HOME, "203.0.113.8"]));
      }
    },
  },
];

const person: readonly Omit<Scenario, "detector">[] = [
  {
    name: "somebody runs a program in a shell as the bot's user",
    malicious: true,
    tell: (story) =>
      story.create(HOUR, "i0", "", {
        ...SHELL,
        parent: story.pick(["bash", "-bash", "zsh", "fish"]),
      }),
  },
  {
    name: "somebody becomes the bot's user with sudo, su or in tmux",
    malicious: true,
    tell: (story) =>
      story.create(HOUR, "i0", "", {
        ...SHELL,
        parent: story.pick(["sudo", "su", "tmux: server"]),
      }),
  },
  {
    name: "somebody hides behind a program of their own",
    malicious: true,
    tell: (story) =>
      story.create(HOUR, "i0", "", {
        terminal: "yes",
        parent: story.chance(0.15) ? "python3" : "bash",
      }),
  },
  {
    name: "a service, without a terminal",
    malicious: false,
    tell: (story) =>
      story.create(HOUR, "i0", "", {
        terminal: "no",
        parent: story.pick(["systemd", "cron", "bash"]),
      }),
  },
  {
    name: "a container with a terminal",
    malicious: false,
    tell: (story) =>
      story.create(HOUR, "i0", "", {
        terminal: "yes",
        parent: story.chance(0.1) ? "bash" : story.pick(["containerd-shim", "sh", "tini"]),
      }),
  },
  {
    name: "a developer, whose passport lets people be behind it",
    malicious: false,
    expectations: { personAllowed: () => true },
    tell: (story) => story.create(HOUR, "i0", "", SHELL),
  },
  {
    name: "a remote bot, of which nothing is known",
    malicious: false,
    tell: (story) => story.create(HOUR, "i0", HOME),
  },
];

const since = new Date(Date.UTC(2030, 0, 7, 1));
const allowing = { peersOf: () => ({ allowed: [PEER("erp"), PEER("mail")], since }) };

const peers: readonly Omit<Scenario, "detector">[] = [
  {
    name: "a service that the passport does not name",
    malicious: true,
    expectations: allowing,
    tell(story) {
      for (let times = 0; times < 20; times += 1)
        story.usage(2 * HOUR + times * MINUTE, PEER("erp"));
      story.usage(3 * HOUR, PEER(story.pick(["payroll", "vault", "erp-admin"])));
    },
  },
  {
    name: "a service that was taken out of the passport, some time later",
    malicious: true,
    expectations: allowing,
    tell: (story) => story.usage(HOUR + story.between(9, 90) * MINUTE, PEER("payroll")),
  },
  {
    name: "the services of the passport, much",
    malicious: false,
    expectations: allowing,
    tell(story) {
      for (let times = 0; times < 300; times += 1) {
        story.usage(2 * HOUR + times * 1000, story.pick([PEER("erp"), PEER("mail")]));
      }
    },
  },
  {
    name: "the report of the minutes before the passport was narrowed",
    malicious: false,
    expectations: allowing,
    tell: (story) => story.usage(HOUR + story.between(0, 599) * 1000, PEER("payroll")),
  },
  {
    name: "a passport that names no peers",
    malicious: false,
    tell: (story) => story.usage(2 * HOUR, PEER("anything")),
  },
];

const rise: readonly Omit<Scenario, "detector">[] = [
  {
    name: "one instance collects tokens by the hundred",
    malicious: true,
    tell(story) {
      for (const instance of ["i0", "i1", "i2"]) jwts(story, instance, 0, 6 * HOUR, 4);
      jwts(story, "i0", 6 * HOUR, 6.2 * HOUR, story.between(100, 300));
    },
  },
  {
    name: "one instance takes some times more than it did",
    malicious: true,
    tell(story) {
      jwts(story, "i0", 0, 6 * HOUR, 4);
      jwts(story, "i0", 6 * HOUR, 6.3 * HOUR, story.between(20, 90));
    },
  },
  {
    name: "a bot that scales out and is used to collect tokens",
    malicious: true,
    tell(story) {
      for (const instance of ["i0", "i1"]) jwts(story, instance, 0, 6 * HOUR, 5);
      for (let index = 2; index < 8; index += 1) {
        jwts(story, `i${index}`, 5 * HOUR, 6.3 * HOUR, 5);
      }
      jwts(story, "i3", 6 * HOUR, 6.3 * HOUR, story.between(300, 900));
    },
  },
  {
    name: "the bot scales from 3 to 30 instances",
    malicious: false,
    tell(story) {
      for (let index = 0; index < 3; index += 1) jwts(story, `i${index}`, 0, 6 * HOUR, 5);
      for (let index = 3; index < 30; index += 1) {
        jwts(story, `i${index}`, 6 * HOUR, 7 * HOUR, 5);
      }
    },
  },
  {
    name: "a deploy restarts 60 instances",
    malicious: false,
    tell(story) {
      fleet(story, 60, 0, 4 * HOUR);
      fleet(story, 60, 4 * HOUR, 6 * HOUR, "n");
    },
  },
  {
    name: "a batch at the same hour of each night",
    malicious: false,
    tell(story) {
      jwts(story, "i0", 0, 4 * DAY, 1);
      for (let night = 0; night < 4; night += 1) {
        const atMs = night * DAY + 0.3 * HOUR + story.between(0, 20) * MINUTE;
        jwts(story, "i0", atMs, atMs + 0.5 * HOUR, 60);
      }
    },
  },
  {
    name: "a batch that comes once, unannounced",
    malicious: false,
    tell(story) {
      jwts(story, "i0", 0, 10 * HOUR, 4);
      jwts(story, "i0", 10 * HOUR, 10.4 * HOUR, story.between(4, 24));
    },
  },
  {
    name: "day and night",
    malicious: false,
    tell(story) {
      for (let hour = 0; hour < 72; hour += 1) {
        const level = 12 + 10 * Math.sin((hour / 24) * 2 * Math.PI);
        jwts(story, "i0", hour * HOUR, (hour + 1) * HOUR, level);
      }
    },
  },
];

const burst: readonly Omit<Scenario, "detector">[] = [
  {
    name: "token after token is guessed",
    malicious: true,
    tell(story) {
      const source = elsewhere(story);
      const tries = story.between(15, 200);
      for (let index = 0; index < tries; index += 1) {
        story.refuse(HOUR + index * 1000, source, "TOKEN_INVALID");
      }
    },
  },
  {
    name: "a leaked list of old tokens of many bots is tried",
    malicious: true,
    tell(story) {
      const source = elsewhere(story);
      const tries = story.between(21, 60);
      for (let index = 0; index < tries; index += 1) {
        const bot = `bot-${index}`;
        const details = { token: `t${index}`, bot };
        story.refuse(HOUR + index * 2000, source, "TOKEN_INVALID", { bot, details });
      }
    },
  },
  {
    name: "guesses from a whole network, and slow ones",
    malicious: true,
    tell(story) {
      const gap = story.chance(0.15) ? 30_000 : 5000;
      for (let index = 0; index < 40; index += 1) {
        story.refuse(HOUR + index * gap, `203.0.113.${index + 1}`, "ATTESTATION_REFUSED");
      }
    },
  },
  {
    name: "one bot with an expired token tries again and again",
    malicious: false,
    tell(story) {
      const details = { token: "t", bot: story.bot };
      for (let index = 0; index < 120; index += 1) {
        const atMs = index * story.between(1, 10) * 1000;
        story.refuse(atMs, HOME, "TOKEN_INVALID", { bot: story.bot, details });
      }
    },
  },
  {
    name: "hosts are up before their entry is made",
    malicious: false,
    tell(story) {
      const hosts = story.between(5, 25);
      for (let host = 0; host < hosts; host += 1) {
        for (let times = 0; times < 4; times += 1) {
          story.refuse(HOUR + host * 500 + times * 60_000, `198.51.100.${host}`, "NO_IDENTITY");
        }
      }
    },
  },
  {
    name: "a fleet is denied what it holds after a restore",
    malicious: false,
    tell(story) {
      story.tell(0, { type: "backup.restored", outcome: "ok", details: { denied: "40" } });
      for (let index = 0; index < 40; index += 1) {
        story.refuseHolder(1000 + index * 400, `i${index}`, HOME, `n${index}`, "DENIED");
      }
    },
  },
  {
    name: "a few bots are misconfigured at once",
    malicious: false,
    tell(story) {
      const bots = story.between(2, 5);
      for (let index = 0; index < 90; index += 1) {
        const bot = `bot-${index % bots}`;
        story.refuse(HOUR + index * 2000, HOME, "BOT_SUSPENDED", { bot });
      }
    },
  },
];

/** An instance asks for a token of an audience, and may not have it. */
function ask(story: Story, atMs: number, audience: string, rule = "entry.audiences"): void {
  story.tell(atMs, {
    type: "svid.refused",
    outcome: "refused",
    actor: `bot:${story.bot}`,
    bot: story.bot,
    instance: "i0",
    code: "AUDIENCE_NOT_ALLOWED",
    details: { audience, rule, kind: "jwt", message: "no", remoteAddress: HOME },
  });
}

/** It holds a token for an audience. */
function hold(story: Story, atMs: number, audience: string): void {
  story.tell(atMs, {
    type: "svid.issued",
    outcome: "ok",
    bot: story.bot,
    instance: "i0",
    serial: story.serial(),
    details: { kind: "jwt", audience, notAfter: new Date(0).toISOString() },
  });
}

function fromOutside(story: Story, atMs: number, source: string): void {
  const details = { rule: "passport.networks", bot: story.bot };
  story.refuse(atMs, source, "PASSPORT_REFUSED", { bot: story.bot, details });
}

const probing: readonly Omit<Scenario, "detector">[] = [
  {
    name: "audience after audience is tried",
    malicious: true,
    tell(story) {
      story.runs(0, 3 * HOUR, "i0", HOME);
      const tries = story.between(5, 60);
      const gap = story.between(1, 60) * 1000;
      for (let index = 0; index < tries; index += 1) {
        ask(
          story,
          2 * HOUR + index * gap,
          `svc-${index}`,
          story.pick(["entry.audiences", "passport.audiences"]),
        );
      }
    },
  },
  {
    name: "some audiences are tried, slowly",
    malicious: true,
    tell(story) {
      story.runs(0, 6 * HOUR, "i0", HOME);
      const gap = story.between(60, 330) * 1000;
      for (let index = 0; index < 12; index += 1) {
        ask(story, 2 * HOUR + index * gap, story.pick(["vault", "payroll", "hr", "crm", "mail"]));
      }
    },
  },
  {
    name: "a token is tried from network after network outside the passport",
    malicious: true,
    tell(story) {
      for (let index = 0; index < story.between(4, 12); index += 1) {
        fromOutside(story, HOUR + index * story.between(20, 90) * 1000, elsewhere(story));
      }
    },
  },
  {
    name: "two audiences that it never had, hundreds of times",
    malicious: true,
    tell(story) {
      story.runs(0, 3 * HOUR, "i0", HOME);
      for (let index = 0; index < story.between(100, 300); index += 1) {
        ask(story, 2 * HOUR + index * 2000, story.pick(["vault", "payroll"]));
      }
    },
  },
  {
    name: "a bot that is configured wrong asks for the same again and again",
    malicious: false,
    tell(story) {
      for (let index = 0; index < 400; index += 1) {
        ask(story, HOUR + index * story.between(2, 10) * 1000, "payrol");
      }
    },
  },
  {
    name: "what it had is taken away, and it goes on asking",
    malicious: false,
    tell(story) {
      const audiences = ["crm", "erp", "hr", "mail", "vault", "wiki"];
      for (const each of audiences) hold(story, HOUR, each);
      const details = { kind: "bot" };
      story.tell(2 * HOUR, {
        type: "entry.updated",
        outcome: "ok",
        bot: story.bot,
        entry: "e",
        details,
      });
      for (let index = 0; index < 120; index += 1) {
        ask(story, 2 * HOUR + index * 30_000, story.pick(["crm", "erp", "hr", "mail", "vault"]));
      }
    },
  },
  {
    name: "a release asks for new audiences before its entry is changed",
    malicious: false,
    tell(story) {
      story.runs(0, 3 * HOUR, "i0", HOME);
      const fresh = story.chance(0.1) ? 5 : story.between(1, 3);
      for (let index = 0; index < 40; index += 1) {
        ask(story, 2 * HOUR + index * 30_000, `new-${index % fresh}`);
      }
    },
  },
  {
    name: "a laptop outside the networks of its passport tries from two or three of them",
    malicious: false,
    tell(story) {
      const places = Array.from({ length: story.between(1, 3) }, () => elsewhere(story));
      for (let index = 0; index < 30; index += 1) {
        fromOutside(
          story,
          HOUR + index * 60_000,
          places[Math.floor(index / 10) % places.length] ?? HOME,
        );
      }
    },
  },
  {
    name: "a deploy of many instances, all configured wrong",
    malicious: false,
    tell(story) {
      for (let index = 0; index < 200; index += 1) {
        ask(story, HOUR + index * 700, "staging-erp");
      }
    },
  },
];

const of = (
  detector: DetectorName,
  each: readonly Omit<Scenario, "detector">[],
  expectations: Partial<Expectations> = {},
): Scenario[] => each.map((scenario) => ({ detector, expectations, ...scenario }));

/** All of them. */
export const SCENARIOS: readonly Scenario[] = [
  ...of("identity_in_two_places", twoPlaces),
  ...of("token_second_key", token),
  ...of("instance_count", count, { instanceLimit: () => LIMIT }),
  ...of("source_network_changed", network),
  ...of("person_behind_bot", person),
  ...of("outside_peers", peers),
  ...of("issuance_rise", rise),
  ...of("refusal_burst", burst),
  ...of("passport_probing", probing),
];

/** Where a scenario says nothing else. */
export const EXPECTATIONS: Expectations = {
  instanceLimit: () => undefined,
  personAllowed: () => false,
  peersOf: () => undefined,
};
