import { createParser } from "eventsource-parser";

const SLICE = 5;

/**
 * The data of each server-sent event of `reply`, in order. Takes at most five milliseconds of a frame; what
 * does not get through waits in the connection, which slows the server down.
 */
export async function* events(reply: Response): AsyncGenerator<string, void> {
  const ready: string[] = [];
  const parser = createParser({ onEvent: (event) => ready.push(event.data) });
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let since = performance.now();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      parser.feed(value);
      for (const data of ready.splice(0)) {
        yield data;
        if (performance.now() - since > SLICE) {
          await breathe();
          since = performance.now();
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Until the next frame is drawn; in a page that nobody sees, a moment. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    if (document.visibilityState === "hidden") setTimeout(resolve);
    else requestAnimationFrame(() => setTimeout(resolve));
  });
}
