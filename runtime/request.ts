/**
 * The JSON-RPC request that carries an envelope (wire section 6).
 *
 * @param envelopeText JSON text of the envelope.
 * @param id Id of the request.
 * @param idempotencyKey Key the receiver knows repeats by; left out over WebSocket.
 */
export function requestText(envelopeText: string, id: string, idempotencyKey?: string): string {
  const key = idempotencyKey === undefined ? "" : `,"idempotency_key":${JSON.stringify(idempotencyKey)}`;
  return `{"jsonrpc":"2.0","method":"asap.send","params":{"envelope":${envelopeText}${key}},"id":${JSON.stringify(id)}}`;
}
