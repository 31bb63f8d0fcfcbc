// Original file: proto/botpass/v1/admin.proto

import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from '../../botpass/v1/Entry.ts';
import type { Selector as _botpass_v1_Selector, Selector__Output as _botpass_v1_Selector__Output } from '../../botpass/v1/Selector.ts';

export interface EntryExplanation {
  'entry'?: (_botpass_v1_Entry | null);
  'matches'?: (boolean);
  'missing'?: (_botpass_v1_Selector)[];
  'refusal'?: (string);
}

export interface EntryExplanation__Output {
  'entry': (_botpass_v1_Entry__Output | null);
  'matches': (boolean);
  'missing': (_botpass_v1_Selector__Output)[];
  'refusal': (string);
}
