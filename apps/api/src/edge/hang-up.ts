import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * Returns what to call when the stop begins: answers still under way then close their connection. Those idle are closed
 * at once, but one that falls idle later would keep the process for the keep-alive time, over a minute.
 */
export function hangingUp(app: NestFastifyApplication): () => void {
  let stopping = false;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) void reply.header('connection', 'close');
    done();
  });
  return () => {
    stopping = true;
  };
}
