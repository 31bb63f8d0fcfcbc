// Original file: proto/botpass/v1/attach.proto

import type { Challenge as _botpass_v1_Challenge, Challenge__Output as _botpass_v1_Challenge__Output } from '../../botpass/v1/Challenge.ts';
import type { Attached as _botpass_v1_Attached, Attached__Output as _botpass_v1_Attached__Output } from '../../botpass/v1/Attached.ts';
import type { IssueResponse as _botpass_v1_IssueResponse, IssueResponse__Output as _botpass_v1_IssueResponse__Output } from '../../botpass/v1/IssueResponse.ts';
import type { ErrorMessage as _botpass_v1_ErrorMessage, ErrorMessage__Output as _botpass_v1_ErrorMessage__Output } from '../../botpass/v1/ErrorMessage.ts';
import type { Bundle as _botpass_v1_Bundle, Bundle__Output as _botpass_v1_Bundle__Output } from '../../botpass/v1/Bundle.ts';
import type { DenyUpdate as _botpass_v1_DenyUpdate, DenyUpdate__Output as _botpass_v1_DenyUpdate__Output } from '../../botpass/v1/DenyUpdate.ts';
import type { InstanceStatus as _botpass_v1_InstanceStatus, InstanceStatus__Output as _botpass_v1_InstanceStatus__Output } from '../../botpass/v1/InstanceStatus.ts';
import type { Shutdown as _botpass_v1_Shutdown, Shutdown__Output as _botpass_v1_Shutdown__Output } from '../../botpass/v1/Shutdown.ts';
import type { Renew as _botpass_v1_Renew, Renew__Output as _botpass_v1_Renew__Output } from '../../botpass/v1/Renew.ts';
import type { Crls as _botpass_v1_Crls, Crls__Output as _botpass_v1_Crls__Output } from '../../botpass/v1/Crls.ts';
import type { Long } from '@grpc/proto-loader';

export interface AttachResponse {
  'id'?: (number | string | Long);
  'challenge'?: (_botpass_v1_Challenge | null);
  'attached'?: (_botpass_v1_Attached | null);
  'issued'?: (_botpass_v1_IssueResponse | null);
  'error'?: (_botpass_v1_ErrorMessage | null);
  'bundle'?: (_botpass_v1_Bundle | null);
  'denied'?: (_botpass_v1_DenyUpdate | null);
  'instanceStatus'?: (_botpass_v1_InstanceStatus | null);
  'shutdown'?: (_botpass_v1_Shutdown | null);
  'renew'?: (_botpass_v1_Renew | null);
  'crls'?: (_botpass_v1_Crls | null);
  'body'?: "challenge"|"attached"|"issued"|"error"|"bundle"|"denied"|"instanceStatus"|"shutdown"|"renew"|"crls";
}

export interface AttachResponse__Output {
  'id': (number);
  'challenge'?: (_botpass_v1_Challenge__Output | null);
  'attached'?: (_botpass_v1_Attached__Output | null);
  'issued'?: (_botpass_v1_IssueResponse__Output | null);
  'error'?: (_botpass_v1_ErrorMessage__Output | null);
  'bundle'?: (_botpass_v1_Bundle__Output | null);
  'denied'?: (_botpass_v1_DenyUpdate__Output | null);
  'instanceStatus'?: (_botpass_v1_InstanceStatus__Output | null);
  'shutdown'?: (_botpass_v1_Shutdown__Output | null);
  'renew'?: (_botpass_v1_Renew__Output | null);
  'crls'?: (_botpass_v1_Crls__Output | null);
  'body'?: "challenge"|"attached"|"issued"|"error"|"bundle"|"denied"|"instanceStatus"|"shutdown"|"renew"|"crls";
}
