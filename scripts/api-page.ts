// Makes docs/api.md of the protos of Botpass: services with who may call them, messages with their fields, and the comments of both.
import { join } from "node:path";
import protobuf from "protobufjs";
import { PERMISSIONS } from "../src/server/rpc/permissions.ts";

const HEAD = `# The gRPC API

Made of \`proto/botpass/v1\` by \`npm run generate\`; not to be changed by hand. The package is \`botpass.v1\`, and the package botpass-server has the
protos. \`AttachService\` is for bots, over TLS and on the bots' socket. \`UseService\` is for processes, on the socket of
a host's agent. All other services are for operators: on the admin socket, and over TLS with an operator's SVID. Who may call what is explained in [operators.md](operators.md); a refusal carries its code in the trailer \`botpass-code\`, see
[errors.md](errors.md). Operators with a role may ask for all of it by gRPC's own reflection (\`grpc.reflection.v1\` and \`v1alpha\`), as tools do. Names end in their unit: \`_ms\` with \`at\` is Unix time in milliseconds.

\`\`\`
grpcurl -plaintext -authority localhost unix:///var/lib/botpass/admin.sock botpass.v1.OperatorService/WhoAmI
\`\`\`
`;

/**
 * The page.
 * @param protos directory of the protos. @param files of the package, in the order of the page.
 * @throws Error when a service has a method that the table of permissions does not know.
 */
export function apiPage(protos: string, files: readonly string[]): string {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(protos, target);
  root.loadSync([...files], { keepCase: true, alternateCommentMode: true });
  const members = root.lookup("botpass.v1");
  if (!(members instanceof protobuf.Namespace)) throw new Error("api: there is no botpass.v1");
  const ofFile = (file: string) =>
    members.nestedArray.filter((each) => each.filename === join(protos, file));
  const services = files.flatMap(ofFile).filter((each) => each instanceof protobuf.Service);
  const others = files.flatMap(ofFile).filter((each) => !(each instanceof protobuf.Service));
  return [
    HEAD,
    ...services.map(serviceSection),
    "## Messages\n",
    ...others.flatMap((each) => typeSections(each, "")),
  ].join("\n");
}

function serviceSection(service: protobuf.Service): string {
  const rows = service.methodsArray.map((method) => {
    const { name, requestType, responseType, requestStream, responseStream, comment } = method;
    const request = `${requestStream ? "stream " : ""}${linked(requestType)}`;
    const response = `${responseStream ? "stream " : ""}${linked(responseType)}`;
    const who = whoMayCall(`/botpass.v1.${service.name}/${name}`);
    return row(`\`${name}\``, request, response, who, cell(comment));
  });
  return [
    `## ${service.name}\n`,
    ...(service.comment ? [`${paragraph(service.comment)}\n`] : []),
    row("method", "request", "response", "for", "meaning"),
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

/** Not on the server: what a host's agent serves beside the SPIFFE Workload API. */
const OF_AGENT: ReadonlySet<string> = new Set(["/botpass.v1.UseService/ReportUses"]);

function whoMayCall(path: string): string {
  if (OF_AGENT.has(path)) return "a host's processes, at its agent";
  const permission = PERMISSIONS[path];
  if (permission === undefined) throw new Error(`api: ${path} is not in the table of permissions`);
  const { anybody, everyOperator, roles, owner } = permission;
  if (anybody === true) return "anybody";
  if (everyOperator === true) return "every operator";
  return [...roles, ...(owner === true ? ["the owner"] : [])].join(", ");
}

function typeSections(type: protobuf.ReflectionObject, outer: string): string[] {
  const name = `${outer}${type.name}`;
  if (type instanceof protobuf.Enum) {
    const rows = Object.entries(type.values).map(([value, number]) =>
      row(`\`${value}\``, String(number), cell(type.comments[value])),
    );
    return [section(name, type.comment, row("value", "number", "meaning"), 3, rows)];
  }
  if (!(type instanceof protobuf.Type)) return [];
  const rows = type.fieldsArray.map((field) => {
    const group = field.partOf && !isOptional(field) ? `one of \`${field.partOf.name}\`. ` : "";
    return row(`\`${field.name}\``, typeOf(field), `${group}${cell(field.comment)}`.trim());
  });
  return [
    section(name, type.comment, row("field", "type", "meaning"), 3, rows),
    ...type.nestedArray.flatMap((each) => typeSections(each, `${name}.`)),
  ];
}

function section(
  name: string,
  comment: string | null,
  head: string,
  columns: number,
  rows: readonly string[],
): string {
  const text = comment ? [`${paragraph(comment)}\n`] : [];
  const table =
    rows.length === 0 ? ["No fields.\n"] : [head, `|${" --- |".repeat(columns)}`, ...rows, ""];
  return [`### ${name}\n`, ...text, ...table].join("\n");
}

function typeOf(field: protobuf.Field): string {
  const type = linked(field.type);
  if (field instanceof protobuf.MapField) return `map of ${field.keyType} to ${type}`;
  if (field.repeated) return `repeated ${type}`;
  return isOptional(field) ? `optional ${type}` : type;
}

function isOptional(field: protobuf.Field): boolean {
  return field.getOption("proto3_optional") === true;
}

/** A type of this page leads to its section. */
function linked(type: string): string {
  if (/^[a-z0-9]+$/.test(type)) return type;
  const name = type.replace(/^\.?botpass\.v1\./, "");
  return `[${name}](#${name.toLowerCase().replaceAll(".", "")})`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((each) => (each === "" ? " " : each)).join(" | ")} |`.replaceAll(
    "|   |",
    "| |",
  );
}

function cell(comment: string | null | undefined): string {
  return paragraph(comment ?? "").replaceAll("|", "\\|");
}

function paragraph(comment: string): string {
  return comment
    .replace(/\s*\n\s*/g, " ")
    .replace(/</g, "&lt;")
    .trim();
}
