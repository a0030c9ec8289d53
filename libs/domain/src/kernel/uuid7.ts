/** The real time at which a UUIDv7 was made, in milliseconds since the epoch (RFC 9562, 5.7). */
export const timeOfUuid7 = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
