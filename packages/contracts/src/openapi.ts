// The contract as an OpenAPI 3.1 document.
import * as z from 'zod'
import { createDocument, type oas31, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi'
import { api } from './api.js'
import { controlPrefix, inferencePrefixes, type Endpoint } from './endpoint.js'
import { errorTable, type ErrorCode } from './errors.js'
import { chatComponents } from './inference/chat-completions/schema.js'
import { generateContentComponents } from './inference/generate-content/schema.js'
import { messagesComponents } from './inference/messages/schema.js'
import { moderationsComponents } from './inference/moderations/schema.js'
import { speechComponents } from './inference/speech/schema.js'
import { rerankComponents } from './inference/rerank/schema.js'
import { embeddingsComponents } from './inference/embeddings/schema.js'
import { completionsComponents } from './inference/completions/schema.js'
import { contextComponents } from './inference/responses/context-schema.js'
import { conversationComponents } from './inference/responses/conversation-schema.js'
import { responsesComponents } from './inference/responses/schema.js'
import { errorBodySchema } from './resources/error-body.js'
import { bytesSchema } from './resources/file.js'

export interface OpenApiOptions {
  readonly version: string
  /** Where the gateway answers, without a path. Default: where the document was read. */
  readonly origin?: string
}

const errorContent = { 'application/json': { schema: errorBodySchema } }

function errorResponses(codes: readonly ErrorCode[]): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codes) byStatus.set(errorTable[code].status, [...(byStatus.get(errorTable[code].status) ?? []), code])
  const described = [...byStatus].map(([status, group]) => {
    const description = group.map((code) => `\`${code}\`: ${errorTable[code].sentence}`).join('\n\n')
    return [String(status), { description, content: errorContent }] as const
  })
  return { ...Object.fromEntries(described), default: { description: 'Any other error.', content: errorContent } }
}

function operation(id: string, group: string, endpoint: Endpoint): ZodOpenApiOperationObject {
  const success = {
    [endpoint.bytes ? 'application/octet-stream' : 'application/json']: { schema: endpoint.output },
    ...(endpoint.event && { 'text/event-stream': { schema: endpoint.event } }),
  }
  const description = endpoint.path.includes('+}') ? 'The last part of the path may hold slashes, plain or as %2F.' : undefined
  return {
    operationId: id,
    summary: endpoint.summary,
    tags: [group],
    ...(description !== undefined && { description }),
    security: endpoint.access === 'public' ? [] : [{ bearer: [] }],
    ...((endpoint.params || endpoint.query || endpoint.idempotent) && {
      requestParams: {
        ...(endpoint.params && { path: endpoint.params }),
        ...(endpoint.query && { query: endpoint.query }),
        ...(endpoint.idempotent && { header: idempotencyHeader }),
      },
    }),
    ...(endpoint.form && {
      requestBody: {
        required: true,
        content: { 'multipart/form-data': { schema: endpoint.form.extend({ file: bytesSchema }) } },
      },
    }),
    ...(endpoint.body && { requestBody: { required: true, content: { 'application/json': { schema: endpoint.body } } } }),
    responses: { '200': { description: endpoint.summary, content: success }, ...errorResponses(endpoint.errors) },
  }
}

const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional()
    .meta({ description: 'Whoever repeats it with the same body within 24 hours gets the answer of the first, done once.' }),
})

interface PathItem {
  servers?: oas31.ServerObject[]
  [method: string]: ZodOpenApiOperationObject | oas31.ServerObject[] | undefined
}

/** The servers of an inference path: it answers identically under every prefix. OpenAI's own comes first. */
function inferenceServers(origin: string): oas31.ServerObject[] {
  const prefixes = ['/v1', ...inferencePrefixes.filter((prefix) => prefix !== '/v1')]
  return prefixes.map((prefix) => ({ url: origin + prefix || '/' }))
}

function paths(origin: string): Record<string, PathItem> {
  const items: Record<string, PathItem> = {}
  for (const [group, endpoints] of Object.entries<{ readonly [name: string]: Endpoint }>({ ...api })) {
    for (const [name, endpoint] of Object.entries(endpoints)) {
      for (const [place, { path }] of [endpoint, ...(endpoint.aliases ?? [])].entries()) {
        const at = (endpoint.mount === 'control' ? controlPrefix : '') + path.replaceAll('+}', '}')
        const item = (items[at] ??= endpoint.mount === 'inference' ? { servers: inferenceServers(origin) } : {})
        item[endpoint.method.toLowerCase()] = operation(`${group}.${name}${place === 0 ? '' : `.${place}`}`, group, endpoint)
      }
    }
  }
  return items
}

/** The document, anew at each call. Errors: none. */
export function openApiDocument({ version, origin = '' }: OpenApiOptions): oas31.OpenAPIObject {
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Weir',
        version,
        description: 'Every model of every provider as a complete, stateful OpenAI Responses model.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: origin || '/' }],
      paths: paths(origin),
      components: {
        schemas: {
          ...responsesComponents,
          ...contextComponents,
          ...conversationComponents,
          ...chatComponents,
          ...messagesComponents,
          ...generateContentComponents,
          ...completionsComponents,
          ...embeddingsComponents,
          ...rerankComponents,
          ...speechComponents,
          ...moderationsComponents,
        },
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A key of the gateway.' } },
      },
    },
    {
      // A new field must not break a client that was generated before it.
      override({ jsonSchema, io }) {
        if (io === 'output' || jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
      },
    },
  )
}
