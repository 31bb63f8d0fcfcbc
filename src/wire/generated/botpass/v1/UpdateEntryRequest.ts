// Original file: proto/botpass/v1/admin.proto

import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from '../../botpass/v1/Entry.ts';

export interface UpdateEntryRequest {
  'entry'?: (_botpass_v1_Entry | null);
}

export interface UpdateEntryRequest__Output {
  'entry': (_botpass_v1_Entry__Output | null);
}
