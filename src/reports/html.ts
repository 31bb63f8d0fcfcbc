import { LIMITS, type LineResult, MOST_EVIDENCE, type Report, type ReportLine } from "./form.ts";

const RESULT: Readonly<Record<LineResult, string>> = {
  pass: "pass",
  fail: "fail",
  not_applicable: "not applicable",
};

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2530; --soft: #5b6876; --line: #dfe4ea; --paper: #fff; --back: #f3f5f7;
  --pass: #1a7f4b; --fail: #c0352b; --na: #6b7682; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaef; --soft: #9aa6b3; --line: #333d48; --paper: #1b222a;
  --back: #12171d; --pass: #4cc38a; --fail: #ff7b6f; --na: #8b97a4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
.of { color: var(--soft); margin: 0 0 1.5rem; }
.sum { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1.5rem; padding: 0; list-style: none; }
.sum li { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem 1rem; min-width: 8rem; }
.sum strong { display: block; font-size: 1.5rem; line-height: 1.2; }
section { background: var(--paper); border: 1px solid var(--line); border-left: .3rem solid var(--na); border-radius: .5rem;
  padding: 1rem 1.25rem; margin: 0 0 .75rem; break-inside: avoid; }
section.pass { border-left-color: var(--pass); } section.fail { border-left-color: var(--fail); }
header { display: flex; gap: .75rem; align-items: baseline; justify-content: space-between; }
h2 { font-size: 1.05rem; margin: 0; } h2 span { color: var(--soft); font-weight: 400; margin-right: .5rem; }
.mark { flex: none; font-size: .8rem; font-weight: 600; border: 1px solid; border-radius: 1rem; padding: .05rem .7rem; color: var(--na); }
.pass .mark, strong.pass { color: var(--pass); } .fail .mark, strong.fail { color: var(--fail); }
p { margin: .4rem 0 0; } .check, .label { color: var(--soft); }
ul.found { margin: .5rem 0 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
time, code { white-space: nowrap; }
nav { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: .25rem 1rem; margin: 0 0 1.5rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .35rem .75rem .35rem 0; }
th { color: var(--soft); font-weight: 400; } tbody tr { border-top: 1px solid var(--line); } td:last-child, th:last-child { text-align: right; padding-right: 0; }
a { color: inherit; }
footer { margin-top: 2rem; } footer h2 { margin-bottom: .25rem; } footer ul { padding-left: 1.2rem; margin: .4rem 0; }
pre { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .85em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; }
code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; }
@media print { body { background: none; font-size: 12px; } main { max-width: none; padding: 0; } }
`;

/** The report as one page that loads nothing: no script, no font, no picture. */
export function reportHtml(report: Report): string {
  const { title, trustDomain, madeAt, madeBy, version, scope, checkpoint, lines } = report;
  const count = (result: LineResult): number =>
    lines.filter((each) => each.result === result).length;
  const sums = (["fail", "pass", "not_applicable"] as const).map(
    (result) => `<li><strong class="${result}">${count(result)}</strong>${RESULT[result]}</li>`,
  );
  const at = madeAt.toISOString().replace(/\.\d+Z$/, "Z");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)} – ${text(trustDomain)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${text(title)}</h1>
<p class="of">Trust domain <strong>${text(trustDomain)}</strong>, as it stood at <time datetime="${at}">${at}</time></p>
<ul class="sum">${sums.join("")}</ul>
<nav><table>
<thead><tr><th>Line</th><th>Title</th><th>Result</th><th>Faults</th></tr></thead>
<tbody>
${lines.map(rowOf).join("\n")}
</tbody>
</table></nav>
${lines.map(sectionOf).join("\n")}
<footer>
<h2>What this rests on</h2>
<p>Made by Botpass ${text(version)} for ${text(madeBy)}. ${text(LIMITS)}</p>
<ul>${scope.map((each) => `<li>${text(each)}</li>`).join("")}</ul>
${checkpointOf(checkpoint)}
</footer>
</main>
</body>
</html>
`;
}

function rowOf({ id, title, result, evidence }: ReportLine): string {
  const count = evidence.length > MOST_EVIDENCE ? `> ${MOST_EVIDENCE}` : String(evidence.length);
  const faults = result === "fail" ? text(count) : "";
  return `<tr class="${result}"><td><a href="#${text(id)}">${text(id)}</a></td><td>${text(title)}</td><td><span class="mark">${RESULT[result]}</span></td><td>${faults}</td></tr>`;
}

function checkpointOf(checkpoint: string): string {
  if (checkpoint === "") return "<p>The audit log had no checkpoint yet.</p>";
  const lines = checkpoint.trimEnd().split("\n").map(text);
  return `<p>The audit log at that time, signed: what was recorded before can be proven against it (<code>botpass audit verify --against</code>).</p>
<pre>${lines.join("\n")}</pre>`;
}

function sectionOf(line: ReportLine): string {
  const { id, title, result, check, lookedAt, evidence, remedy } = line;
  const todo = remedy === "" ? "" : `\n<p><span class="label">To do:</span> ${marked(remedy)}</p>`;
  return `<section class="${result}" id="${text(id)}">
<header><h2><span>${text(id)}</span>${text(title)}</h2><span class="mark">${RESULT[result]}</span></header>
<p class="check">${text(check)}</p>
<p class="check">Looked at: ${text(lookedAt)}.</p>
<ul class="found">${evidence.map((each) => `<li>${text(each)}</li>`).join("")}</ul>${todo}
</section>`;
}

/** Text between backticks is code. */
function marked(value: string): string {
  return text(value).replace(/`([^`]+)`/g, "<code>$1</code>");
}

/** Names come from operators and their bots: nothing of them is markup. Control characters are shown as escapes. */
function text(value: string): string {
  return value
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(/[\p{Cc}\p{Cf}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
