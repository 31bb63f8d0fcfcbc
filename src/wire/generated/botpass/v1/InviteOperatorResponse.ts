// Original file: proto/botpass/v1/operators.proto

import type { Operator as _botpass_v1_Operator, Operator__Output as _botpass_v1_Operator__Output } from '../../botpass/v1/Operator.ts';
import type { Long } from '@grpc/proto-loader';

export interface InviteOperatorResponse {
  'operator'?: (_botpass_v1_Operator | null);
  'tokenId'?: (string);
  'expiresAtMs'?: (number | string | Long);
  'value'?: (string);
}

export interface InviteOperatorResponse__Output {
  'operator': (_botpass_v1_Operator__Output | null);
  'tokenId': (string);
  'expiresAtMs': (number);
  'value': (string);
}
