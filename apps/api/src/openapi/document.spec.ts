import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { getMetadataStorage } from 'class-validator';
import { controllers } from '../app.module.js';
import { catalogueRow } from '../problems/catalogue.js';
import { openApi } from './document.js';
import { type Route, routesOf } from './routes.js';
import type { Operation } from './schema.js';

/** A schema as these specifications look at it. */
interface Told {
  readonly type?: string;
  readonly $ref?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Told>>;
  readonly items?: Told;
}

describe('the OpenAPI document', () => {
  let app: INestApplication;
  let document: OpenAPIObject;
  let operations: readonly { readonly method: string; readonly route: Route; readonly told: Operation }[];
  const schemas = () => document.components?.schemas as unknown as Readonly<Record<string, Told>>;
  const routes = routesOf(controllers).filter(({ controller }) => controller !== 'OpenApiController');

  beforeAll(async () => {
    // The controllers as they are; what they ask for is never asked.
    const testing = Test.createTestingModule({ controllers: [...controllers] }).useMocker(() => ({}));
    app = (await testing.compile()).createNestApplication(new FastifyAdapter());
    document = openApi(app, controllers);
    const byName = new Map(routes.map((route) => [route.name, route]));
    operations = Object.values(document.paths).flatMap((methods) =>
      Object.entries(methods as Record<string, Operation>).map(([method, told]) => ({
        method,
        told,
        route: byName.get(told.operationId ?? '') as Route,
      })),
    );
  });
  afterAll(() => app.close());

  const told = (name: string): Operation =>
    operations.find(({ route }) => route.name === name)?.told as Operation;
  const schemaOf = (operation: Operation, status: string, media: string): Told =>
    (operation.responses[status] as { content?: Record<string, { schema: Told }> } | undefined)?.content?.[
      media
    ]?.schema ?? {};

  it('describes every route of every controller', () => {
    expect(operations.map(({ route }) => route.name).sort()).toEqual(routes.map(({ name }) => name).sort());
  });

  it('has a schema for every body, with every field that is validated and which of them are required', () => {
    const dtos = routes.flatMap(({ dto }) => (dto ? [dto] : []));
    expect(dtos.length).toBeGreaterThan(12);
    for (const dto of dtos) {
      const fields = getMetadataStorage()
        .getTargetValidationMetadatas(dto, '', true, false)
        .map(({ propertyName }) => propertyName);
      const { properties = {}, type } = schemas()[dto.name] ?? {};
      expect([dto.name, type, Object.keys(properties).sort()]).toEqual([
        dto.name,
        'object',
        [...new Set(fields)].sort(),
      ]);
      for (const [field, schema] of Object.entries(properties)) {
        expect([dto.name, field, schema.$ref ?? schema.type]).toEqual([dto.name, field, expect.any(String)]);
        if (schema.type === 'array') expect(schema.items?.$ref ?? schema.items?.type).toBeDefined();
      }
    }
  });

  it('says of an inquiry what its validators say', () => {
    expect(schemas()['MakeInquiryDto']).toMatchObject({
      required: ['purpose', 'caseReference', 'question'],
      additionalProperties: false,
      properties: {
        purpose: { type: 'string', maxLength: 4096 },
        question: { $ref: '#/components/schemas/QuestionDto' },
        grant: { type: 'string', format: 'uuid' },
      },
    });
    expect(schemas()['QuestionDto']?.properties).toMatchObject({ prefix: { type: 'boolean' } });
    expect(schemas()['ProposeHoursDto']?.properties).toMatchObject({
      hours: { type: 'array', items: { $ref: '#/components/schemas/OpeningHoursDto' } },
      closedDays: { items: { type: 'string', maxLength: 10 } },
    });
    expect(schemas()['OpeningHoursDto']?.properties?.['weekday']).toMatchObject({
      type: 'integer',
      minimum: 0,
      maximum: 6,
    });
    expect(schemas()['SearchTrailDto']?.properties).toMatchObject({
      from: { type: 'string', format: 'date-time' },
      limit: { type: 'integer', minimum: 1, maximum: 500 },
      waitFor: { pattern: String.raw`^\d{1,19}$` },
      outcome: { type: 'string', enum: expect.arrayContaining(['found', 'refused']) },
    });
  });

  it('refers to nothing that is not there', () => {
    const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect(names.length).toBeGreaterThan(50);
    expect([...new Set(names)].filter((name) => !(String(name) in schemas()))).toEqual([]);
  });

  it('names every part of a path that the caller fills in', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(methods as Record<string, Operation>)) {
        const named = parameters.flatMap((one) => ('in' in one && one.in === 'path' ? [one.name] : []));
        expect([path, new Set(named)]).toEqual([path, new Set(parts)]);
      }
    }
  });

  it('says what every route answers, and nothing where there is nothing to say', () => {
    for (const { told: operation, route } of operations) {
      const [status = ''] = Object.keys(operation.responses).filter((code) => code.startsWith('2'));
      const answered = schemaOf(operation, status, 'application/json');
      expect([route.name, status, answered.type]).toEqual([
        route.name,
        expect.stringMatching(/^20[014]$/),
        status === '204' || route.media !== null ? undefined : 'object',
      ]);
    }
  });

  it('says which routes answer with a page for people, their problems too', () => {
    const found = operations.filter(({ route }) => route.isPage);
    expect(found.map(({ route }) => route.name).sort()).toEqual([
      'AcknowledgementController_acknowledge',
      'AcknowledgementController_show',
    ]);
    for (const { told: operation } of found) {
      for (const status of ['200', '404', '500']) {
        expect(schemaOf(operation, status, 'text/html').type).toBe('string');
      }
    }
    const others = operations.filter(({ route }) => !route.isPage);
    expect(JSON.stringify(others.map(({ told: operation }) => operation))).not.toContain('text/html');
  });

  it('lists the problems of every route by status, as problem details with the codes of the catalogue', () => {
    for (const { told: operation, route } of operations) {
      const failures = Object.keys(operation.responses).filter((status) => /^[45]/.test(status));
      const expected = [
        '500',
        ...(route.isPublic ? [] : ['401', '403']),
        ...(route.dto ? ['400', '413', '415'] : []),
      ];
      expect([route.name, failures]).toEqual([route.name, expect.arrayContaining(expected)]);
      for (const status of failures.filter(
        (code) => route.controller !== 'HealthController' || code !== '503',
      )) {
        const { description } = operation.responses[status] as { description: string };
        const codes = [...description.matchAll(/^- `([a-z-]+)`/gm)].map(([, code]) => String(code));
        expect(codes.length).toBeGreaterThan(0);
        expect(new Set(codes.map((code) => String(catalogueRow(code).status)))).toEqual(new Set([status]));
        expect(schemaOf(operation, status, 'application/problem+json').$ref).toMatch(/\/Problem$/);
      }
    }
    const { '403': forbidden, '410': gone } = told('InquiriesController_disclose').responses as Record<
      string,
      { description: string }
    >;
    expect(forbidden?.description).toContain('`role-missing`');
    expect(forbidden?.description).toContain('`terminal-certificate-missing`');
    expect(gone?.description).toContain('`identity-data-erased`');
  });

  it('says how a list goes on', () => {
    const operation = told('IncidentsController_list');
    expect(operation.parameters).toEqual([
      expect.objectContaining({ name: 'limit', in: 'query', required: false }),
      expect.objectContaining({ name: 'cursor', in: 'query', required: false }),
    ]);
    const { description } = operation.responses['400'] as { description: string };
    for (const code of ['request-malformed', 'field-malformed', 'cursor-unknown'])
      expect(description).toContain(`\`${code}\``);
  });

  it('says which routes need a session, and which a terminal too', () => {
    expect(document.components?.securitySchemes).toEqual({
      bearer: { type: 'http', scheme: 'bearer', description: expect.any(String) },
      terminal: { type: 'mutualTLS', description: expect.any(String) },
    });
    for (const { told: operation, route } of operations) {
      const needed = { bearer: [], ...(route.atTerminal ? { terminal: [] } : {}) };
      expect([route.name, operation.security ?? []]).toEqual([route.name, route.isPublic ? [] : [needed]]);
    }
    expect(told('InquiriesController_make').security).toEqual([{ bearer: [], terminal: [] }]);
  });

  it('asks for the id of an inquiry in its header', () => {
    expect(told('InquiriesController_make').parameters).toEqual([
      expect.objectContaining({
        name: 'Idempotency-Key',
        in: 'header',
        required: true,
        schema: { type: 'string', format: 'uuid' },
      }),
    ]);
  });
});
