// Original file: proto/botpass/v1/admin.proto

import type { Selector as _botpass_v1_Selector, Selector__Output as _botpass_v1_Selector__Output } from '../../botpass/v1/Selector.ts';

export interface ExplainEntriesRequest {
  'selectors'?: (_botpass_v1_Selector)[];
  'node'?: (string);
  'idToken'?: (string);
}

export interface ExplainEntriesRequest__Output {
  'selectors': (_botpass_v1_Selector__Output)[];
  'node': (string);
  'idToken': (string);
}
