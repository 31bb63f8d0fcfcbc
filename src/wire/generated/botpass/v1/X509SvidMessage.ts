// Original file: proto/botpass/v1/types.proto

import type { Long } from '@grpc/proto-loader';

export interface X509SvidMessage {
  'spiffeId'?: (string);
  'certificates'?: (Buffer | Uint8Array | string)[];
  'serial'?: (string);
  'notBeforeMs'?: (number | string | Long);
  'notAfterMs'?: (number | string | Long);
}

export interface X509SvidMessage__Output {
  'spiffeId': (string);
  'certificates': (Buffer)[];
  'serial': (string);
  'notBeforeMs': (number);
  'notAfterMs': (number);
}
