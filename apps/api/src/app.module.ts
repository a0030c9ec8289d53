import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import {
  Contacts,
  DenialCounter,
  FailureCounter,
  Incidents,
  LogProofs,
  SavedSearches,
  Tails,
} from '#application';
import type { Registry } from '#registry';
import { logProofsOf, PublicLog, publicLogOf, type Rooms, WiringModule } from '#wiring';
import { AgreementsController } from './agreements/agreements.controller.js';
import { AcknowledgementController } from './alerts/acknowledgement.controller.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { CasesController } from './cases/cases.controller.js';
import { ContactsController } from './contacts/contacts.controller.js';
import { DisclosureRequestsController } from './disclosure-requests/disclosure-requests.controller.js';
import { FilesUnderWay } from './edge/files-under-way.js';
import { Pace } from './edge/ongoing.js';
import { SessionGuard } from './edge/session.guard.js';
import { Standing } from './edge/standing.js';
import { validation } from './edge/validation.js';
import { ExportsController } from './exports/exports.controller.js';
import { GrantsController } from './grants/grants.controller.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { IncidentList } from './incidents/incident-list.js';
import { IncidentsController } from './incidents/incidents.controller.js';
import { InquiriesController } from './inquiries/inquiries.controller.js';
import { LogFilesController } from './log/log-files.controller.js';
import { LogProofsController } from './log/log-proofs.controller.js';
import { OpenApiController, OpenApiDocument } from './openapi/openapi.controller.js';
import { OperatorsController } from './operators/operators.controller.js';
import { Presence } from './presence.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ResidentProvisionsController } from './provisions/resident-provisions.controller.js';
import { RetentionController } from './retention/retention.controller.js';
import { ReviewDaysController } from './reviews/review-days.controller.js';
import { ReviewsController } from './reviews/reviews.controller.js';
import { SavedSearchesController } from './reviews/saved-searches.controller.js';
import { WatchListController } from './reviews/watch-list.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { EdgeSettings } from './settings.js';
import { TerminalsController } from './terminals/terminals.controller.js';
import { OpenTails } from './trail/open-tails.js';
import { TailController } from './trail/tail.controller.js';
import { TrailController } from './trail/trail.controller.js';

/** The controllers, one folder a capability. */
export const controllers = [
  AcknowledgementController,
  AgreementsController,
  AlertsController,
  CasesController,
  ContactsController,
  DisclosureRequestsController,
  ExportsController,
  GrantsController,
  HealthController,
  IncidentsController,
  InquiriesController,
  LogFilesController,
  LogProofsController,
  OpenApiController,
  OperatorsController,
  ResidentProvisionsController,
  RetentionController,
  ReviewDaysController,
  ReviewsController,
  SavedSearchesController,
  SessionsController,
  TailController,
  TerminalsController,
  TrailController,
  WatchListController,
];

@Module({})
export class AppModule {
  static with(rooms: Rooms, registry: Registry): DynamicModule {
    return {
      module: AppModule,
      imports: [WiringModule.ofUseCases(rooms, registry)],
      controllers,
      providers: [
        OpenApiDocument,
        FilesUnderWay,
        OpenTails,
        Pace,
        Standing,
        { provide: EdgeSettings, useValue: new EdgeSettings(rooms.configuration.agreement) },
        { provide: PublicLog, useFactory: () => publicLogOf(rooms) },
        { provide: LogProofs, useFactory: () => logProofsOf(rooms) },
        {
          provide: Tails,
          useFactory: (savedSearches: SavedSearches) => {
            const { journal, store, queries, vault: tokens } = rooms;
            return new Tails({ journal, store, queries, savedSearches, tokens });
          },
          inject: [SavedSearches],
        },
        {
          provide: Readiness,
          useFactory: (contacts: Contacts) => new Readiness(rooms, contacts),
          inject: [Contacts],
        },
        {
          provide: IncidentList,
          useFactory: (incidents: Incidents) => new IncidentList(rooms.queries, incidents, rooms.marks),
          inject: [Incidents],
        },
        {
          provide: Presence,
          useFactory: (failures: FailureCounter, denials: DenialCounter) =>
            new Presence(rooms, registry, [failures, denials]),
          inject: [FailureCounter, DenialCounter],
        },
        { provide: APP_GUARD, useClass: SessionGuard },
        { provide: APP_PIPE, useFactory: validation },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
