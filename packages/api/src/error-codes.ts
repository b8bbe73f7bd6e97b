/**
 * Permanent error codes. A code never changes its meaning; a message says what happened and what to do.
 * `{name}` in a message is filled from the parameters of `fail(code, parameters)`.
 */
export type ErrorEntry = { status: number; title: string; detail: string }

export const errors = {
  ACCESS_DENIED: { status: 403, title: 'Not allowed', detail: 'This login or key lacks the permission {permission}.' },
  ADDON_MISSING: { status: 503, title: 'Add-on missing', detail: '{addon} is not installed. {how}' },
  ADDRESS_NOT_ALLOWED: {
    status: 403,
    title: 'Address not allowed',
    detail: '{host} lies in a private network. If it may be asked, name it in CAIRN_ALLOWED_HOSTS.',
  },
  ANSWER_STOPPED: {
    status: 409,
    title: 'Answer stopped',
    detail: 'The answer was stopped before it was complete. The question is kept; ask again for a new answer.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'Body too large',
    detail: 'At most {max} bytes are taken here. Send less at a time.',
  },
  BOOKMARKS_NOT_READABLE: {
    status: 422,
    title: 'No bookmarks in there',
    detail: 'That is not a file of bookmarks that can be read: {reason}.',
  },
  BOOKMARK_FOLDER_NOT_FOUND: {
    status: 404,
    title: 'No such folder',
    detail: 'There is no such folder of bookmarks in this workspace.',
  },
  BOOKMARK_NOT_FOUND: {
    status: 404,
    title: 'No such bookmark',
    detail: 'There is no such bookmark in this workspace.',
  },
  BROKEN_JSON: { status: 400, title: 'Not JSON', detail: 'The body is not valid JSON in UTF-8.' },
  BUNDLE_COMPONENT_UNKNOWN: {
    status: 422,
    title: 'Unknown part of a bundle',
    detail: 'This Cairn knows no part of a bundle called {component}. GET /api/export/components lists those it knows.',
  },
  BUNDLE_LOCKED: {
    status: 422,
    title: 'Bundle is locked',
    detail: 'This bundle is protected. Give the passphrase that it was written with.',
  },
  BUNDLE_NEWER: {
    status: 422,
    title: 'Bundle is newer',
    detail: 'A newer Cairn wrote this bundle (format {version}, this one reads up to {known}). Update Cairn first.',
  },
  BUNDLE_NOT_FOUND: {
    status: 404,
    title: 'No such bundle',
    detail: 'There is no such bundle in this workspace; they are kept for 24 hours.',
  },
  BUNDLE_NOT_READABLE: {
    status: 422,
    title: 'Bundle cannot be read',
    detail: 'That is not a bundle that can be read, and nothing of it came in: {reason}.',
  },
  BUNDLE_PASSPHRASE_WRONG: {
    status: 422,
    title: 'Wrong passphrase',
    detail: 'This passphrase does not open the bundle.',
  },
  CALLER_NOT_ALLOWED: { status: 403, title: 'Not for this caller', detail: '{operation} is for {callers} only.' },
  CAPTURE_PAUSED: {
    status: 409,
    title: 'Capture is paused',
    detail:
      'Nothing is captured of {what}: it is paused, or private. Nothing was kept, and trying again later is no use.',
  },
  CHATS_NOT_READABLE: {
    status: 422,
    title: 'No chats there',
    detail: 'That is not an export of ChatGPT or Claude that can be read: {reason}.',
  },
  CLOUD_BLOCKED: {
    status: 403,
    title: 'No cloud here',
    detail: 'This workspace asks only models on this machine, and no route leads to one.',
  },
  CONFLICT: {
    status: 409,
    title: 'Conflict',
    detail: 'Something else with other content is stored under this id already.',
  },
  CONTEXT_NOT_FOUND: { status: 404, title: 'No answer yet', detail: 'Nothing was answered in this thread so far.' },
  CRAWL_NOT_FOUND: { status: 404, title: 'No such crawl', detail: 'There is no such crawl in this workspace.' },
  CREDENTIAL_REVOKED: {
    status: 403,
    title: 'Key revoked',
    detail: 'The key that asked for this was revoked or has expired. Ask for it again with a valid one.',
  },
  DATABASE_BUSY: {
    status: 503,
    title: 'Database busy',
    detail: 'Another program holds the database, or a query took too long. Try again shortly.',
  },
  DATABASE_CHANGED: {
    status: 500,
    title: 'Migration changed',
    detail:
      'Migration {migration} was changed after this database had run it. Use the version of Cairn that made the database, or `cairn restore` a backup.',
  },
  DATABASE_DAMAGED: {
    status: 500,
    title: 'Database damaged',
    detail: 'The database is damaged. It was left as it is; `cairn restore` brings back the newest backup.',
  },
  DATABASE_IN_USE: {
    status: 503,
    title: 'Data folder in use',
    detail: 'Process {pid} holds this data folder. Stop it, or choose another folder with CAIRN_HOME.',
  },
  DATABASE_NEWER: {
    status: 500,
    title: 'Database is newer',
    detail:
      'This database was written by a newer version of Cairn (migration {migration}). Update Cairn, or `cairn restore` an older backup.',
  },
  DATABASE_READ_ONLY: {
    status: 503,
    title: 'Data folder is read-only',
    detail:
      'The data folder cannot be written to. Give this user the right to write there, or choose another folder with CAIRN_HOME.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'Database away',
    detail: 'The database does not answer. Try again shortly.',
  },
  DISK_FULL: {
    status: 507,
    title: 'Disk full',
    detail: 'The disk that holds the data is full. Free some space; nothing was changed.',
  },
  DOCUMENT_NOT_FOUND: {
    status: 404,
    title: 'No such document',
    detail: 'There is no such document in this workspace.',
  },
  DOCUMENT_NOT_READABLE: {
    status: 422,
    title: 'Document cannot be read',
    detail: 'That is not a document that can be read: {reason}.',
  },
  FILE_NOT_FOUND: { status: 404, title: 'No such file', detail: 'There is no such file below a registered folder.' },
  FILE_NOT_READABLE: {
    status: 409,
    title: 'File cannot be read',
    detail: 'The file is there and cannot be read: {reason}.',
  },
  GIT_TIMEOUT: {
    status: 503,
    title: 'Git is slow',
    detail: 'Git did not answer within {seconds} s. Try again, or ask for less.',
  },
  GIT_UNAVAILABLE: {
    status: 503,
    title: 'Git is missing',
    detail: 'The program `git` cannot be run on this machine. Install it to see repositories.',
  },
  HOST_NOT_ALLOWED: {
    status: 403,
    title: 'Host not allowed',
    detail: 'This host is not allowed here. Open Cairn by its own address; a model is called only at its own host.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    title: 'Key used before',
    detail: 'This Idempotency-Key was used with other input. Take a new one.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here. The request id helps to find it in the log.',
  },
  INVALID_INPUT: { status: 422, title: 'Invalid input', detail: 'Some fields are not as expected; see errors.' },
  JOB_ALREADY_COMPLETED: { status: 409, title: 'Job has ended', detail: 'The job has ended already ({status}).' },
  JOB_FAILED: { status: 500, title: 'Job failed', detail: 'The job ended with an error of its own: {reason}' },
  JOB_NOT_ENDED: {
    status: 409,
    title: 'Job is not over',
    detail: 'The job is {status}. Cancel it, or wait until it has ended.',
  },
  JOB_NOT_FOUND: { status: 404, title: 'No such job', detail: 'There is no such job in this workspace.' },
  JOB_RESULT_TOO_LARGE: {
    status: 500,
    title: 'Result too large',
    detail: 'The job returned more than {max} bytes. It has to keep them elsewhere and return where.',
  },
  JOB_STALE: {
    status: 409,
    title: 'Job is held by another',
    detail: 'This attempt no longer holds its job; what it writes is refused.',
  },
  JOB_TIMEOUT: { status: 504, title: 'Job took too long', detail: 'One attempt may take {seconds} s; it was stopped.' },
  JOB_TYPE_UNKNOWN: { status: 422, title: 'No such kind of job', detail: 'Nothing here runs jobs of the type {type}.' },
  JOB_WORKER_LOST: {
    status: 503,
    title: 'Worker lost',
    detail: 'The process that ran this job ended before the job did, {attempts} times.',
  },
  KEY_NOT_FOUND: { status: 404, title: 'No such key', detail: 'There is no such key.' },
  LOGIN_LINK_USED: {
    status: 401,
    title: 'Link no longer valid',
    detail: 'A login link works once and for a short time. Run `cairn open` for a new one.',
  },
  MEMORY_NOT_FOUND: { status: 404, title: 'No such memory', detail: 'There is no such memory in this workspace.' },
  MESSAGE_NOT_FOUND: { status: 404, title: 'No such message', detail: 'There is no such message in this thread.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed', detail: 'This address does not take {method}.' },
  MODEL_REFUSED: {
    status: 502,
    title: 'Model server refused',
    detail: 'The model server refused the request: {reason}',
  },
  MODEL_TIMEOUT: { status: 504, title: 'Model too slow', detail: 'The model server did not answer in time: {reason}' },
  MODEL_UNAVAILABLE: { status: 503, title: 'Model away', detail: 'No configured model answered: {reason}.' },
  MODEL_UNREACHABLE: {
    status: 503,
    title: 'Model server away',
    detail: 'The model server cannot be reached: {reason}',
  },
  ORIGINAL_NOT_KEPT: {
    status: 404,
    title: 'Original not kept',
    detail: 'The original of this version is not kept: it held secrets that cannot be masked.',
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    title: 'Origin not allowed',
    detail: 'Pages of another origin may not call this server.',
  },
  PATH_NOT_ALLOWED: {
    status: 403,
    title: 'Path not allowed',
    detail: 'Only what lies below a registered folder can be read.',
  },
  PRECONDITION_FAILED: {
    status: 412,
    title: 'Changed meanwhile',
    detail: 'It was changed since you read it. Read it again, then change it.',
  },
  PROFILE_NOT_READABLE: {
    status: 422,
    title: 'No browser history there',
    detail: 'That is not a browser history that can be read: {reason}.',
  },
  PROVIDER_NOT_FOUND: {
    status: 404,
    title: 'No such provider',
    detail: 'There is no such provider of models in this workspace.',
  },
  RATE_LIMIT_EXCEEDED: { status: 429, title: 'Too many requests', detail: 'Try again in {seconds} s.' },
  RECEIPT_NOT_FOUND: {
    status: 404,
    title: 'No such receipt',
    detail: 'There is no receipt of a privacy delete under this id in this workspace.',
  },
  REF_NOT_FOUND: {
    status: 404,
    title: 'No such ref',
    detail: 'The repository has no branch, tag or commit of this name.',
  },
  REPO_EXISTS: { status: 409, title: 'Repository is registered', detail: 'This repository is registered already.' },
  REPO_NOT_FOUND: {
    status: 404,
    title: 'No such repository',
    detail: 'There is no such repository in this workspace.',
  },
  REPO_NOT_READABLE: {
    status: 422,
    title: 'Repository cannot be read',
    detail: 'Git cannot read a repository there: {reason}.',
  },
  REQUEST_ABORTED: { status: 400, title: 'Hung up', detail: 'The caller hung up before the request was over.' },
  REQUEST_TIMEOUT: { status: 408, title: 'Too slow', detail: 'The request did not arrive in time.' },
  ROOT_EXISTS: {
    status: 409,
    title: 'Folder is registered',
    detail: 'This folder, or one above it, is registered already.',
  },
  ROOT_NOT_ALLOWED: { status: 422, title: 'Folder not allowed', detail: 'This folder cannot be registered: {reason}.' },
  ROOT_NOT_FOUND: {
    status: 404,
    title: 'No such folder',
    detail: 'There is no such registered folder in this workspace.',
  },
  ROOT_NOT_READABLE: { status: 422, title: 'Folder cannot be read', detail: 'The folder cannot be read: {reason}.' },
  ROOT_OVERLAPS: {
    status: 409,
    title: 'A folder below is registered',
    detail: 'A folder below this one is registered already: {name}. Remove it first.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: 'No such address',
    detail: 'Nothing lives at this address. GET /api/openapi.json lists what does.',
  },
  SCHEDULE_NOT_FOUND: {
    status: 404,
    title: 'No such schedule',
    detail: 'There is no such schedule in this workspace.',
  },
  SECRET_LOCKED: {
    status: 503,
    title: 'Secrets are locked',
    detail: 'The key that opens stored secrets is not there. Unlock the keychain, or enter the secret again.',
  },
  SERVER_STOPPING: {
    status: 503,
    title: 'Stopping',
    detail: 'Cairn is being stopped. What was asked is kept and goes on with the next start.',
  },
  SIDECAR_UNAUTHENTICATED: {
    status: 401,
    title: 'Secret needed',
    detail: 'The sidecar answers only to the process that holds its secret.',
  },
  SIDECAR_UNAVAILABLE: {
    status: 503,
    title: 'AI is restarting',
    detail: 'The AI process is away. What needs no model goes on working.',
  },
  SOURCE_NOT_FOUND: { status: 404, title: 'No such source', detail: 'There is no such {kind} in this workspace.' },
  STALE_FENCE: {
    status: 409,
    title: 'Overtaken',
    detail: 'A newer writer (fence {seen}) has taken over; this one (fence {fence}) is late.',
  },
  SUGGESTION_NOT_FOUND: {
    status: 404,
    title: 'No such suggestion',
    detail: 'There is no such suggestion in this workspace.',
  },
  TABS_FULL: { status: 409, title: 'Too many tabs', detail: 'A workspace holds {most} tabs. Close some first.' },
  TAB_NOT_FOUND: { status: 404, title: 'No such tab', detail: 'There is no such tab in this workspace.' },
  TASK_NOT_FOUND: { status: 404, title: 'No such task', detail: 'There is no such task in this workspace.' },
  THREAD_BUSY: {
    status: 409,
    title: 'Thread is answering',
    detail: 'This thread is writing an answer. Wait for it, or stop it.',
  },
  THREAD_NOT_FOUND: { status: 404, title: 'No such thread', detail: 'There is no such thread in this workspace.' },
  UNAUTHENTICATED: {
    status: 401,
    title: 'Login needed',
    detail: 'Send a key as `Authorization: Bearer …` or open the link that `cairn open` prints.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json.',
  },
  UPGRADE_REQUIRED: {
    status: 426,
    title: 'WebSocket only',
    detail: 'This address speaks WebSocket only.',
  },
  VECTORS_DAMAGED: {
    status: 503,
    title: 'Vectors damaged',
    detail: 'The vector store is damaged ({reason}). Drop it; it is rebuilt from the database.',
  },
  VISIT_NOT_FOUND: { status: 404, title: 'No such visit', detail: 'There is no such visit in this workspace.' },
  WORKSPACE_NOT_FOUND: {
    status: 404,
    title: 'No such workspace',
    detail: 'There is no such workspace, or you are not a member.',
  },
  WORKSPACE_NOT_PERSONAL: {
    status: 403,
    title: 'Not a personal workspace',
    detail: 'Folders of this machine belong to a personal workspace. Switch to yours.',
  },
} as const satisfies Record<string, ErrorEntry>
