// Original file: proto/botpass/v1/admin.proto

import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from '../../botpass/v1/Entry.ts';

export interface CreateEntriesRequest {
  'entries'?: (_botpass_v1_Entry)[];
}

export interface CreateEntriesRequest__Output {
  'entries': (_botpass_v1_Entry__Output)[];
}
