import { Controller, Get, Injectable } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Public } from '../edge/caller.js';

/** The document, made once when the application is ready. */
@Injectable()
export class OpenApiDocument {
  document: OpenAPIObject | null = null;
}

@ApiExcludeController()
@Controller()
export class OpenApiController {
  constructor(private readonly holder: OpenApiDocument) {}

  @Get('openapi.json')
  @Public()
  openapi(): OpenAPIObject | Record<string, never> {
    return this.holder.document ?? {};
  }
}
