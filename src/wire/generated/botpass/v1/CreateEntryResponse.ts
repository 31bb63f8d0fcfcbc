// Original file: proto/botpass/v1/admin.proto

import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from '../../botpass/v1/Entry.ts';

export interface CreateEntryResponse {
  'entry'?: (_botpass_v1_Entry | null);
  'warnings'?: (string)[];
}

export interface CreateEntryResponse__Output {
  'entry': (_botpass_v1_Entry__Output | null);
  'warnings': (string)[];
}
