// Original file: proto/botpass/v1/attach.proto


export interface SvidEvidence {
}

export interface SvidEvidence__Output {
}
