// Original file: proto/botpass/v1/admin.proto

import type { ErrorMessage as _botpass_v1_ErrorMessage, ErrorMessage__Output as _botpass_v1_ErrorMessage__Output } from '../../botpass/v1/ErrorMessage.ts';

export interface CreateEntryResult {
  'id'?: (string);
  'error'?: (_botpass_v1_ErrorMessage | null);
  'result'?: "id"|"error";
}

export interface CreateEntryResult__Output {
  'id'?: (string);
  'error'?: (_botpass_v1_ErrorMessage__Output | null);
  'result'?: "id"|"error";
}
