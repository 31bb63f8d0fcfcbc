// Original file: proto/botpass/v1/admin.proto

import type { StateChange as _botpass_v1_StateChange, StateChange__Output as _botpass_v1_StateChange__Output } from '../../botpass/v1/StateChange.ts';

export interface ApplyChanges {
  'changes'?: (_botpass_v1_StateChange)[];
}

export interface ApplyChanges__Output {
  'changes': (_botpass_v1_StateChange__Output)[];
}
