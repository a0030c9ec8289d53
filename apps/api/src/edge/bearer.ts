/** The session token of an Authorization header (RFC 6750), or null. 32 bytes in base64url. */
export function bearerToken(header: string | undefined): string | null {
  const match = /^Bearer ([A-Za-z0-9_-]{43})$/i.exec(header ?? '');
  return match?.[1] ?? null;
}
