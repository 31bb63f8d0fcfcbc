// Original file: proto/botpass/v1/admin.proto

import type { EntryExplanation as _botpass_v1_EntryExplanation, EntryExplanation__Output as _botpass_v1_EntryExplanation__Output } from '../../botpass/v1/EntryExplanation.ts';
import type { Selector as _botpass_v1_Selector, Selector__Output as _botpass_v1_Selector__Output } from '../../botpass/v1/Selector.ts';

export interface ExplainEntriesResponse {
  'entries'?: (_botpass_v1_EntryExplanation)[];
  'refusal'?: (string);
  'selectors'?: (_botpass_v1_Selector)[];
}

export interface ExplainEntriesResponse__Output {
  'entries': (_botpass_v1_EntryExplanation__Output)[];
  'refusal': (string);
  'selectors': (_botpass_v1_Selector__Output)[];
}
