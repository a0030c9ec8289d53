import { Catch } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { EdgeRequest } from '../edge/caller.js';
import type { ProblemRow } from '../problems/catalogue.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { PAGE_TYPE, problemPage } from './page.js';

/** Tells the problems of a page as a page. */
@Catch()
export class PageFilter extends ProblemFilter {
  protected override tell(_request: EdgeRequest, reply: FastifyReply, row: ProblemRow): void {
    void reply.status(row.status).header('content-type', PAGE_TYPE).send(problemPage(row));
  }
}
