// Original file: proto/botpass/v1/admin.proto

import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from '../../botpass/v1/Entry.ts';

export interface ListEntriesResponse {
  'entries'?: (_botpass_v1_Entry)[];
  'nextPageToken'?: (string);
}

export interface ListEntriesResponse__Output {
  'entries': (_botpass_v1_Entry__Output)[];
  'nextPageToken': (string);
}
