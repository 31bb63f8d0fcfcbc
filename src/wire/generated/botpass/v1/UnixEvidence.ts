// Original file: proto/botpass/v1/attach.proto


export interface UnixEvidence {
}

export interface UnixEvidence__Output {
}
