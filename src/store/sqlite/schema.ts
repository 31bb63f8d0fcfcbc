import type { Generated, Selectable } from "kysely";

/** Instants are Unix milliseconds, truth values 0 or 1, lists and selectors JSON arrays of strings. */
export interface Tables {
  meta: { key: string; value: string };
  counters: { name: CounterName; value: number };
  bots: {
    name: string;
    kind: string;
    owner: string;
    purpose: string;
    environment: string;
    ends_at: number | null;
    state: string;
    spiffe_id: string;
    created_at: number;
    updated_at: number;
    revision: number;
    /** JSON, or null. */
    terms: string | null;
    governance: string | null;
    /** When the next step is due that nobody but time makes; null: none. */
    due_at: number | null;
    /** Not null: a staging made it, and it is there for nobody until the staging is live. */
    staged_in: string | null;
  };
  /** What passports say that their bots may call, by what they name. */
  may_calls: { target: string; bot: string };
  entries: {
    id: string;
    bot: string;
    selectors: string;
    selectors_hash: string;
    selector_count: number;
    anchor: string;
    x509_ttl_seconds: number | null;
    jwt_ttl_seconds: number | null;
    dns_names: string;
    audiences: string;
    hint: string;
    expires_at: number | null;
    created_at: number;
    updated_at: number;
    revision: number;
    created_by: string | null;
    nodes: string;
    node_selectors: string;
    governance: string | null;
    /** As in `bots`. */
    staged_in: string | null;
  };
  operators: {
    name: string;
    roles: string;
    unix_user: string | null;
    unix_uid: number | null;
    bot: string | null;
    created_at: number;
    created_by: string;
    updated_at: number;
    removed_at: number | null;
    revision: number;
  };
  findings: {
    id: number;
    at: number;
    detector: string;
    severity: string;
    bot: string | null;
    instance_id: string | null;
    subject: string;
    summary: string;
    facts: string;
    evidence: string;
    acked_at: number | null;
    acked_by: string | null;
    note: string | null;
  };
  finding_deliveries: {
    id: number;
    finding_id: number;
    webhook: string;
    attempts: number;
    created_at: number;
    due_at: number;
  };
  /** Views of what is there for everybody: what all reads of bots and entries go to. */
  live_bots: Tables["bots"];
  live_entries: Tables["entries"];
  stagings: { id: string; actor: string; created_at: number; live: number };
  entry_selectors: { selector: string; entry_id: string };
  selectors: { selector: string; entries: number };
  tokens: {
    id: string;
    bot: string;
    secret_hash: Buffer;
    created_at: number;
    expires_at: number;
    uses: number;
    revoked_at: number | null;
    voided_at: number | null;
    refused: number;
  };
  token_uses: {
    token_id: string;
    place: number;
    key_fingerprint: string;
    instance_id: string | null;
    used_at: number;
  };
  id_token_uses: {
    id: string;
    key_fingerprint: string;
    instance_ids: string;
    expires_at: number;
  };
  instances: {
    id: string;
    bot: string;
    entry_id: string;
    attestor: string;
    selectors: string;
    evidence_key: string;
    evidence_expires_at: number | null;
    state: string;
    attested_at: number;
    last_seen_at: number;
    lineage_ends_at: number;
    resumable: number;
    newest_serial: string | null;
    newest_not_after: number | null;
    newest_used: number;
    previous_serial: string | null;
    remote_address: string;
    revision: number;
    /** Place of the newest issuance of any kind, and the latest expiry of all of them. */
    newest_issuance: number | null;
    issued_until: number;
    /** The node bot that spoke for it, and that bot's instance. */
    node_bot: string | null;
    node_instance: string | null;
  };
  issuances: {
    /** The order of recording. Rows go by their age, so that an instance's chain is never broken in its middle. */
    place: Generated<number>;
    id: string;
    kind: string;
    bot: string;
    spiffe_id: string;
    instance_id: string | null;
    entry_id: string | null;
    public_key_hash: string | null;
    audiences: string;
    authority_id: string;
    not_before: number;
    not_after: number;
    issued_at: number;
    /** Place of the instance's issuance before this one. */
    previous: number | null;
    /** The latest expiry of this issuance and all those of the instance before it. */
    live_until: number;
  };
  denials: { kind: string; value: string; reason: string; expires_at: number; sequence: number };
  authorities: {
    id: string;
    kind: string;
    state: string;
    key_type: string;
    certificate_der: Buffer | null;
    public_key_der: Buffer;
    key_ref: string;
    not_before: number;
    not_after: number;
    activate_at: number;
    published_at: number;
    revision: number;
    /** The latest expiry of what it has signed; 0: nothing. */
    issued_until: number;
    renew_by: number | null;
  };
  bans: { evidence_key: string; bot: string; reason: string; created_at: number };
  audit: {
    sequence: number;
    at: number;
    type: string;
    bot: string | null;
    serial: string | null;
    instance_id: string | null;
    request_id: string | null;
    bytes: string;
    /** The record's hash as a leaf of the log. */
    leaf: Buffer;
  };
  /** Leaf hashes of pruned records: up to 256 of them, from leaf `position` × 256 on. */
  log_tiles: { position: number; leaves: Buffer };
  /** Hashes over 256, 65,536 … leaves: behind the audit by what no checkpoint has covered. */
  log_nodes: { level: number; position: number; hash: Buffer };
  /** Signed notes, by how many leaves they cover. */
  log_checkpoints: { size: number; at: number; note: string };
  /** Changes of the log's key, by how many leaves the log had then. */
  log_key_handovers: { size: number; at: number; former: string; verifier: string; note: string };
  /** Finds audit records by bot and by instance; behind the audit by what `counters.audit_index` has not reached. */
  audit_index: { subject: string; sequence: number };
  uses: {
    bot: string;
    day: string;
    service: string;
    audience: string;
    operation: string;
    refused: string;
    count: number;
    first_at: number;
    last_at: number;
  };
  campaigns: {
    name: string;
    started_at: number;
    started_by: string;
    until_at: number;
    environment: string | null;
    owner: string | null;
    kind: string | null;
    reminded_up_to: string | null;
  };
  campaign_bots: { campaign: string; bot: string };
  sightings: { svid: string; service: string; last_at: number; expires_at: number };
  changes: { sequence: number; at: number; kind: string; key: string; data: string };
}

/**
 * Numbers that never go back, kept apart from the rows that carry them, since the rows are pruned.
 * `feed_floor`: the newest change that can no longer be read. `audit_index`: how far the index of the audit has come.
 * `log_before`: the newest audit record that was made, and pruned, before there was a log.
 */
export type CounterName = "audit" | "audit_index" | "feed" | "feed_floor" | "log_before";

/** What a stored row of a table looks like. */
export type Row<T extends keyof Tables> = Selectable<Tables[T]>;

/** Marks the file as ours (`PRAGMA application_id`): "bpas". */
export const APPLICATION_ID = 0x62706173;

/**
 * Schema by version: the first element makes version 1 of an empty database, each further one the next.
 * What was released is never changed.
 */
export const MIGRATIONS: readonly string[] = [
  `
create table meta (key text primary key, value text not null) strict, without rowid;

create table counters (name text primary key, value integer not null) strict, without rowid;
insert into counters (name, value) values ('audit', 0), ('feed', 0), ('feed_floor', 0);

create table bots (
  name text primary key,
  kind text not null,
  owner text not null,
  purpose text not null,
  environment text not null,
  ends_at integer,
  state text not null,
  spiffe_id text not null unique,
  created_at integer not null,
  updated_at integer not null,
  revision integer not null
) strict;
create index bots_ends_at on bots (ends_at) where ends_at is not null;

create table entries (
  id text primary key,
  bot text not null references bots (name),
  selectors text not null,
  selectors_hash text not null,
  selector_count integer not null,
  anchor text not null,
  x509_ttl_seconds integer,
  jwt_ttl_seconds integer,
  dns_names text not null,
  audiences text not null,
  hint text not null,
  expires_at integer,
  created_at integer not null,
  updated_at integer not null,
  revision integer not null,
  created_by text,
  unique (bot, selectors_hash)
) strict;
create index entries_anchor on entries (anchor);
create index entries_expires_at on entries (expires_at) where expires_at is not null;

create table entry_selectors (
  selector text not null,
  entry_id text not null references entries (id) on delete cascade,
  primary key (selector, entry_id)
) strict, without rowid;
create index entry_selectors_entry on entry_selectors (entry_id);

create table selectors (selector text primary key, entries integer not null) strict, without rowid;

create table tokens (
  id text primary key,
  bot text not null references bots (name),
  secret_hash blob not null,
  created_at integer not null,
  expires_at integer not null,
  uses integer not null,
  revoked_at integer,
  voided_at integer,
  refused integer not null
) strict;
create index tokens_bot on tokens (bot, id);
create index tokens_expires_at on tokens (expires_at);

create table token_uses (
  token_id text not null references tokens (id) on delete cascade,
  place integer not null,
  key_fingerprint text not null,
  instance_id text,
  used_at integer not null,
  primary key (token_id, place),
  unique (token_id, key_fingerprint)
) strict, without rowid;

create table instances (
  id text primary key,
  bot text not null references bots (name),
  entry_id text not null,
  attestor text not null,
  selectors text not null,
  evidence_key text not null,
  evidence_expires_at integer,
  state text not null,
  attested_at integer not null,
  last_seen_at integer not null,
  lineage_ends_at integer not null,
  resumable integer not null,
  newest_serial text,
  newest_not_after integer,
  newest_used integer not null,
  previous_serial text,
  remote_address text not null,
  revision integer not null
) strict;
create index instances_bot on instances (bot, id);
create index instances_entry on instances (entry_id, id);
create index instances_evidence on instances (evidence_key, id);
create index instances_gone on instances (last_seen_at) where state <> 'active';

create table issuances (
  place integer primary key,
  id text not null unique,
  kind text not null,
  bot text not null,
  spiffe_id text not null,
  instance_id text,
  entry_id text,
  public_key_hash text,
  audiences text not null,
  authority_id text not null,
  not_before integer not null,
  not_after integer not null,
  issued_at integer not null,
  result text not null
) strict;
create index issuances_bot on issuances (bot, not_after);
create index issuances_instance on issuances (instance_id, not_after) where instance_id is not null;
create index issuances_entry on issuances (entry_id, not_after) where entry_id is not null;
create index issuances_authority on issuances (authority_id, not_after);
create index issuances_not_after on issuances (not_after);

create table denials (
  kind text not null,
  value text not null,
  reason text not null,
  expires_at integer not null,
  sequence integer not null unique,
  primary key (kind, value)
) strict, without rowid;
create index denials_expires_at on denials (expires_at);

create table authorities (
  id text primary key,
  kind text not null,
  state text not null,
  key_type text not null,
  certificate_der blob,
  public_key_der blob not null,
  key_ref text not null,
  not_before integer not null,
  not_after integer not null,
  activate_at integer not null,
  published_at integer not null,
  revision integer not null
) strict;

create table bans (
  evidence_key text primary key,
  bot text not null,
  reason text not null,
  created_at integer not null
) strict;

create table audit (
  sequence integer primary key,
  at integer not null,
  type text not null,
  bot text,
  serial text,
  instance_id text,
  request_id text,
  bytes text not null
) strict;
create index audit_bot on audit (bot, sequence) where bot is not null;
create index audit_serial on audit (serial, sequence) where serial is not null;
create index audit_instance on audit (instance_id, sequence) where instance_id is not null;
create index audit_at on audit (at);

create table changes (
  sequence integer primary key,
  at integer not null,
  kind text not null,
  key text not null,
  data text not null
) strict;
`,
  `
-- Writing an issuance touches few pages: its rows are appended, an instance's issuances are a chain, and the audit is
-- indexed behind the fact, many records at once.
alter table instances add column newest_issuance integer;
alter table instances add column issued_until integer not null default 0;
alter table authorities add column issued_until integer not null default 0;

create table issuances_2 (
  place integer primary key,
  id text not null unique,
  kind text not null,
  bot text not null,
  spiffe_id text not null,
  instance_id text,
  entry_id text,
  public_key_hash text,
  audiences text not null,
  authority_id text not null,
  not_before integer not null,
  not_after integer not null,
  issued_at integer not null,
  previous integer,
  live_until integer not null
) strict;
insert into issuances_2
select place, id, kind, bot, spiffe_id, instance_id, entry_id, public_key_hash, audiences, authority_id,
  not_before, not_after, issued_at,
  iif(instance_id is null, null, lag(place) over chain),
  iif(instance_id is null, not_after, max(not_after) over chain)
from issuances
where result <> 'failed'
window chain as (partition by instance_id order by place);
update instances set
  newest_issuance = (select max(place) from issuances_2 where instance_id = instances.id),
  issued_until = coalesce((select max(not_after) from issuances_2 where instance_id = instances.id), 0);
update authorities set
  issued_until = coalesce((select max(not_after) from issuances_2 where authority_id = authorities.id), 0);
drop table issuances;
alter table issuances_2 rename to issuances;
create index issuances_minted on issuances (bot) where instance_id is null;

drop index audit_bot;
drop index audit_instance;
create table audit_index (
  subject text not null,
  sequence integer not null,
  primary key (subject, sequence)
) strict, without rowid;
insert into audit_index select 'bot:' || bot, sequence from audit where bot is not null;
insert into audit_index select 'instance:' || instance_id, sequence from audit where instance_id is not null;
insert into counters (name, value) select 'audit_index', value from counters where name = 'audit';
`,
  `
-- Processes behind host agents: entries say through which nodes they may be claimed, instances through which they were.
alter table entries add column nodes text not null default '[]';
alter table entries add column node_selectors text not null default '[]';
alter table instances add column node_bot text;
alter table instances add column node_instance text;
create index instances_node on instances (node_bot) where node_bot is not null;
create index instances_node_instance on instances (node_instance) where node_instance is not null;
`,
  `
-- The audit is an append-only Merkle log: a leaf for each record. What was pruned before is not in it.
alter table audit add column leaf blob;
update audit set leaf = botpass_leaf_hash(bytes);
insert into counters (name, value)
select 'log_before', coalesce((select min(sequence) - 1 from audit), value) from counters where name = 'audit';
create table log_tiles (position integer primary key, leaves blob not null) strict;
create table log_nodes (
  level integer not null,
  position integer not null,
  hash blob not null,
  primary key (level, position)
) strict, without rowid;
create table log_checkpoints (size integer primary key, at integer not null, note text not null) strict;
`,
  `
-- People, and what they may do.
create table operators (
  name text primary key,
  roles text not null,
  unix_user text,
  unix_uid integer,
  bot text references bots (name),
  created_at integer not null,
  created_by text not null,
  updated_at integer not null,
  removed_at integer,
  revision integer not null
) strict;
create unique index operators_uid on operators (unix_uid) where unix_uid is not null and removed_at is null;
`,
  `
-- Tokens of platforms that were brought, each for as long as it is valid: the first key keeps it.
create table id_token_uses (
  id text primary key,
  key_fingerprint text not null,
  instance_ids text not null,
  expires_at integer not null
) strict, without rowid;
create index id_token_uses_expires_at on id_token_uses (expires_at);
`,
  `
-- Many bots and entries are written in short transactions, and are there for everybody at once: when a staging is set live.
create table stagings (
  id text primary key,
  actor text not null,
  created_at integer not null,
  live integer not null
) strict;
alter table bots add column staged_in text;
alter table entries add column staged_in text;
create index bots_staged on bots (staged_in, name) where staged_in is not null;
create index entries_staged on entries (staged_in, id) where staged_in is not null;
create view live_bots as select * from bots
  where staged_in is null or staged_in in (select id from stagings where live = 1);
create view live_entries as select * from entries
  where staged_in is null or staged_in in (select id from stagings where live = 1);
`,
  `
-- Authorities whose keys are in doubt: by when everybody is to have been told to renew.
alter table authorities add column renew_by integer;
`,
  `
-- What was decided about a bot, and whom the door refused: few records among many, found without reading those.
create index audit_decisions on audit (bot, sequence)
  where type not in ('svid.issued', 'statement.signed', 'attestation.accepted', 'attestation.refused', 'instance.created', 'instance.resumed');
create index audit_refusals on audit (sequence) where type = 'attestation.refused';
`,
  `
-- Passports with terms, approvals and due times.
alter table bots add column terms text;
alter table bots add column governance text;
alter table bots add column due_at integer;
create index bots_due_at on bots (due_at) where due_at is not null;
drop view live_bots;
create view live_bots as select * from bots
  where staged_in is null or staged_in in (select id from stagings where live = 1);
`,
  `
-- Refused wishes are records too.
drop index audit_decisions;
drop index audit_refusals;
create index audit_decisions on audit (bot, sequence)
  where type not in ('svid.issued', 'svid.refused', 'statement.signed', 'attestation.accepted', 'attestation.refused', 'instance.created', 'instance.resumed');
create index audit_refusals on audit (sequence) where type in ('attestation.refused', 'svid.refused');
`,
  `
-- What services report: who called them, by day, and which SVIDs they saw.
create table uses (
  bot text not null,
  day text not null,
  service text not null,
  audience text not null,
  operation text not null,
  refused text not null,
  count integer not null,
  first_at integer not null,
  last_at integer not null,
  primary key (bot, day, service, audience, operation, refused)
) strict, without rowid;
create index uses_day on uses (day, service);
create table sightings (
  svid text not null,
  service text not null,
  last_at integer not null,
  expires_at integer not null,
  primary key (svid, service)
) strict, without rowid;
create index sightings_expires_at on sightings (expires_at);
`,
  `
-- Entries of governed bots: who wrote and who approved them, and what waits.
alter table entries add column governance text;
drop view live_entries;
create view live_entries as select * from entries
  where staged_in is null or staged_in in (select id from stagings where live = 1);
`,
  `
-- What detectors have found, and which webhooks are yet to be told.
create table findings (
  id integer primary key,
  at integer not null,
  detector text not null,
  severity text not null,
  bot text,
  instance_id text,
  subject text not null,
  summary text not null,
  facts text not null,
  evidence text not null,
  acked_at integer,
  acked_by text,
  note text
) strict;
create index findings_bot on findings (bot, id) where bot is not null;
create index findings_open on findings (id) where acked_at is null;
create index findings_at on findings (at);
create table finding_deliveries (
  id integer primary key,
  finding_id integer not null references findings (id) on delete cascade,
  webhook text not null,
  attempts integer not null,
  created_at integer not null,
  due_at integer not null
) strict;
create index finding_deliveries_due on finding_deliveries (webhook, due_at, id);
create index finding_deliveries_finding on finding_deliveries (finding_id);
`,
  `
-- Whose passports name a bot as one that they may call, found by what they name.
create table may_calls (target text not null, bot text not null, primary key (target, bot)) strict, without rowid;
insert or ignore into may_calls
select named.value, bots.name from bots, json_each(bots.terms, '$.mayCall') as named where bots.terms is not null;
`,
  `
-- Changes of the log's key, each signed by the key before it and by the next.
create table log_key_handovers (
  size integer primary key,
  at integer not null,
  former text not null,
  verifier text not null,
  note text not null
) strict;
`,
  `
-- Bots that are to be reviewed until a date.
create table campaigns (
  name text primary key,
  started_at integer not null,
  started_by text not null,
  until_at integer not null,
  environment text,
  owner text,
  kind text,
  reminded_up_to text
) strict;
create index campaigns_late on campaigns (until_at) where reminded_up_to is not null;
create table campaign_bots (
  campaign text not null references campaigns (name),
  bot text not null references bots (name),
  primary key (campaign, bot)
) strict, without rowid;
`,
];
