import type { Claims } from "./claims.ts";
import type { ClaimRule, OidcPreset } from "./issuer.ts";

/** What an entry says of an issuer's claims: name → value. */
export type Bound = ReadonlyMap<string, string>;

/** What is known of a platform's tokens. */
export interface Preset {
  /** Default issuer URL; undefined: every installation has its own. */
  readonly url?: string;
  /** Whether an issuer of this URL is this platform, so that it must not go without the preset. */
  isUrl(url: URL): boolean;
  readonly rules: readonly ClaimRule[];
  /** Why a token of these claims is refused, whatever the entries say; undefined: it is not. */
  refusesToken(claims: Claims): string | undefined;
  /** Why an entry that binds this would let the wrong ones in; undefined: it does not. */
  refusesEntry(bound: Bound): string | undefined;
  /** What an operator should think of although it is allowed. */
  warnsOf(bound: Bound): string | undefined;
}

const texts = (...names: readonly string[]): ClaimRule[] =>
  names.map((name) => ({ path: [name], as: name, type: "string" }));

/** The triggers of GitHub Actions that a fork can pull. */
const GITHUB_FORK_EVENTS: ReadonlySet<string> = new Set([
  "pull_request",
  "pull_request_target",
  "pull_request_review",
  "pull_request_review_comment",
]);
/** Those that need somebody who may write to the repository. */
const GITHUB_SAFE_EVENTS: ReadonlySet<string> = new Set([
  "push",
  "create",
  "deployment",
  "merge_group",
  "registry_package",
  "release",
  "repository_dispatch",
  "schedule",
  "workflow_dispatch",
]);
const BRANCH_OR_TAG = /^refs\/(heads|tags)\/./;
const FORK = "a pull request of a fork could match";

const github: Preset = {
  url: "https://token.actions.githubusercontent.com",
  isUrl: ({ hostname, pathname }) =>
    hostname === "token.actions.githubusercontent.com" ||
    (hostname.startsWith("token.actions.") && hostname.endsWith(".ghe.com")) ||
    pathname.startsWith("/_services/token"),
  rules: texts(
    "actor_id",
    "enterprise",
    "environment",
    "event_name",
    "job_workflow_ref",
    "ref",
    "ref_protected",
    "ref_type",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "repository_visibility",
    "runner_environment",
    "workflow_ref",
  ),
  refusesToken({ event_name: event, head_ref: head, ref }) {
    if (typeof event !== "string" || typeof ref !== "string") {
      return "the token does not say event_name and ref: whether a fork asks cannot be told";
    }
    if (GITHUB_FORK_EVENTS.has(event)) {
      return `a fork can ask for this: the workflow runs for event_name ${event} (ref ${ref.slice(0, 200)})`;
    }
    if (ref.startsWith("refs/pull/") || (typeof head === "string" && head !== "")) {
      return `a fork can ask for this: the workflow runs for a pull request (ref ${ref.slice(0, 200)})`;
    }
    return undefined;
  },
  refusesEntry(bound) {
    const ref = bound.get("ref") ?? "";
    const event = bound.get("event_name");
    const { repository, branch, why } = githubSubject(bound.get("sub"));
    if (why !== undefined) return why;
    if (event !== undefined && GITHUB_FORK_EVENTS.has(event)) {
      return `event_name:${event}: ${FORK}`;
    }
    if (ref.startsWith("refs/pull/")) return `ref:${ref}: ${FORK}`;
    if (!bound.has("repository_id") && !bound.has("repository") && !repository) {
      return "it binds neither repository_id nor repository: any repository of GitHub could match";
    }
    if (BRANCH_OR_TAG.test(ref) || branch) return undefined;
    if (/@refs\/(heads|tags)\/./.test(bound.get("workflow_ref") ?? "")) return undefined;
    if (event !== undefined && GITHUB_SAFE_EVENTS.has(event)) return undefined;
    const named = bound.has("environment") ? "environment alone does not tell who asks: " : "";
    const safe = [...GITHUB_SAFE_EVENTS].join(", ");
    return `${named}${FORK}; bind ref:refs/heads/… or refs/tags/…, or workflow_ref, or an event_name of ${safe}`;
  },
  warnsOf(bound) {
    if (bound.has("repository_id") || bound.has("repository_owner_id")) return undefined;
    return "a name of a repository or its owner can be given up and taken by others: bind repository_id, too";
  },
};

/** What the standard forms of `sub` bind. Customised ones bind nothing that is known here. */
function githubSubject(sub: string | undefined): {
  readonly repository: boolean;
  readonly branch: boolean;
  readonly why?: string;
} {
  const [, rest] = /^repo:[^:/]+\/[^:/]+:(.+)$/.exec(sub ?? "") ?? [];
  if (rest === undefined) return { repository: false, branch: false };
  if (rest === "pull_request") return { repository: true, branch: false, why: `sub: ${FORK}` };
  return { repository: true, branch: /^ref:refs\/(heads|tags)\/./.test(rest) };
}

const GITLAB_FORK_SOURCES: ReadonlySet<string> = new Set([
  "merge_request_event",
  "external_pull_request_event",
]);
const GITLAB_SAFE_SOURCES: ReadonlySet<string> = new Set([
  "push",
  "web",
  "schedule",
  "api",
  "trigger",
]);

const gitlab: Preset = {
  url: "https://gitlab.com",
  isUrl: ({ hostname }) => hostname === "gitlab.com",
  rules: texts(
    "ci_config_ref_uri",
    "deployment_tier",
    "environment",
    "environment_protected",
    "namespace_id",
    "namespace_path",
    "pipeline_source",
    "project_id",
    "project_path",
    "project_visibility",
    "ref",
    "ref_path",
    "ref_protected",
    "ref_type",
    "runner_environment",
    "user_id",
  ),
  refusesToken({ pipeline_source: source, ref_path: path }) {
    if (typeof source !== "string" || typeof path !== "string") {
      return "the token does not say pipeline_source and ref_path: whether a fork asks cannot be told";
    }
    if (GITLAB_FORK_SOURCES.has(source) || path.startsWith("refs/merge-requests/")) {
      return `a fork can ask for this: the pipeline runs for a merge request (pipeline_source ${source.slice(0, 80)}, ref_path ${path.slice(0, 200)})`;
    }
    return undefined;
  },
  refusesEntry(bound) {
    const fork = "a merge request of a fork could match";
    const source = bound.get("pipeline_source");
    if (source !== undefined && GITLAB_FORK_SOURCES.has(source)) {
      return `pipeline_source:${source}: ${fork}`;
    }
    const project = /^project_path:[^:]+:/.test(bound.get("sub") ?? "");
    if (!bound.has("project_id") && !bound.has("project_path") && !project) {
      return "it binds neither project_id nor project_path: any project could match";
    }
    if (BRANCH_OR_TAG.test(bound.get("ref_path") ?? "")) return undefined;
    if (source !== undefined && GITLAB_SAFE_SOURCES.has(source)) return undefined;
    const ref =
      bound.has("ref") || project ? "ref is the fork's own in a pipeline of a merge request: " : "";
    const safe = [...GITLAB_SAFE_SOURCES].join(", ");
    return `${ref}${fork}; bind ref_path:refs/heads/… or refs/tags/…, or a pipeline_source of ${safe}`;
  },
  warnsOf(bound) {
    if (bound.has("project_id") || bound.has("namespace_id")) return undefined;
    return "a name of a project can be given up and taken by others: bind project_id, too";
  },
};

const kubernetes: Preset = {
  isUrl: () => false,
  rules: [
    { path: ["kubernetes.io", "namespace"], as: "namespace", type: "string" },
    { path: ["kubernetes.io", "serviceaccount", "name"], as: "serviceaccount", type: "string" },
    { path: ["kubernetes.io", "serviceaccount", "uid"], as: "serviceaccount_uid", type: "string" },
    { path: ["kubernetes.io", "pod", "name"], as: "pod", type: "string" },
    { path: ["kubernetes.io", "pod", "uid"], as: "pod_uid", type: "string" },
    { path: ["kubernetes.io", "node", "name"], as: "node", type: "string" },
  ],
  refusesToken({ sub }) {
    if (typeof sub === "string" && sub.startsWith("system:serviceaccount:")) return undefined;
    return "sub is not that of a service account";
  },
  refusesEntry(bound) {
    if (/^system:serviceaccount:[^:]+:[^:]+$/.test(bound.get("sub") ?? "")) return undefined;
    if (bound.has("serviceaccount_uid")) return undefined;
    if (bound.has("namespace") && bound.has("serviceaccount")) return undefined;
    return "any service account could match: bind namespace and serviceaccount, or sub, or serviceaccount_uid";
  },
  warnsOf: () => undefined,
};

const google: Preset = {
  url: "https://accounts.google.com",
  isUrl: ({ hostname }) => hostname === "accounts.google.com",
  rules: [
    ...texts("email", "hd"),
    { path: ["email_verified"], as: "email_verified", type: "boolean" },
    { path: ["google", "compute_engine", "project_id"], as: "project_id", type: "string" },
    { path: ["google", "compute_engine", "instance_id"], as: "instance_id", type: "string" },
    { path: ["google", "compute_engine", "instance_name"], as: "instance_name", type: "string" },
    { path: ["google", "compute_engine", "zone"], as: "zone", type: "string" },
  ],
  refusesToken: () => undefined,
  refusesEntry(bound) {
    if (bound.has("sub")) return undefined;
    if (bound.has("email") && bound.get("email_verified") === "true") return undefined;
    return "anybody with a Google account could match: bind sub, or email with email_verified:true";
  },
  warnsOf(bound) {
    if (bound.has("sub")) return undefined;
    return "an address can be given up and taken by others: bind sub, the account's unique id";
  },
};

export const PRESETS: Readonly<Record<OidcPreset, Preset>> = {
  github,
  gitlab,
  kubernetes,
  google,
};
