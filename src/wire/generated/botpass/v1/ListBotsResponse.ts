// Original file: proto/botpass/v1/admin.proto

import type { Bot as _botpass_v1_Bot, Bot__Output as _botpass_v1_Bot__Output } from '../../botpass/v1/Bot.ts';

export interface ListBotsResponse {
  'bots'?: (_botpass_v1_Bot)[];
  'nextPageToken'?: (string);
}

export interface ListBotsResponse__Output {
  'bots': (_botpass_v1_Bot__Output)[];
  'nextPageToken': (string);
}
