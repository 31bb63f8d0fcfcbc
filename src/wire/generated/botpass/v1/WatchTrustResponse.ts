// Original file: proto/botpass/v1/attach.proto

import type { Bundle as _botpass_v1_Bundle, Bundle__Output as _botpass_v1_Bundle__Output } from '../../botpass/v1/Bundle.ts';
import type { DenyUpdate as _botpass_v1_DenyUpdate, DenyUpdate__Output as _botpass_v1_DenyUpdate__Output } from '../../botpass/v1/DenyUpdate.ts';

export interface WatchTrustResponse {
  'bundle'?: (_botpass_v1_Bundle | null);
  'denied'?: (_botpass_v1_DenyUpdate | null);
  'body'?: "bundle"|"denied";
}

export interface WatchTrustResponse__Output {
  'bundle'?: (_botpass_v1_Bundle__Output | null);
  'denied'?: (_botpass_v1_DenyUpdate__Output | null);
  'body'?: "bundle"|"denied";
}
