// Original file: proto/botpass/v1/attach.proto

import type { Selector as _botpass_v1_Selector, Selector__Output as _botpass_v1_Selector__Output } from '../../botpass/v1/Selector.ts';

export interface WorkloadEvidence {
  'selectors'?: (_botpass_v1_Selector)[];
}

export interface WorkloadEvidence__Output {
  'selectors': (_botpass_v1_Selector__Output)[];
}
