import type { OperatorRole } from "../../store/index.ts";

/** Where a request says which bots it is about; `entry:` and the like: by the id of a record of the bot. */
export type Subject =
  | "name"
  | "bot"
  | "entry.bot"
  | "entries.bot"
  | "entry:id"
  | "entry:entry.id"
  | "token:id"
  | "instance:id"
  /** The bot of the SVID, instance or SPIFFE ID that is to be explained. */
  | "explained"
  /** All bots of the owner that the filter names. */
  | "owner";

/** Who may call a method. */
export interface Permission {
  /** Whoever can connect, known or not. */
  readonly anybody?: true;
  /** Every operator, with whatever roles. */
  readonly everyOperator?: true;
  /** One of these is needed. */
  readonly roles: readonly OperatorRole[];
  /** Or to be the owner of all bots that it is about. */
  readonly owner?: true;
  readonly subject?: Subject;
  /** What it may do to people's own identities: `reads` harms none, `admin` is for admins; absent: it touches none. */
  readonly people?: "reads" | "admin";
}

const ANYBODY: Permission = { anybody: true, roles: [] };
const ADMIN: Permission = { roles: ["admin"] };
const EVERY_ROLE = ["registrar", "approver", "auditor", "admin"] as const;
const READ: Permission = { roles: EVERY_ROLE, people: "reads" };
const REGISTER: Permission = { roles: ["registrar", "admin"] };
const STOP: Permission = { roles: ["registrar", "approver", "admin"], owner: true };

/** What each method needs. A method that is not here is refused to all. docs/operators.md shows it to people. */
export const PERMISSIONS: Readonly<Record<string, Permission>> = {
  "/botpass.v1.AttachService/Attach": ANYBODY,
  "/botpass.v1.AttachService/GetBundle": ANYBODY,
  "/botpass.v1.AttachService/GetCrls": ANYBODY,
  "/botpass.v1.AttachService/WatchTrust": ANYBODY,
  "/botpass.v1.BotService/RegisterBot": REGISTER,
  "/botpass.v1.BotService/GetBot": { ...READ, owner: true, subject: "name" },
  "/botpass.v1.BotService/ListBots": { ...READ, owner: true, subject: "owner" },
  "/botpass.v1.BotService/UpdateBot": { ...REGISTER, subject: "name" },
  "/botpass.v1.BotService/SuspendBot": { ...STOP, subject: "name", people: "admin" },
  "/botpass.v1.BotService/ResumeBot": {
    roles: ["approver", "admin"],
    subject: "name",
    people: "admin",
  },
  "/botpass.v1.BotService/RetireBot": {
    roles: ["registrar", "admin"],
    owner: true,
    subject: "name",
  },
  "/botpass.v1.GovernanceService/ProposeBot": { ...REGISTER, owner: true, subject: "name" },
  "/botpass.v1.GovernanceService/ApproveBot": { roles: ["approver", "admin"], subject: "name" },
  "/botpass.v1.GovernanceService/RejectBot": {
    roles: ["approver", "admin"],
    owner: true,
    subject: "name",
  },
  "/botpass.v1.GovernanceService/ReviewBot": {
    roles: ["approver", "admin"],
    owner: true,
    subject: "name",
  },
  "/botpass.v1.GovernanceService/ApproveEntry": {
    roles: ["approver", "admin"],
    subject: "entry:id",
  },
  "/botpass.v1.GovernanceService/RejectEntry": {
    roles: ["approver", "admin"],
    owner: true,
    subject: "entry:id",
  },
  "/botpass.v1.GovernanceService/GetReceipt": { ...READ, owner: true, subject: "name" },
  "/botpass.v1.EntryService/CreateEntry": { ...REGISTER, subject: "entry.bot" },
  "/botpass.v1.EntryService/CreateEntries": { ...REGISTER, subject: "entries.bot" },
  "/botpass.v1.EntryService/GetEntry": { ...READ, owner: true, subject: "entry:id" },
  "/botpass.v1.EntryService/ListEntries": { ...READ, owner: true, subject: "bot" },
  "/botpass.v1.EntryService/UpdateEntry": { ...REGISTER, subject: "entry:entry.id" },
  "/botpass.v1.EntryService/DeleteEntry": { ...REGISTER, subject: "entry:id" },
  "/botpass.v1.EntryService/ExplainEntries": READ,
  "/botpass.v1.TokenService/CreateToken": { ...REGISTER, owner: true, subject: "bot" },
  "/botpass.v1.TokenService/ListTokens": { ...READ, owner: true, subject: "bot" },
  "/botpass.v1.TokenService/RevokeToken": { ...STOP, subject: "token:id", people: "admin" },
  "/botpass.v1.InstanceService/ListInstances": { ...READ, owner: true, subject: "bot" },
  "/botpass.v1.InstanceService/EvictInstance": {
    ...STOP,
    subject: "instance:id",
    people: "admin",
  },
  "/botpass.v1.InstanceService/BanInstance": { ...STOP, subject: "instance:id", people: "admin" },
  "/botpass.v1.RevocationService/Revoke": { ...ADMIN, people: "admin" },
  "/botpass.v1.AuthorityService/ListAuthorities": READ,
  "/botpass.v1.AuthorityService/PrepareAuthority": ADMIN,
  "/botpass.v1.AuthorityService/ActivateAuthority": ADMIN,
  "/botpass.v1.AuthorityService/TaintAuthority": ADMIN,
  "/botpass.v1.AuthorityService/RevokeAuthority": ADMIN,
  "/botpass.v1.MintService/MintX509Svid": { ...ADMIN, subject: "bot" },
  "/botpass.v1.MintService/MintJwtSvid": { ...ADMIN, subject: "bot" },
  "/botpass.v1.AuditService/ListAudit": { ...READ, owner: true, subject: "bot" },
  "/botpass.v1.AuditService/GetLogKey": READ,
  "/botpass.v1.AuditService/MakeCheckpoint": READ,
  "/botpass.v1.AuditService/ProveRecord": READ,
  "/botpass.v1.AuditService/ExportAudit": { roles: ["auditor", "admin"], people: "reads" },
  "/botpass.v1.ExplainService/ExplainIdentity": { ...READ, owner: true, subject: "explained" },
  "/botpass.v1.ExplainService/ExplainAttempts": READ,
  "/botpass.v1.ExplainService/GetBlastRadius": { ...READ, owner: true, subject: "explained" },
  "/botpass.v1.ExplainService/GetUsage": { ...READ, owner: true, subject: "bot" },
  "/botpass.v1.ExplainService/ListUsage": { ...READ, owner: true, subject: "owner" },
  // What it is about is asked of each change.
  "/botpass.v1.StateService/ApplyState": REGISTER,
  "/botpass.v1.FindingService/ListFindings": { ...READ, owner: true, subject: "bot" },
  "/botpass.v1.FindingService/GetFinding": READ,
  "/botpass.v1.FindingService/AckFinding": { roles: ["registrar", "approver", "admin"] },
  "/botpass.v1.ReportService/GetReport": READ,
  "/botpass.v1.KeyService/RotateKeys": ADMIN,
  "/botpass.v1.KeyService/ListLogKeys": READ,
  "/botpass.v1.ReviewService/ListReviews": { ...READ, owner: true, subject: "owner" },
  "/botpass.v1.ReviewService/GetReview": { ...READ, owner: true, subject: "bot" },
  "/botpass.v1.ReviewService/CompleteReview": {
    roles: ["approver", "admin"],
    owner: true,
    subject: "bot",
  },
  "/botpass.v1.ReviewService/StartCampaign": { roles: ["approver", "admin"] },
  "/botpass.v1.ReviewService/GetCampaign": READ,
  "/botpass.v1.ReviewService/ListCampaigns": READ,
  "/botpass.v1.ServerService/GetInfo": { everyOperator: true, roles: [] },
  "/botpass.v1.ServerService/Backup": ADMIN,
  "/botpass.v1.OperatorService/WhoAmI": { everyOperator: true, roles: [] },
  "/botpass.v1.OperatorService/AddOperator": ADMIN,
  "/botpass.v1.OperatorService/InviteOperator": ADMIN,
  "/botpass.v1.OperatorService/GetOperator": READ,
  "/botpass.v1.OperatorService/ListOperators": READ,
  "/botpass.v1.OperatorService/SetOperatorRoles": ADMIN,
  "/botpass.v1.OperatorService/RemoveOperator": ADMIN,
  "/botpass.v1.StatusService/GetStatus": READ,
  "/botpass.v1.StatusService/ListActivity": READ,
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo": { roles: EVERY_ROLE },
  "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": { roles: EVERY_ROLE },
  "/grpc.health.v1.Health/Check": ANYBODY,
  "/grpc.health.v1.Health/Watch": ANYBODY,
};
