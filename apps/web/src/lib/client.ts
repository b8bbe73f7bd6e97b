/** Keeps what was read, for everyone who asks the same. */
import { QueryClient } from '@tanstack/solid-query'
import { passes } from './api.ts'

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 300_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      retry: (tries, error) => tries < 4 && passes(error),
      retryDelay: (tries) => Math.min(400 * 2 ** tries, 5_000),
    },
  },
})
