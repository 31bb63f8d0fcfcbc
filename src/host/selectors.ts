import { readFile } from "node:fs/promises";
import type { Selector } from "../spiffe/index.ts";
import type { ProcessFacts } from "./process-facts.ts";

/** The selectors of type `unix` that a process's facts stand for. */
export async function unixSelectors(facts: ProcessFacts): Promise<Selector[]> {
  const users = await namesById("/etc/passwd");
  const groups = await namesById("/etc/group");
  const user = users.get(facts.uid);
  const group = groups.get(facts.gid);
  const values = [
    `uid:${facts.uid}`,
    `gid:${facts.gid}`,
    ...(user === undefined ? [] : [`user:${user}`]),
    ...(group === undefined ? [] : [`group:${group}`]),
    ...facts.supplementaryGids.slice(0, 256).flatMap((gid) => {
      const name = groups.get(gid);
      return [
        `supplementary_gid:${gid}`,
        ...(name === undefined ? [] : [`supplementary_group:${name}`]),
      ];
    }),
    ...(facts.executablePath === undefined ? [] : [`path:${facts.executablePath}`]),
    ...(facts.executableSha256 === undefined ? [] : [`sha256:${facts.executableSha256}`]),
    ...(facts.containerId === undefined ? [] : [`container_id:${facts.containerId}`]),
  ];
  return values
    .filter((value) => !/\p{Cc}/u.test(value) && Buffer.byteLength(value) <= 1024)
    .map((value) => ({ type: "unix", value }));
}

/** Names by number, from a file of the form name:password:number:… */
async function namesById(file: string): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  for (const line of text.split("\n")) {
    const [name, , id] = line.split(":");
    if (name && id && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
