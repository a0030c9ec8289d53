import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { answerParts, answers } from './answers.js';
import { describeBody } from './bodies.js';
import { pageContent, problemResponses, problemSchema } from './problems.js';
import { type Route, routeName, routesOf } from './routes.js';
import { type Operation, type Schema, type Schemas, uuid } from './schema.js';

const foundation = () =>
  new DocumentBuilder()
    .setTitle('Kiroku 記録')
    .setDescription(
      '住民基本台帳への照会を、すべて記録に。 Every look at a resident’s record, on the record.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addSecurity('bearer', {
      type: 'http',
      scheme: 'bearer',
      description:
        'The opaque token of a session, from `POST /v1/sessions`; bound to the terminal it began at.',
    })
    .addSecurity('terminal', {
      type: 'mutualTLS',
      description:
        'The client certificate of a registered terminal: the one that the session was opened with.',
    } as never)
    .build();

/** The document of the running application: what the build's plugin knows, completed from what really decides. */
export function openApi(app: INestApplication, controllers: readonly Type<object>[]): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, foundation(), { operationIdFactory: routeName });
  const routes = new Map(routesOf(controllers).map((route) => [route.name, route]));
  const schemas: Schemas = { ...document.components?.schemas, ...answerParts, Problem: problemSchema };
  for (const methods of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(methods) as [string, Operation][]) {
      const route = routes.get(operation.operationId ?? '');
      if (!route) throw new Error(`a route is described that no controller has: ${operation.operationId}`);
      complete(operation, route, method === 'get', schemas);
    }
  }
  document.components = { ...document.components, schemas };
  return document;
}

function complete(operation: Operation, route: Route, reads: boolean, schemas: Schemas): void {
  if (route.dto) describeBody(route.dto, schemas);
  if (route.atTerminal) operation.security = [{ bearer: [], terminal: [] }];
  for (const parameter of operation.parameters ?? []) {
    if (!('name' in parameter)) continue;
    if (parameter.name === 'Idempotency-Key') parameter.schema = uuid;
    // The rest of a path: the document's template names it, the route only has a star.
    if (parameter.name === '*') parameter.name = 'path';
  }
  const withQuery = (operation.parameters ?? []).some((given) => 'in' in given && given.in === 'query');
  const { content: sent } = { content: {}, ...operation.requestBody };
  const withFile = 'text/csv' in sent;
  const content = contentOf(route);
  const description = 'content' in content ? '応答 / answered' : '完了 / done';
  const done = Object.entries(operation.responses).map(
    ([status, response]) => [status, { ...response, description, ...content }] as const,
  );
  const unready =
    route.name === 'HealthController_readyz'
      ? { '503': { description: '準備未了 / not ready', ...content } }
      : {};
  operation.responses = {
    ...Object.fromEntries(done),
    ...problemResponses(route, { reads, withQuery, withFile }),
    ...unready,
  };
}

/** What an answer that is no problem looks like; nothing where there is nothing to say. */
function contentOf({ name, isPage, media }: Route): {
  content?: Readonly<Record<string, { schema: Schema }>>;
} {
  if (isPage) return { content: pageContent };
  const schema = answers[name];
  if (media !== null) return { content: { [media]: { schema: schema ?? { type: 'string' } } } };
  return schema ? { content: { 'application/json': { schema } } } : {};
}
