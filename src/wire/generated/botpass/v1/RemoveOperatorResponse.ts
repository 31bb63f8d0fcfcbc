// Original file: proto/botpass/v1/operators.proto

import type { Operator as _botpass_v1_Operator, Operator__Output as _botpass_v1_Operator__Output } from '../../botpass/v1/Operator.ts';

export interface RemoveOperatorResponse {
  'operator'?: (_botpass_v1_Operator | null);
  'denied'?: (number);
  'connections'?: (number);
}

export interface RemoveOperatorResponse__Output {
  'operator': (_botpass_v1_Operator__Output | null);
  'denied': (number);
  'connections': (number);
}
