// Original file: proto/botpass/v1/operators.proto

import type { Long } from '@grpc/proto-loader';

export interface Operator {
  'name'?: (string);
  'roles'?: (string)[];
  'unixUser'?: (string);
  'unixUid'?: (number);
  'spiffeId'?: (string);
  'state'?: (string);
  'createdAtMs'?: (number | string | Long);
  'createdBy'?: (string);
  'updatedAtMs'?: (number | string | Long);
  'removedAtMs'?: (number | string | Long);
  'revision'?: (number | string | Long);
  'connections'?: (number);
  '_unixUid'?: "unixUid";
}

export interface Operator__Output {
  'name': (string);
  'roles': (string)[];
  'unixUser': (string);
  'unixUid'?: (number);
  'spiffeId': (string);
  'state': (string);
  'createdAtMs': (number);
  'createdBy': (string);
  'updatedAtMs': (number);
  'removedAtMs': (number);
  'revision': (number);
  'connections': (number);
  '_unixUid'?: "unixUid";
}
