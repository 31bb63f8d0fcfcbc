import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

const CHART = join(import.meta.dirname, "../../deploy/helm/botpass");

/** What helm made of the chart, or why it did not. */
export interface Rendered {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The objects for the cluster. */
  readonly objects: readonly KubernetesObject[];
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of an object is its kind's; tests look into it.
export type KubernetesObject = Record<string, any> & {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

/** `helm template` with these values, as JSON on stdin. */
export function renderChart(values: object): Rendered {
  const args = ["template", "main", CHART, "--namespace", "security", "--kube-version", "1.33.0"];
  return helm([...args, "--values", "-"], JSON.stringify(values));
}

/** `helm lint --strict` with these values. */
export function lintChart(values: object): Rendered {
  return helm(["lint", "--strict", CHART, "--values", "-"], JSON.stringify(values), false);
}

function helm(args: readonly string[], input: string, objects = true): Rendered {
  const { status, stdout, stderr, error } = spawnSync("helm", args, { input, encoding: "utf8" });
  if (error !== undefined) throw error;
  const documents = objects && status === 0 ? parseAllDocuments(stdout) : [];
  return { status, stdout, stderr, objects: documents.map((each) => each.toJS()) };
}
