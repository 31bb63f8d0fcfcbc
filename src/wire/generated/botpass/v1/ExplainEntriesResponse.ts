// Original file: proto/botpass/v1/admin.proto

import type { EntryExplanation as _botpass_v1_EntryExplanation, EntryExplanation__Output as _botpass_v1_EntryExplanation__Output } from '../../botpass/v1/EntryExplanation.ts';

export interface ExplainEntriesResponse {
  'entries'?: (_botpass_v1_EntryExplanation)[];
}

export interface ExplainEntriesResponse__Output {
  'entries': (_botpass_v1_EntryExplanation__Output)[];
}
