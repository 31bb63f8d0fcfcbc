// Original file: proto/botpass/v1/admin.proto

import type { Bot as _botpass_v1_Bot, Bot__Output as _botpass_v1_Bot__Output } from '../../botpass/v1/Bot.ts';
import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from '../../botpass/v1/Entry.ts';

export interface RegisterBotResponse {
  'bot'?: (_botpass_v1_Bot | null);
  'entry'?: (_botpass_v1_Entry | null);
  'warnings'?: (string)[];
}

export interface RegisterBotResponse__Output {
  'bot': (_botpass_v1_Bot__Output | null);
  'entry': (_botpass_v1_Entry__Output | null);
  'warnings': (string)[];
}
