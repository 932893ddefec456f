/** What came over an event stream. */
export interface ReadEvents {
  events: { id: number; data: any }[];
  comments: number;
  /** Whether the service ended it; false: it was cut, by us or by a fault. */
  ended: boolean;
}

/** Reads an event stream to its end, or cuts it after so many events. `onEvent` gets each as it comes. */
export async function readEvents(
  address: string,
  headers: Record<string, string> = {},
  most = Infinity,
  onEvent: (data: any) => void = () => {},
): Promise<ReadEvents> {
  const stop = new AbortController();
  const read: ReadEvents = { events: [], comments: 0, ended: false };
  const response = await fetch(address, { headers, signal: stop.signal });
  if (response.status === 204) return { ...read, ended: true };
  if (response.status !== 200)
    throw new Error(`Expected events but received ${response.status}: ${await response.text()}`);
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body!) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        if (block.startsWith(':')) read.comments++;
        const [, id, data] = /^id: (\d+)\ndata: (.*)$/.exec(block) ?? [];
        if (id === undefined) continue;
        const event = { id: Number(id), data: JSON.parse(data!) };
        read.events.push(event);
        onEvent(event.data);
        if (read.events.length >= most) {
          stop.abort();
          return read;
        }
      }
      // None at all: cut before the first.
      if (most === 0) {
        stop.abort();
        return read;
      }
    }
    return { ...read, ended: true };
  } catch {
    return read;
  }
}
