/** Workspaces: the isolation boundary. Every row, passage, vector, root and model route belongs to exactly one. */
import { operation, operations } from './operation.ts'
import { Id, list, oneOf, optional, type Static, shape, Time, Type, text } from './shapes.ts'

export const Workspace = shape({
  id: Id,
  slug: text(60, 1),
  name: text(200, 1),
  kind: oneOf('personal', 'shared'),
  role: oneOf('viewer', 'editor', 'owner'),
  /** No byte goes to a model off this machine, whatever a route says. */
  no_cloud: Type.Boolean(),
  created_at: Time,
})
export type Workspace = Static<typeof Workspace>

export const workspaces = operations('workspaces', {
  list: operation({
    method: 'GET',
    path: '/api/workspaces',
    summary: 'List my workspaces',
    effect: 'read',
    reach: 'installation',
    output: shape({ items: list(Workspace) }),
  }),
  get: operation({
    method: 'GET',
    path: '/api/workspaces/{id}',
    summary: 'Read one workspace',
    effect: 'read',
    reach: 'installation',
    params: { id: text(60, 1) },
    output: Workspace,
    errors: ['WORKSPACE_NOT_FOUND'],
  }),
  update: operation({
    method: 'PATCH',
    path: '/api/workspaces/{id}',
    summary: 'Rename a workspace, or close it to models elsewhere',
    effect: 'danger',
    reach: 'installation',
    callers: ['people'],
    params: { id: text(60, 1) },
    body: { name: optional(text(200, 1)), no_cloud: optional(Type.Boolean()) },
    output: Workspace,
    errors: ['WORKSPACE_NOT_FOUND', 'ACCESS_DENIED'],
  }),
})
