import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A configuration as a page of docs/ has it, with a test's own addresses and paths.
 * @param page its name, as `envoy`.
 * @param language of the fenced block: the page's first of it.
 * @param replacements each must be there to be replaced; in this order.
 */
export function configurationOf(
  page: string,
  language: string,
  replacements: readonly (readonly [string, string])[],
): string {
  const file = join(import.meta.dirname, `../../docs/${page}.md`);
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(
    readFileSync(file, "utf8"),
  );
  if (block?.[1] === undefined) throw new Error(`docs/${page}.md has no block of ${language}`);
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`docs/${page}.md: ${language} has no ${from}`);
    return text.replaceAll(from, to);
  }, block[1]);
}
