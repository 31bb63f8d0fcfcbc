// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface JwtsOf {
  'spiffeId'?: (string);
  'issuedBeforeMs'?: (number | string | Long);
}

export interface JwtsOf__Output {
  'spiffeId': (string);
  'issuedBeforeMs': (number);
}
