// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface RevokedSvid {
  'id'?: (string);
  'kind'?: (string);
  'bot'?: (string);
  'spiffeId'?: (string);
  'instanceId'?: (string);
  'notAfterMs'?: (number | string | Long);
}

export interface RevokedSvid__Output {
  'id': (string);
  'kind': (string);
  'bot': (string);
  'spiffeId': (string);
  'instanceId': (string);
  'notAfterMs': (number);
}
