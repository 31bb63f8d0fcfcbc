import { load } from "./issuing.ts";
import type { Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const MB = 1024 * 1024;

/** Whether memory stays where it is while many SVIDs are issued and many connections come and go. */
export async function benchSoak(issuances: number, connects: number): Promise<Result[]> {
  const server = new BenchServer();
  try {
    await server.start();
    const order = { kind: "jwt", streams: 64, pipeline: 8, batch: 1, warmupSeconds: 1 } as const;
    let issued = 0;
    const residents: number[] = [];
    for (let round = 0; issued < issuances; round += 1) {
      const tokens = await server.tokens(`soak-${round}`, 64);
      issued += (await load({ ...order, tokens, seconds: issuances < 10_000 ? 1 : 10 })).issued;
      residents.push(server.residentBytes());
    }
    const first = residents[Math.min(1, residents.length - 1)] ?? 0;
    const after = server.residentBytes();
    const many = { ...order, streams: 250, pipeline: 1, seconds: 0.1, warmupSeconds: 0 };
    let opened = 0;
    let halfway = 0;
    for (let round = 0; opened < connects; round += 1) {
      const tokens = await server.tokens(`crowd-${round}`, many.streams);
      await load({ ...many, tokens });
      opened += many.streams;
      if (halfway === 0 && opened >= connects / 2) halfway = server.residentBytes();
    }
    return [
      {
        name: `memory after ${issued.toLocaleString("en")} JWT-SVIDs`,
        says: `resident; bare: after the first rounds, ${(first / MB).toFixed(0)} MB`,
        measured: after / MB,
        bare: first / MB,
        unit: "MB",
        goal: 1.1,
      },
      {
        name: `memory after ${opened.toLocaleString("en")} connects and disconnects`,
        says: "resident, each attached and issued to; bare: after half of them",
        measured: server.residentBytes() / MB,
        bare: halfway / MB,
        unit: "MB",
        goal: 1.1,
      },
    ];
  } finally {
    await server.remove();
  }
}
