// Original file: proto/botpass/v1/attach.proto

import type { Long } from '@grpc/proto-loader';

export interface Denial {
  'kind'?: (string);
  'value'?: (string);
  'expiresAtMs'?: (number | string | Long);
  'reason'?: (string);
}

export interface Denial__Output {
  'kind': (string);
  'value': (string);
  'expiresAtMs': (number);
  'reason': (string);
}
