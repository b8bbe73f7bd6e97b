/** Is it well? For people, load balancers and dashboards. */
import { operation, operations } from './operation.ts'
import { list, Nothing, nullable, oneOf, type Static, shape, Type, text } from './shapes.ts'

export const Check = shape({
  name: text(100),
  status: oneOf('ok', 'degraded', 'down'),
  latency_ms: Type.Number(),
  detail: nullable(text(500)),
})
export type Check = Static<typeof Check>

export const health = operations('health', {
  shallow: operation({
    method: 'GET',
    path: '/api/health',
    summary: 'Does the process answer?',
    effect: 'read',
    reach: 'public',
    output: shape({ status: Type.Literal('ok'), version: text(40) }),
  }),
  deep: operation({
    method: 'GET',
    path: '/api/health/deep',
    summary: 'Check every dependency, with latencies',
    effect: 'read',
    reach: 'installation',
    output: shape({ status: oneOf('ok', 'degraded', 'down'), checks: list(Check) }),
  }),
  status: operation({
    method: 'GET',
    path: '/api/status',
    summary: 'Version, mode, uptime and what is running',
    effect: 'read',
    reach: 'installation',
    output: shape({
      version: text(40),
      mode: oneOf('local', 'team'),
      uptime_s: Type.Number(),
      database: oneOf('sqlite', 'postgres'),
      memory_bytes: Type.Integer(),
      sidecar: shape({
        state: oneOf('starting', 'up', 'down', 'off'),
        pid: nullable(Type.Integer()),
        restarts: Type.Integer(),
      }),
    }),
  }),
  capabilities: operation({
    method: 'GET',
    path: '/api/capabilities',
    summary: 'What this server can do, for clients to adapt to',
    effect: 'read',
    reach: 'public',
    output: shape({ api: Type.Integer(), version: text(40), features: list(text(60)) }),
  }),
  metrics: operation({
    method: 'GET',
    path: '/api/metrics',
    summary: 'Prometheus metrics',
    effect: 'read',
    reach: 'installation',
    output: Nothing,
    reply: ['text'],
  }),
})
