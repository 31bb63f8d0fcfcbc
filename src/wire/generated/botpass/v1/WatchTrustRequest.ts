// Original file: proto/botpass/v1/attach.proto

import type { Long } from '@grpc/proto-loader';

export interface WatchTrustRequest {
  'afterSequence'?: (number | string | Long);
  'heartbeatMs'?: (number);
}

export interface WatchTrustRequest__Output {
  'afterSequence': (number);
  'heartbeatMs': (number);
}
