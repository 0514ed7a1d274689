import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { threadEndpoint } from '../../../cli/thread-endpoint';

describe('the end of a line to a thread', () => {
  it('sends nothing once it was let go: the thread then works for somebody else', () => {
    const { port1, port2 } = new MessageChannel();
    let letGo = 0;
    const end = threadEndpoint(port1, () => void (letGo += 1));
    end.postMessage('work', []);
    expect(receiveMessageOnPort(port2)).toEqual({ message: 'work' });
    end.terminate();
    end.terminate();
    end.postMessage('goodbye of a proxy that was collected', []);
    expect(receiveMessageOnPort(port2)).toBeUndefined();
    expect(letGo).toBe(1);
    port1.close();
  });
});
