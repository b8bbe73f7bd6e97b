/** Gives back the memory of bytes at once instead of when the collector comes by. */
export const release = (bytes: Uint8Array | null): void => void (bytes?.buffer as ArrayBuffer | undefined)?.transfer(0)
