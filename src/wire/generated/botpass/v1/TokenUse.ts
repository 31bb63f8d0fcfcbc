// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface TokenUse {
  'keyFingerprint'?: (string);
  'instanceId'?: (string);
  'usedAtMs'?: (number | string | Long);
}

export interface TokenUse__Output {
  'keyFingerprint': (string);
  'instanceId': (string);
  'usedAtMs': (number);
}
