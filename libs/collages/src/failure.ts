/** Why a collage cannot be made, as its Failed event has it: UPPER_SNAKE and a sentence. Surprises are named as such. */
export function failureOf(error: unknown): { reason: string; message: string } {
  const { reason, field, message } = (error ?? {}) as {
    reason?: unknown;
    field?: unknown;
    message?: unknown;
  };
  const text = typeof message === 'string' && message !== '' ? message : String(error);
  if (typeof reason === 'string') return { reason, message: text };
  // The libraries' own errors about what they were given name a field.
  if (typeof field === 'string') return { reason: 'OPTION_INVALID', message: text };
  return { reason: 'UNEXPECTED', message: `Unexpected: ${text}. Please report it.` };
}
