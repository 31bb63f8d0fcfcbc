// Original file: proto/botpass/v1/admin.proto

import type { Bot as _botpass_v1_Bot, Bot__Output as _botpass_v1_Bot__Output } from '../../botpass/v1/Bot.ts';

export interface ChangeBotStateResponse {
  'bot'?: (_botpass_v1_Bot | null);
  'denied'?: (number);
  'streams'?: (number);
}

export interface ChangeBotStateResponse__Output {
  'bot': (_botpass_v1_Bot__Output | null);
  'denied': (number);
  'streams': (number);
}
