// Reads certificate and key of a file set in a tight loop until stdin ends; prints what it has seen as JSON.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

const [directory = ""] = process.argv.slice(2);
const seen = { pairs: 0, mixed: 0, halves: 0, gone: 0, sets: new Set<string>() };
let going = true;
process.stdin.on("end", () => {
  going = false;
});
process.stdin.resume();
process.stdout.write("reading\n");

function readOne(): void {
  let certificate: string;
  let key: string;
  let set: string;
  try {
    set = realpathSync(join(directory, "current"));
    certificate = readFileSync(join(set, "svid.pem"), "utf8");
    key = readFileSync(join(set, "svid-key.pem"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    seen.gone += 1;
    return;
  }
  try {
    const pair = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
    seen[pair ? "pairs" : "mixed"] += 1;
  } catch {
    seen.halves += 1;
  }
  seen.sets.add(set);
}

while (going) {
  for (let round = 0; round < 20; round += 1) readOne();
  await new Promise((resolve) => setImmediate(resolve));
}
process.stdout.write(`${JSON.stringify({ ...seen, sets: seen.sets.size })}\n`);
