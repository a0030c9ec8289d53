import { Controller, Get, Header, Injectable } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Public } from '../edge/caller.js';

/** The document, made and written once when the application is ready: it is large, and anybody may ask for it. */
@Injectable()
export class OpenApiDocument {
  text = '{}';

  set document(document: OpenAPIObject) {
    this.text = JSON.stringify(document);
  }
}

@ApiExcludeController()
@Controller()
export class OpenApiController {
  constructor(private readonly holder: OpenApiDocument) {}

  @Get('openapi.json')
  @Public()
  @Header('content-type', 'application/json; charset=utf-8')
  openapi(): string {
    return this.holder.text;
  }
}
