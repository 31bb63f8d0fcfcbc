// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface ApplyBegin {
  'feedSequence'?: (number | string | Long);
}

export interface ApplyBegin__Output {
  'feedSequence': (number);
}
