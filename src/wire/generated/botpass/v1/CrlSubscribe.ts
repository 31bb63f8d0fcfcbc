// Original file: proto/botpass/v1/attach.proto


export interface CrlSubscribe {
}

export interface CrlSubscribe__Output {
}
