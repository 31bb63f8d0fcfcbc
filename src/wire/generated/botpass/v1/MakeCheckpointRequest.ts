// Original file: proto/botpass/v1/admin.proto


export interface MakeCheckpointRequest {
}

export interface MakeCheckpointRequest__Output {
}
