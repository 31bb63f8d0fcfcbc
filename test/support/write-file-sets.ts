// Writes sets of two files with the same content, one after the other, until it is killed; a dot for each.
import { FileSetDirectory } from "../../src/files/index.ts";

const [path = ""] = process.argv.slice(2);
const directory = await FileSetDirectory.open(path);
for (let round = 0; ; round += 1) {
  const content = `${process.pid}${round} `.repeat(10_000);
  const files = ["one", "two"].map((name) => ({ name, content, secret: true }));
  await directory.write(files, new Date());
  process.stdout.write(".");
}
