// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface AuthorityRecord {
  'id'?: (string);
  'kind'?: (string);
  'state'?: (string);
  'keyType'?: (string);
  'notBeforeMs'?: (number | string | Long);
  'notAfterMs'?: (number | string | Long);
  'keyFingerprint'?: (string);
}

export interface AuthorityRecord__Output {
  'id': (string);
  'kind': (string);
  'state': (string);
  'keyType': (string);
  'notBeforeMs': (number);
  'notAfterMs': (number);
  'keyFingerprint': (string);
}
