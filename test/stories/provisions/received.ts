import { v7 as uuidv7 } from 'uuid';
import type { Person } from '../../harness/people.js';

export interface ReceivedRequest {
  readonly reference: string;
  /** Tokyo day. */
  readonly receivedOn: string;
}

/** Registers a resident's request for disclosure; its id. */
export async function received(person: Person, request: ReceivedRequest): Promise<string> {
  const id = uuidv7();
  await person.post('/v1/disclosure-requests', request).set('idempotency-key', id).expect(201);
  return id;
}
