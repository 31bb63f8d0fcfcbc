// Original file: proto/botpass/v1/admin.proto

import type { Selector as _botpass_v1_Selector, Selector__Output as _botpass_v1_Selector__Output } from '../../botpass/v1/Selector.ts';
import type { Long } from '@grpc/proto-loader';

export interface InstanceRecord {
  'id'?: (string);
  'bot'?: (string);
  'entryId'?: (string);
  'state'?: (string);
  'attestor'?: (string);
  'selectors'?: (_botpass_v1_Selector)[];
  'attestedAtMs'?: (number | string | Long);
  'lastSeenAtMs'?: (number | string | Long);
  'newestSerial'?: (string);
  'newestNotAfterMs'?: (number | string | Long);
  'connected'?: (boolean);
  'remoteAddress'?: (string);
}

export interface InstanceRecord__Output {
  'id': (string);
  'bot': (string);
  'entryId': (string);
  'state': (string);
  'attestor': (string);
  'selectors': (_botpass_v1_Selector__Output)[];
  'attestedAtMs': (number);
  'lastSeenAtMs': (number);
  'newestSerial': (string);
  'newestNotAfterMs': (number);
  'connected': (boolean);
  'remoteAddress': (string);
}
