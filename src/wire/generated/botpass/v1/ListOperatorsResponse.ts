// Original file: proto/botpass/v1/operators.proto

import type { Operator as _botpass_v1_Operator, Operator__Output as _botpass_v1_Operator__Output } from '../../botpass/v1/Operator.ts';

export interface ListOperatorsResponse {
  'operators'?: (_botpass_v1_Operator)[];
  'nextPageToken'?: (string);
}

export interface ListOperatorsResponse__Output {
  'operators': (_botpass_v1_Operator__Output)[];
  'nextPageToken': (string);
}
