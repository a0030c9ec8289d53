/** Node's and OpenSSL's own codes of TLS: `ERR_SSL_WRONG_VERSION_NUMBER`, `ERR_TLS_CERT_ALTNAME_INVALID`. */
const TLS_ERROR = /^(?:EPROTO$|ERR_(?:SSL|TLS)_)/;
/** Certificates are refused under OpenSSL's names: `SELF_SIGNED_CERT_IN_CHAIN`, `CERT_HAS_EXPIRED`. */
const VERIFY_ERROR = /^(?!EAI_|ERR_|ABORT_)[A-Z]+_[A-Z_]+$/;

/** What the code of a socket's error says; the rest (`ECONNREFUSED`, `EAI_AGAIN`, none at all) is the connection's. */
export function transportFault(code: string | undefined): 'timeout' | 'connection' | 'tls' {
  if (code === 'ETIMEDOUT') return 'timeout';
  return code !== undefined && (TLS_ERROR.test(code) || VERIFY_ERROR.test(code)) ? 'tls' : 'connection';
}
