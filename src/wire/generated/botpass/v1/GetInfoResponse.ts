// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface GetInfoResponse {
  'version'?: (string);
  'trustDomain'?: (string);
  'addresses'?: (string)[];
  'uid'?: (number);
  'feedSequence'?: (number | string | Long);
}

export interface GetInfoResponse__Output {
  'version': (string);
  'trustDomain': (string);
  'addresses': (string)[];
  'uid': (number);
  'feedSequence': (number);
}
