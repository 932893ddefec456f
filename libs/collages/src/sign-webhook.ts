import { createHmac } from 'node:crypto';

/**
 * The headers that let a receiver know that a message is ours, and recent, as the Standard Webhooks specification has
 * them: `webhook-signature` is "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body". A message that is sent again
 * has the same id.
 * @param seconds since 1970
 */
export function signWebhook(
  secret: string,
  id: string,
  seconds: number,
  body: string,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(seconds));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
