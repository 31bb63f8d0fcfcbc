// Original file: proto/botpass/v1/attach.proto

import type { Long } from '@grpc/proto-loader';

export interface DenySubscribe {
  'afterSequence'?: (number | string | Long);
  'heartbeatMs'?: (number);
}

export interface DenySubscribe__Output {
  'afterSequence': (number);
  'heartbeatMs': (number);
}
