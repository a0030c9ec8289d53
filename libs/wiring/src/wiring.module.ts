import { type DynamicModule, Module } from '@nestjs/common';
import {
  Agreements,
  Alarm,
  Alerts,
  CaseRegister,
  Contacts,
  DailyReviews,
  DenialCounter,
  DisclosureRequests,
  Disclosures,
  ErasureHolds,
  ErasureRecords,
  Exports,
  FailureCounter,
  Faults,
  Grants,
  Households,
  Incidents,
  Inquiries,
  Operators,
  ResidentProvisions,
  RetentionPeriods,
  Reviews,
  SavedSearches,
  SignIn,
  Terminals,
  Trail,
  WatchList,
} from '#application';
import type { Registry } from '#registry';
import { WebhookSecrets } from './alert-key.js';
import { type Rooms, useCasesOf } from './rooms.js';

/** Token of the rooms in Nest's container. */
export const ROOMS = Symbol('kiroku:rooms');
const USE_CASES = Symbol('kiroku:use-cases');

type UseCases = ReturnType<typeof useCasesOf>;

/** Each use case under its own class, so that a controller's constructor says what it needs. */
const tokens = {
  alarm: Alarm,
  contacts: Contacts,
  faults: Faults,
  incidents: Incidents,
  alerts: Alerts,
  reviews: Reviews,
  dailyReviews: DailyReviews,
  watchList: WatchList,
  savedSearches: SavedSearches,
  agreements: Agreements,
  caseRegister: CaseRegister,
  operators: Operators,
  households: Households,
  terminals: Terminals,
  grants: Grants,
  retentionPeriods: RetentionPeriods,
  erasureHolds: ErasureHolds,
  erasureRecords: ErasureRecords,
  signIn: SignIn,
  failures: FailureCounter,
  denials: DenialCounter,
  inquiries: Inquiries,
  disclosures: Disclosures,
  trail: Trail,
  disclosureRequests: DisclosureRequests,
  residentProvisions: ResidentProvisions,
  exports: Exports,
} as const satisfies { [K in keyof UseCases]: unknown };

/** Hands the rooms, and the use cases over them, to Nest. */
@Module({})
export class WiringModule {
  static ofRooms(rooms: Rooms): DynamicModule {
    return {
      module: WiringModule,
      global: true,
      providers: [{ provide: ROOMS, useValue: rooms }],
      exports: [ROOMS],
    };
  }

  static ofUseCases(rooms: Rooms, registry: Registry): DynamicModule {
    const providers = Object.entries(tokens).map(([name, token]) => ({
      provide: token,
      useFactory: (useCases: UseCases) => useCases[name as keyof UseCases],
      inject: [USE_CASES],
    }));
    return {
      module: WiringModule,
      global: true,
      providers: [
        { provide: ROOMS, useValue: rooms },
        { provide: WebhookSecrets, useValue: rooms.webhookSecrets },
        { provide: USE_CASES, useFactory: () => useCasesOf(rooms, registry) },
        ...providers,
      ],
      exports: [ROOMS, WebhookSecrets, ...Object.values(tokens)],
    };
  }
}
