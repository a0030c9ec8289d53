import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Configuration, type OnFatal, openRooms, quietLogger } from '#wiring';
import { WorkerModule } from './worker.module.js';

/** Opens the rooms and starts the worker in this process; `close()` of what it returns ends both. */
export async function startWorker(
  configuration: Configuration,
  onFatal: OnFatal,
): Promise<INestApplicationContext> {
  const rooms = await openRooms(configuration, 'retention-worker', onFatal);
  try {
    return await NestFactory.createApplicationContext(WorkerModule.with(rooms), {
      logger: quietLogger(configuration.logLevel),
      abortOnError: false,
    });
  } catch (error) {
    await rooms.close();
    throw error;
  }
}
