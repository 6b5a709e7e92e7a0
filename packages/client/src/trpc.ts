import { createTRPCClient, httpBatchStreamLink, type TRPCClient } from '@trpc/client'
import type { AppRouter } from '@weir/contracts'
import type { Connection } from './rest.js'

/** Calls that may share one HTTP request; the gateway takes no more. */
const largestBatch = 10

/** The typed tRPC client. Queries go as POST, since a long input overflows a URL. */
export function connectTrpc({ origin, headers, fetch }: Connection): TRPCClient<AppRouter> {
  const link = httpBatchStreamLink<AppRouter>({
    url: `${origin}/trpc`,
    headers: { ...headers },
    maxItems: largestBatch,
    methodOverride: 'POST',
    // tRPC's own type of the options allows `signal: undefined`; it is the platform's in all else.
    fetch: (url, options) => fetch(url, options as RequestInit),
  })
  return createTRPCClient<AppRouter>({ links: [link] })
}
