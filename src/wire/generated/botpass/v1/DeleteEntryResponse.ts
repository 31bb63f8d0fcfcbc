// Original file: proto/botpass/v1/admin.proto


export interface DeleteEntryResponse {
}

export interface DeleteEntryResponse__Output {
}
