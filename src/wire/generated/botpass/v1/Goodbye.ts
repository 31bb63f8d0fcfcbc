// Original file: proto/botpass/v1/attach.proto


export interface Goodbye {
}

export interface Goodbye__Output {
}
