// Original file: proto/botpass/v1/admin.proto

import type { CreateEntryResult as _botpass_v1_CreateEntryResult, CreateEntryResult__Output as _botpass_v1_CreateEntryResult__Output } from '../../botpass/v1/CreateEntryResult.ts';

export interface CreateEntriesResponse {
  'results'?: (_botpass_v1_CreateEntryResult)[];
}

export interface CreateEntriesResponse__Output {
  'results': (_botpass_v1_CreateEntryResult__Output)[];
}
