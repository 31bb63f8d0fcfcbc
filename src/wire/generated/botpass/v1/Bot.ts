// Original file: proto/botpass/v1/types.proto

import type { Long } from '@grpc/proto-loader';

export interface Bot {
  'name'?: (string);
  'kind'?: (string);
  'owner'?: (string);
  'purpose'?: (string);
  'environment'?: (string);
  'endsAtMs'?: (number | string | Long);
  'state'?: (string);
  'spiffeId'?: (string);
  'createdAtMs'?: (number | string | Long);
  'updatedAtMs'?: (number | string | Long);
  'revision'?: (number | string | Long);
}

export interface Bot__Output {
  'name': (string);
  'kind': (string);
  'owner': (string);
  'purpose': (string);
  'environment': (string);
  'endsAtMs': (number);
  'state': (string);
  'spiffeId': (string);
  'createdAtMs': (number);
  'updatedAtMs': (number);
  'revision': (number);
}
