import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { type Rooms, WiringModule } from '#wiring';
import { Worker } from './worker.js';

/** Token of the worker, for tests that tick it themselves. */
export const WORKER = Worker;

@Module({})
export class WorkerModule {
  static with(rooms: Rooms): DynamicModule {
    return {
      module: WorkerModule,
      imports: [ScheduleModule.forRoot(), WiringModule.ofRooms(rooms)],
      providers: [Worker],
    };
  }
}
