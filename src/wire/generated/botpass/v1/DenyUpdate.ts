// Original file: proto/botpass/v1/attach.proto

import type { Denial as _botpass_v1_Denial, Denial__Output as _botpass_v1_Denial__Output } from '../../botpass/v1/Denial.ts';
import type { Long } from '@grpc/proto-loader';

export interface DenyUpdate {
  'snapshot'?: (boolean);
  'sequence'?: (number | string | Long);
  'added'?: (_botpass_v1_Denial)[];
  'removed'?: (_botpass_v1_Denial)[];
  'more'?: (boolean);
  'afterSequence'?: (number | string | Long);
}

export interface DenyUpdate__Output {
  'snapshot': (boolean);
  'sequence': (number);
  'added': (_botpass_v1_Denial__Output)[];
  'removed': (_botpass_v1_Denial__Output)[];
  'more': (boolean);
  'afterSequence': (number);
}
