// Original file: proto/botpass/v1/admin.proto

import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from '../../botpass/v1/Entry.ts';
import type { Long } from '@grpc/proto-loader';

export interface RegisterBotRequest {
  'name'?: (string);
  'kind'?: (string);
  'owner'?: (string);
  'purpose'?: (string);
  'environment'?: (string);
  'endsAtMs'?: (number | string | Long);
  'path'?: (string);
  'entry'?: (_botpass_v1_Entry | null);
}

export interface RegisterBotRequest__Output {
  'name': (string);
  'kind': (string);
  'owner': (string);
  'purpose': (string);
  'environment': (string);
  'endsAtMs': (number);
  'path': (string);
  'entry': (_botpass_v1_Entry__Output | null);
}
