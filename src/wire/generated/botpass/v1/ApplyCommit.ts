// Original file: proto/botpass/v1/admin.proto


export interface ApplyCommit {
  'changes'?: (number);
}

export interface ApplyCommit__Output {
  'changes': (number);
}
