-- Written by scripts/dump-schema.ts out of the migrations. Do not edit.

CREATE TABLE "_migrations" (
  "name" text primary key,
  "checksum" text not null,
  "applied_at" integer not null
);

CREATE TABLE "api_key" (
  "id" text not null primary key,
  "person" text not null references "user" ("id") on delete cascade,
  "name" text not null,
  "prefix" text not null,
  "hash" text not null unique,
  "scopes" text not null,
  "created_at" integer not null,
  "last_used_at" integer,
  "expires_at" integer
) strict;

CREATE INDEX "api_key_person" on "api_key" ("person", "created_at", "id");

CREATE TABLE "bookmark_folders" (
  "workspace" text not null,
  "id" text not null,
  "parent_id" text,
  "title" text not null,
  "position" text not null,
  "version" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "bookmark_folders_pk" primary key ("workspace", "id"),
  constraint "bookmark_folders_parent" foreign key ("workspace", "parent_id") references "bookmark_folders" ("workspace", "id") on delete cascade
) strict;

CREATE INDEX "bookmark_folders_order" on "bookmark_folders" ("workspace", "parent_id", "position", "id");

CREATE TABLE "bookmark_import" (
  "workspace" text not null,
  "id" text not null,
  "blob" text,
  "cursor" integer not null,
  "created" integer not null,
  "folders" integer not null,
  "started_at" integer not null,
  constraint "bookmark_import_pk" primary key ("workspace", "id")
) strict;

CREATE TABLE "bookmarks" (
  "workspace" text not null,
  "id" text not null,
  "folder_id" text,
  "url" text not null,
  "url_key" text not null,
  "site" text,
  "title" text not null,
  "tags" text not null,
  "position" text not null,
  "version" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "bookmarks_pk" primary key ("workspace", "id"),
  constraint "bookmarks_folder" foreign key ("workspace", "folder_id") references "bookmark_folders" ("workspace", "id") on delete cascade
) strict;

CREATE INDEX "bookmarks_address" on "bookmarks" ("workspace", "url_key", "folder_id");

CREATE INDEX "bookmarks_newest" on "bookmarks" ("workspace", "created_at", "id");

CREATE INDEX "bookmarks_order" on "bookmarks" ("workspace", "folder_id", "position", "id");

CREATE TRIGGER tally_bookmarks_less after delete on bookmarks begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'bookmarks' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'bookmarks' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_bookmarks_more after insert on bookmarks begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'bookmarks', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_bookmarks_off after update of created_at on bookmarks begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'bookmarks' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'bookmarks' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_bookmarks_on after update of created_at on bookmarks begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'bookmarks', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TABLE "bundle" (
  "workspace" text not null,
  "id" text not null,
  "kind" text not null,
  "blob" text,
  "bytes" integer not null,
  "locked" integer not null,
  "state" text not null,
  "created_at" integer not null,
  "expires_at" integer not null,
  constraint "bundle_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "bundle_newest" on "bundle" ("workspace", "kind", "created_at", "id");

CREATE INDEX "bundle_over" on "bundle" ("workspace", "expires_at");

CREATE TABLE "capture_pause" (
  "workspace" text not null,
  "target" text not null,
  "ref" text not null,
  "until" integer,
  "paused_at" integer not null,
  constraint "capture_pause_pk" primary key ("workspace", "target", "ref")
) strict;

CREATE TABLE "capture_text" (
  "workspace" text not null,
  "site" text not null,
  "kept" integer not null,
  constraint "capture_text_pk" primary key ("workspace", "site")
) strict;

CREATE TABLE "chat_context" (
  "workspace" text not null,
  "id" text not null,
  "message_id" text not null,
  "kind" text not null,
  "model" text,
  "query" text not null,
  "passages" text not null,
  "messages" text not null,
  "created_at" integer not null,
  constraint "chat_context_pk" primary key ("workspace", "id"),
  constraint "chat_context_thread" foreign key ("workspace", "id") references "llm_threads" ("workspace", "id") on delete cascade
) strict;

CREATE TABLE "crawl" (
  "workspace" text not null,
  "id" text not null,
  "plan" text not null,
  "schedule_id" text,
  "fetched" integer not null,
  "created" integer not null,
  "changed" integer not null,
  "unchanged" integer not null,
  "duplicates" integer not null,
  "failed" integer not null,
  "skipped" integer not null,
  "bytes" integer not null,
  "created_at" integer not null,
  "person" text,
  constraint "crawl_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "crawl_newest" on "crawl" ("workspace", "created_at", "id");

CREATE TABLE "crawl_host" (
  "workspace" text not null,
  "crawl_id" text not null,
  "origin" text not null,
  "robots" text not null,
  "mapped" integer not null,
  constraint "crawl_host_pk" primary key ("workspace", "crawl_id", "origin"),
  constraint "crawl_host_crawl" foreign key ("workspace", "crawl_id") references "crawl" ("workspace", "id") on delete cascade
) strict;

CREATE TABLE "crawl_page" (
  "workspace" text not null,
  "crawl_id" text not null,
  "url_key" text not null,
  "number" integer not null,
  "url" text not null,
  "host" text not null,
  "found_on" text,
  "depth" integer not null,
  "hops" integer not null,
  "promise" integer not null,
  "state" text not null,
  "outcome" text,
  "status" integer,
  "relevance" integer,
  "document_id" text,
  "content_hash" text,
  "fetched_at" integer,
  constraint "crawl_page_pk" primary key ("workspace", "crawl_id", "url_key"),
  constraint "crawl_page_crawl" foreign key ("workspace", "crawl_id") references "crawl" ("workspace", "id") on delete cascade
) strict;

CREATE INDEX "crawl_page_content" on "crawl_page" ("workspace", "crawl_id", "content_hash");

CREATE INDEX crawl_page_document on crawl_page (workspace, document_id) where document_id is not null;

CREATE INDEX crawl_page_host on crawl_page (workspace, crawl_id, state, host, promise desc, number);

CREATE INDEX crawl_page_next on crawl_page (workspace, crawl_id, state, promise desc, number);

CREATE INDEX "crawl_page_order" on "crawl_page" ("workspace", "crawl_id", "number");

CREATE TABLE "crawl_schedule" (
  "workspace" text not null,
  "id" text not null,
  "plan" text not null,
  "every_hours" integer not null,
  "next_at" integer not null,
  "last_job_id" text,
  "created_at" integer not null,
  "person" text,
  "time_zone" text default 'UTC' not null,
  "at" text,
  constraint "crawl_schedule_pk" primary key ("workspace", "id")
) strict;

CREATE TABLE "document_version" (
  "workspace" text not null,
  "document_id" text not null,
  "version" integer not null,
  "title" text not null,
  "content_hash" text not null,
  "markdown" text not null,
  "truncated" integer not null,
  "characters" integer not null,
  "blob" text,
  "created_at" integer not null,
  "person" text,
  constraint "document_version_pk" primary key ("workspace", "document_id", "version"),
  constraint "document_version_document" foreign key ("workspace", "document_id") references "documents" ("workspace", "id") on delete cascade
) strict;

CREATE INDEX "document_version_blob" on "document_version" ("workspace", "blob");

CREATE INDEX "document_version_person" on "document_version" ("workspace", "person", "document_id");

CREATE TABLE "documents" (
  "workspace" text not null,
  "id" text not null,
  "format" text not null,
  "source" text not null,
  "title" text not null,
  "description" text,
  "author" text,
  "language" text,
  "published_at" integer,
  "url" text,
  "url_key" text,
  "fetch_key" text,
  "canonical_url" text,
  "site" text,
  "file_name" text,
  "content_hash" text not null,
  "given_hash" text not null,
  "version" integer not null,
  "characters" integer not null,
  "etag" text,
  "last_modified" text,
  "created_at" integer not null,
  "updated_at" integer not null,
  "checked_at" integer not null,
  "person" text,
  constraint "documents_pk" primary key ("workspace", "id")
) strict;

CREATE UNIQUE INDEX "documents_address" on "documents" ("workspace", "url_key");

CREATE INDEX "documents_fetched" on "documents" ("workspace", "fetch_key");

CREATE INDEX "documents_given" on "documents" ("workspace", "given_hash");

CREATE INDEX "documents_newest" on "documents" ("workspace", "updated_at", "id");

CREATE TRIGGER tally_documents_less after delete on documents begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'documents' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'documents' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_documents_more after insert on documents begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'documents', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_documents_off after update of created_at on documents begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'documents' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'documents' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_documents_on after update of created_at on documents begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'documents', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TABLE "egress" (
  "workspace" text not null,
  "id" text not null,
  "at" integer not null,
  "purpose" text not null,
  "host" text not null,
  "person" text not null,
  "agent" text,
  "job" text,
  "bytes_sent" integer not null,
  "bytes_received" integer,
  "outcome" text not null,
  constraint "egress_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "egress_at" on "egress" ("workspace", "at", "id");

CREATE TABLE "embedding" (
  "workspace" text not null,
  "model" text not null,
  "hash" text not null,
  "vector" blob not null,
  constraint "embedding_pk" primary key ("workspace", "model", "hash")
) strict;

CREATE TABLE "event" (
  "workspace" text not null,
  "seq" integer not null,
  "id" text not null,
  "type" text not null,
  "subject" text not null,
  "actor" text not null,
  "job" text,
  "time" integer not null,
  "data" text,
  "salt" text,
  "data_hash" text not null,
  "prev_hash" text not null,
  "hash" text not null,
  constraint "event_pk" primary key ("workspace", "seq")
) strict, without rowid;

CREATE TABLE "event_checkpoint" (
  "workspace" text not null,
  "seq" integer not null,
  "hash" text not null,
  "time" integer not null,
  constraint "event_checkpoint_pk" primary key ("workspace", "seq")
) strict, without rowid;

CREATE TABLE "event_head" (
  "workspace" text not null primary key,
  "seq" integer not null,
  "hash" text not null
) strict, without rowid;

CREATE TABLE "file_index" (
  "workspace" text not null,
  "id" text not null,
  "root" text not null,
  "folder" text not null,
  "name" text not null,
  "size" integer not null,
  "mtime" integer not null,
  "stamp" text not null,
  "sha256" text,
  "language" text,
  "state" text not null,
  "reason" text,
  "last_indexed" integer,
  constraint "file_index_pk" primary key ("workspace", "id"),
  constraint "file_index_path" unique ("workspace", "root", "folder", "name")
) strict;

CREATE INDEX "file_index_content" on "file_index" ("workspace", "root", "sha256") where sha256 is not null;

CREATE INDEX "file_index_reason" on "file_index" ("workspace", "root", "reason", "folder", "name") where reason is not null;

CREATE INDEX "file_index_state" on "file_index" ("workspace", "root", "state", "folder", "name");

CREATE TABLE "git_events" (
  "workspace" text not null,
  "id" text not null,
  "repository" text not null,
  "root" text not null,
  "type" text not null,
  "key" text not null,
  "sha" text,
  "ref" text,
  "parents" text not null,
  "author" text,
  "message" text,
  "files" text not null,
  "files_changed" integer not null,
  "insertions" integer,
  "deletions" integer,
  "at" integer not null,
  constraint "git_events_pk" primary key ("workspace", "id"),
  constraint "git_events_key" unique ("workspace", "repository", "key")
) strict;

CREATE INDEX "git_events_age" on "git_events" ("workspace", "at", "id");

CREATE INDEX "git_events_repository" on "git_events" ("workspace", "repository", "at", "id");

CREATE INDEX "git_events_root" on "git_events" ("workspace", "root", "at", "id");

CREATE INDEX "git_events_type" on "git_events" ("workspace", "type", "at", "id");

CREATE TRIGGER tally_commits_less after delete on git_events when old.type in ('commit', 'merge') begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'commits' and quarter = old.at / 900000;
      delete from tally where workspace = old.workspace and kind = 'commits' and quarter = old.at / 900000 and amount = 0; end;

CREATE TRIGGER tally_commits_more after insert on git_events when new.type in ('commit', 'merge') begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'commits', new.at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_commits_off after update of at, type on git_events when old.type in ('commit', 'merge') begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'commits' and quarter = old.at / 900000;
      delete from tally where workspace = old.workspace and kind = 'commits' and quarter = old.at / 900000 and amount = 0; end;

CREATE TRIGGER tally_commits_on after update of at, type on git_events when new.type in ('commit', 'merge') begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'commits', new.at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TABLE "git_repository" (
  "workspace" text not null,
  "id" text not null,
  "root" text not null,
  "path" text not null,
  "state" text not null,
  "reason" text,
  "branch" text,
  "refs" text not null,
  "commits" integer not null,
  "scanned_at" integer,
  "created_at" integer not null,
  constraint "git_repository_pk" primary key ("workspace", "id"),
  constraint "git_repository_path" unique ("workspace", "root", "path")
) strict;

CREATE TABLE "history" (
  "workspace" text not null,
  "id" text not null,
  "page_id" text not null,
  "bucket" integer not null,
  "title" text,
  "visited_at" integer not null,
  "referrer" text,
  "duration_ms" integer,
  "source" text not null,
  "tab_id" text,
  "status_code" integer,
  "content_type" text,
  constraint "history_pk" primary key ("workspace", "id")
) strict, without rowid;

CREATE INDEX "history_bucket" on "history" ("workspace", "bucket", "id", "page_id", "visited_at");

CREATE INDEX "history_tab" on "history" ("workspace", "tab_id", "id") where tab_id is not null;

CREATE TRIGGER tally_visits_less after delete on history begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'visits' and quarter = old.visited_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'visits' and quarter = old.visited_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_visits_more after insert on history begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'visits', new.visited_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_visits_off after update of visited_at on history begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'visits' and quarter = old.visited_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'visits' and quarter = old.visited_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_visits_on after update of visited_at on history begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'visits', new.visited_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TABLE "history_import" (
  "workspace" text not null,
  "id" text not null,
  "source" text not null,
  "path" text not null,
  "cursor" integer not null,
  "rows_read" integer not null,
  "created" integer not null,
  "duplicates" integer not null,
  "skipped" text not null,
  "first_visit" integer,
  "last_visit" integer,
  "started_at" integer not null,
  "finished_at" integer,
  constraint "history_import_pk" primary key ("workspace", "id")
) strict;

CREATE TABLE "idempotency" (
  "workspace" text not null,
  "person" text not null,
  "operation" text not null,
  "key" text not null,
  "input_hash" text not null,
  "response" text,
  "created_at" integer not null,
  constraint "idempotency_pk" primary key ("workspace", "person", "operation", "key")
) strict;

CREATE INDEX "idempotency_age" on "idempotency" ("created_at");

CREATE TABLE "job_log" (
  "workspace" text not null,
  "job_id" text not null,
  "number" integer not null,
  "at" integer not null,
  "attempt" integer not null,
  "level" text not null,
  "message" text not null,
  constraint "job_log_pk" primary key ("workspace", "job_id", "number"),
  constraint "job_log_job" foreign key ("workspace", "job_id") references "jobs" ("workspace", "id") on delete cascade
) strict, without rowid;

CREATE TABLE "job_schedule" (
  "workspace" text not null,
  "type" text not null,
  "cron" text not null,
  "next_at" integer not null,
  "served_at" integer,
  "time_zone" text default 'UTC' not null,
  constraint "job_schedule_pk" primary key ("workspace", "type")
) strict;

CREATE INDEX "job_schedule_next" on "job_schedule" ("next_at");

CREATE TABLE "job_status" (
  "workspace" text not null,
  "job_id" text not null,
  "phase" text not null,
  "steps_total" integer,
  "steps_completed" integer not null,
  "eta_seconds" real,
  "message" text,
  "started_at" integer not null,
  "updated_at" integer not null,
  constraint "job_status_pk" primary key ("workspace", "job_id"),
  constraint "job_status_job" foreign key ("workspace", "job_id") references "jobs" ("workspace", "id") on delete cascade
) strict, without rowid;

CREATE TABLE "job_step" (
  "workspace" text not null,
  "job_id" text not null,
  "name" text not null,
  "result" text not null,
  "attempt" integer not null,
  "finished_at" integer not null,
  constraint "job_step_pk" primary key ("workspace", "job_id", "name"),
  constraint "job_step_job" foreign key ("workspace", "job_id") references "jobs" ("workspace", "id") on delete cascade
) strict;

CREATE TABLE "jobs" (
  "workspace" text not null,
  "id" text not null,
  "type" text not null,
  "status" text not null,
  "priority" integer not null,
  "input" text not null,
  "principal" text not null,
  "concurrency" text,
  "unique_key" text,
  "project" text,
  "task_id" text,
  "thread_id" text,
  "position" integer not null,
  "turn" integer not null,
  "due_at" integer,
  "run_at" integer not null,
  "attempt" integer not null,
  "max_attempts" integer not null,
  "lease_until" integer,
  "worker" text,
  "fence" integer not null,
  "result" text,
  "error" text,
  "created_at" integer not null,
  "updated_at" integer not null,
  "started_at" integer,
  "completed_at" integer,
  constraint "jobs_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "jobs_by_project" on "jobs" ("workspace", "project", "created_at", "id") where project is not null;

CREATE INDEX "jobs_by_status" on "jobs" ("workspace", "status", "created_at", "id");

CREATE INDEX "jobs_by_type" on "jobs" ("workspace", "type", "created_at", "id");

CREATE INDEX "jobs_due" on "jobs" ("type", "priority", "due_at", "position") where due_at is not null;

CREATE INDEX "jobs_held" on "jobs" ("worker") where lease_until is not null;

CREATE INDEX "jobs_line" on "jobs" ("workspace", "concurrency", "turn", "priority" desc, "position") where concurrency is not null and completed_at is null;

CREATE INDEX "jobs_newest" on "jobs" ("workspace", "created_at", "id");

CREATE UNIQUE INDEX "jobs_one_per_key" on "jobs" ("workspace", "concurrency") where concurrency is not null and started_at is not null and completed_at is null;

CREATE UNIQUE INDEX "jobs_one_queued_twin" on "jobs" ("workspace", "type", "unique_key") where unique_key is not null and started_at is null and completed_at is null;

CREATE INDEX "jobs_task" on "jobs" ("workspace", "task_id") where "task_id" is not null;

CREATE TABLE "llm_messages" (
  "workspace" text not null,
  "id" text not null,
  "thread_id" text not null,
  "parent_id" text,
  "turn" integer not null,
  "role" text not null,
  "kind" text not null,
  "state" text not null,
  "content" text not null,
  "tokens" integer,
  "model" text,
  "cost_usd" real,
  "citations" text not null,
  "metadata" text not null,
  "created_at" integer not null,
  "attachments" text default '[]' not null,
  "person" text,
  "begins" integer default 0 not null,
  constraint "llm_messages_pk" primary key ("workspace", "id"),
  constraint "llm_messages_turn" unique ("workspace", "thread_id", "turn"),
  constraint "llm_messages_thread" foreign key ("workspace", "thread_id") references "llm_threads" ("workspace", "id") on delete cascade
) strict;

CREATE INDEX "llm_messages_line" on "llm_messages" ("workspace", "thread_id", "turn") where begins = 1;

CREATE INDEX "llm_messages_parent" on "llm_messages" ("workspace", "thread_id", "parent_id", "turn");

CREATE INDEX "llm_messages_person" on "llm_messages" ("workspace", "person", "thread_id");

CREATE TRIGGER llm_messages_begins after insert on llm_messages when not exists (
      select 1 from llm_messages earlier where earlier.workspace = new.workspace and earlier.id = new.parent_id
        and earlier.thread_id = new.thread_id and earlier.turn = new.turn - 1) begin
    update llm_messages set begins = 1 where workspace = new.workspace and id = new.id; end;

CREATE TRIGGER tally_messages_less after delete on llm_messages begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'messages' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'messages' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_messages_more after insert on llm_messages begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'messages', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_messages_off after update of created_at on llm_messages begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'messages' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'messages' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_messages_on after update of created_at on llm_messages begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'messages', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TABLE "llm_threads" (
  "workspace" text not null,
  "id" text not null,
  "title" text not null,
  "description" text not null,
  "origin" text not null,
  "metadata" text not null,
  "version" integer not null,
  "message_count" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  "last_user_message_at" integer,
  "last_assistant_message_at" integer,
  "head_id" text,
  "person" text,
  constraint "llm_threads_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "llm_threads_active" on "llm_threads" ("workspace", "updated_at", "id");

CREATE TRIGGER tally_threads_less after delete on llm_threads begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'threads' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'threads' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_threads_more after insert on llm_threads begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'threads', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_threads_off after update of created_at on llm_threads begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'threads' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'threads' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_threads_on after update of created_at on llm_threads begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'threads', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TABLE "llm_usage_log" (
  "workspace" text not null,
  "id" text not null,
  "task_type" text not null,
  "provider" text not null,
  "model" text not null,
  "input_tokens" integer not null,
  "output_tokens" integer not null,
  "cost_usd" real,
  "latency_ms" integer not null,
  "success" integer not null,
  "error" text,
  "person" text not null,
  "agent" text,
  "job" text,
  "created_at" integer not null,
  constraint "llm_usage_log_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "llm_usage_log_time" on "llm_usage_log" ("workspace", "created_at", "id");

CREATE TABLE "login" (
  "id" text not null primary key,
  "person" text not null references "user" ("id") on delete cascade,
  "hash" text not null unique,
  "agent" text not null,
  "created_at" integer not null,
  "last_used_at" integer not null,
  "expires_at" integer not null
) strict;

CREATE INDEX "login_person" on "login" ("person", "created_at");

CREATE TABLE "login_link" (
  "hash" text not null primary key,
  "person" text not null references "user" ("id") on delete cascade,
  "expires_at" integer not null
) strict;

CREATE TABLE "member" (
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "person" text not null references "user" ("id") on delete cascade,
  "role" text not null,
  constraint "member_pk" primary key ("workspace", "person")
) strict;

CREATE INDEX "member_person" on "member" ("person", "workspace");

CREATE TABLE "memories" (
  "workspace" text not null,
  "id" text not null,
  "scope" text not null,
  "scope_ref" text,
  "key" text not null,
  "value" text not null,
  "source" text,
  "metadata" text not null,
  "strength" real not null,
  "last_accessed" integer,
  "thread_id" text,
  "task_id" text,
  "source_message_id" text,
  "created_at" integer not null,
  "updated_at" integer not null,
  "version" integer default 1 not null,
  constraint "memories_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "memories_key" on "memories" ("workspace", "key");

CREATE INDEX "memories_newest" on "memories" ("workspace", "created_at", "id");

CREATE INDEX "memories_scope" on "memories" ("workspace", "scope", "scope_ref", "created_at", "id");

CREATE TRIGGER tally_memories_less after delete on memories begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'memories' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'memories' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_memories_more after insert on memories begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'memories', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_memories_off after update of created_at on memories begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'memories' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'memories' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_memories_on after update of created_at on memories begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'memories', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TABLE "memory_audit" (
  "workspace" text not null,
  "id" text not null,
  "memory_id" text not null,
  "action" text not null,
  "detail" text not null,
  "created_at" integer not null,
  constraint "memory_audit_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "memory_audit_memory" on "memory_audit" ("workspace", "memory_id", "created_at", "id");

CREATE TABLE "memory_version" (
  "workspace" text not null,
  "memory_id" text not null,
  "version" integer not null,
  "key" text not null,
  "value" text not null,
  "source" text,
  "replaced_at" integer not null,
  constraint "memory_version_pk" primary key ("workspace", "memory_id", "version")
) strict;

CREATE TABLE "model_provider" (
  "workspace" text not null,
  "id" text not null,
  "name" text not null,
  "kind" text not null,
  "base_url" text,
  "folder" text,
  "has_key" integer not null,
  "version" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "model_provider_pk" primary key ("workspace", "id")
) strict;

CREATE TABLE "model_route" (
  "workspace" text not null,
  "id" text not null,
  "chat" text not null,
  "embed" text not null,
  "version" integer not null,
  "updated_at" integer not null,
  constraint "model_route_pk" primary key ("workspace", "id")
) strict;

CREATE TABLE "page_bucket" (
  "workspace" text not null,
  "bucket" integer not null,
  "changes" integer not null,
  "counted" integer not null,
  "removals" integer not null,
  constraint "page_bucket_pk" primary key ("workspace", "bucket")
) strict, without rowid;

CREATE TABLE "page_text" (
  "workspace" text not null,
  "id" text not null,
  "visit_id" text not null,
  "text" text not null,
  "truncated" integer not null,
  "read_at" integer not null,
  constraint "page_text_pk" primary key ("workspace", "id")
) strict;

CREATE TABLE "pages" (
  "workspace" text not null,
  "id" text not null,
  "url" text not null,
  "site" text not null,
  "title" text,
  "visit_count" integer not null,
  "first_seen" integer not null,
  "last_seen" integer not null,
  constraint "pages_pk" primary key ("workspace", "id")
) strict, without rowid;

CREATE TABLE "passage" (
  "workspace" text not null,
  "id" text not null,
  "number" integer not null primary key,
  "kind" text not null,
  "source" text not null,
  "ordinal" integer not null,
  "place" text not null,
  "text" text not null,
  "words" text not null,
  "hash" text not null,
  "text_hash" text not null,
  "vectored" text,
  constraint "passage_id" unique ("workspace", "id"),
  constraint "passage_of_source" foreign key ("workspace", "kind", "source") references "passage_source" ("workspace", "kind", "id")
) strict;

CREATE INDEX "passage_by_source" on "passage" ("workspace", "kind", "source", "ordinal");

CREATE INDEX "passage_by_text" on "passage" ("workspace", "text_hash") where vectored is not null;

CREATE INDEX "passage_vectored" on "passage" ("workspace", "vectored", "number");

CREATE VIRTUAL TABLE passage_fts using fts5(tokens, content='', contentless_delete=1, detail=none,
      tokenize="ascii tokenchars '.!:@~+#_'");

CREATE TABLE "passage_gone" (
  "workspace" text not null,
  "id" text not null,
  "model" text not null,
  "hash" text not null,
  constraint "passage_gone_pk" primary key ("workspace", "id")
) strict;

CREATE TABLE "passage_pending" (
  "workspace" text not null,
  "kind" text not null,
  "id" text not null,
  "since" integer not null,
  "change" integer not null,
  "attempts" integer not null,
  "error" text,
  "next_attempt" integer not null,
  constraint "passage_pending_pk" primary key ("workspace", "kind", "id")
) strict, without rowid;

CREATE INDEX "passage_pending_due" on "passage_pending" ("workspace", "next_attempt", "since");

CREATE TABLE "passage_posting" (
  "number" integer primary key autoincrement not null,
  "workspace" text not null,
  "kind" text not null,
  "source" text not null,
  "ordinal" integer not null,
  "series" text,
  "position" integer,
  "root" text,
  "time" integer not null,
  "length" integer not null,
  "terms" blob not null
) strict;

CREATE INDEX "passage_posting_series" on "passage_posting" ("workspace", "series", "position") where series is not null;

CREATE TABLE "passage_source" (
  "workspace" text not null,
  "kind" text not null,
  "id" text not null,
  "hash" text not null,
  "version" integer not null,
  "chunked" text not null,
  "passages" integer not null,
  "title" text not null,
  "uri" text not null,
  "speaker" text,
  "time" integer not null,
  "indexed_at" integer not null,
  constraint "passage_source_pk" primary key ("workspace", "kind", "id")
) strict, without rowid;

CREATE INDEX "passage_source_plain" on "passage_source" ("workspace", "kind", "id") where chunked = 'plain';

CREATE TABLE "passage_space" (
  "workspace" text not null unique,
  "number" integer primary key autoincrement not null,
  "sources" integer not null,
  "passages" integer not null,
  "length" integer not null,
  "bytes" integer not null,
  "version" integer not null,
  "fence" integer not null
) strict;

CREATE TABLE "passage_term" (
  "workspace" text not null,
  "term" text not null,
  "passages" integer not null,
  "strong" integer not null,
  constraint "passage_term_pk" primary key ("workspace", "term")
) strict, without rowid;

CREATE TABLE "privacy_delete" (
  "workspace" text not null,
  "id" text not null,
  "scope" text not null,
  "fingerprint" text,
  "salt" text not null,
  "from_time" integer,
  "to_time" integer,
  "asked" text,
  "part" text,
  "cursor" text,
  "blobs" text default '[]' not null,
  "removed" text not null,
  "proof" text,
  "person" text not null,
  "agent" text,
  "asked_at" integer not null,
  "finished_at" integer,
  constraint "privacy_delete_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "privacy_delete_newest" on "privacy_delete" ("workspace", "asked_at", "id");

CREATE TABLE "privacy_retention" (
  "workspace" text not null,
  "rule" text not null,
  "days" integer,
  "updated_at" integer not null,
  constraint "privacy_retention_pk" primary key ("workspace", "rule")
) strict;

CREATE TABLE "repos" (
  "workspace" text not null,
  "id" text not null,
  "name" text not null,
  "root" text not null,
  "root_path" text not null,
  "allowed_ops" text not null,
  "checks" text not null,
  "budget" text not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "repos_pk" primary key ("workspace", "id"),
  constraint "repos_path" unique ("workspace", "root_path")
) strict;

CREATE INDEX "repos_age" on "repos" ("workspace", "created_at", "id");

CREATE TABLE "root" (
  "workspace" text not null,
  "id" text not null,
  "path" text not null,
  "name" text not null,
  "state" text not null,
  "reason" text,
  "watch" text not null,
  "watch_reason" text,
  "indexed" integer not null,
  "pending" integer not null,
  "skipped" integer not null,
  "failed" integer not null,
  "ignored" integer not null,
  "bytes" integer not null,
  "passages" integer not null,
  "scan_job" text,
  "scan_started_at" integer,
  "scan_done" integer,
  "scan_total" integer,
  "scanned_at" integer,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "root_pk" primary key ("workspace", "id"),
  constraint "root_path" unique ("workspace", "path"),
  constraint "root_name" unique ("workspace", "name")
) strict;

CREATE INDEX "root_age" on "root" ("workspace", "created_at", "id");

CREATE TABLE "secret" (
  "workspace" text not null,
  "name" text not null,
  "sealed" text not null,
  "updated_at" integer not null,
  constraint "secret_pk" primary key ("workspace", "name")
) strict;

CREATE TABLE "setting" (
  "workspace" text not null,
  "id" text not null,
  "value" text not null,
  "updated_at" integer not null,
  constraint "setting_pk" primary key ("workspace", "id")
) strict;

CREATE TABLE "site" (
  "workspace" text not null,
  "id" text not null,
  "domain" text not null,
  "bucket" integer not null,
  "visits" integer not null,
  "pages" integer not null,
  "first_seen" integer not null,
  "last_seen" integer not null,
  constraint "site_pk" primary key ("workspace", "id")
) strict, without rowid;

CREATE INDEX "site_domain" on "site" ("workspace", "domain", "id");

CREATE INDEX "site_visits" on "site" ("workspace", "visits", "id");

CREATE TABLE "tabs" (
  "workspace" text not null,
  "id" text not null,
  "shadow_mode" text not null,
  "thread_id" text,
  "current_history_id" text,
  "current_url" text,
  "current_title" text,
  "last_visited_at" integer,
  "version" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "tabs_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "tabs_newest" on "tabs" ("workspace", "updated_at", "id");

CREATE INDEX "tabs_thread" on "tabs" ("workspace", "thread_id", "updated_at", "id") where "thread_id" is not null;

CREATE TABLE "tally" (
  "workspace" text not null,
  "kind" text not null,
  "quarter" integer not null,
  "amount" integer not null,
  constraint "tally_pk" primary key ("workspace", "kind", "quarter")
) strict, without rowid;

CREATE TABLE "task_events" (
  "workspace" text not null,
  "id" text not null,
  "task_id" text not null,
  "event_type" text not null,
  "payload" text not null,
  "person" text not null,
  "agent" text,
  "created_at" integer not null,
  constraint "task_events_pk" primary key ("workspace", "id"),
  constraint "task_events_task" foreign key ("workspace", "task_id") references "tasks" ("workspace", "id") on delete cascade
) strict;

CREATE INDEX "task_events_newest" on "task_events" ("workspace", "task_id", "created_at", "id");

CREATE TABLE "task_suggestion" (
  "workspace" text not null,
  "id" text not null,
  "source_kind" text not null,
  "source_id" text not null,
  "thread_id" text,
  "title" text not null,
  "due_at" integer,
  "found_by" text not null,
  "fingerprint" text not null,
  "state" text not null,
  "task_id" text,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "task_suggestion_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "task_suggestion_newest" on "task_suggestion" ("workspace", "created_at", "id");

CREATE UNIQUE INDEX "task_suggestion_once" on "task_suggestion" ("workspace", "fingerprint");

CREATE INDEX "task_suggestion_source" on "task_suggestion" ("workspace", "source_kind", "source_id");

CREATE INDEX "task_suggestion_task" on "task_suggestion" ("workspace", "task_id");

CREATE INDEX "task_suggestion_thread" on "task_suggestion" ("workspace", "thread_id", "created_at", "id");

CREATE TABLE "tasks" (
  "workspace" text not null,
  "id" text not null,
  "title" text not null,
  "description" text not null,
  "status" text not null,
  "priority" integer not null,
  "due_at" integer,
  "owner" text not null,
  "assignee" text,
  "project" text,
  "thread_id" text,
  "parent_id" text,
  "tags" text not null,
  "source" text,
  "position" text not null,
  "result" text,
  "metadata" text not null,
  "version" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  "closed_at" integer,
  constraint "tasks_pk" primary key ("workspace", "id")
) strict;

CREATE INDEX "tasks_assignee" on "tasks" ("workspace", "assignee", "created_at", "id");

CREATE INDEX "tasks_board" on "tasks" ("workspace", "status", "position", "id");

CREATE INDEX "tasks_due" on "tasks" ("workspace", "due_at", "id");

CREATE INDEX "tasks_newest" on "tasks" ("workspace", "created_at", "id");

CREATE INDEX "tasks_parent" on "tasks" ("workspace", "parent_id", "created_at", "id");

CREATE INDEX "tasks_project" on "tasks" ("workspace", "project", "created_at", "id");

CREATE INDEX "tasks_thread" on "tasks" ("workspace", "thread_id", "created_at", "id");

CREATE TRIGGER tally_tasks_done_less after delete on tasks when old.status = 'completed' and old.closed_at is not null begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'tasks_done' and quarter = old.closed_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'tasks_done' and quarter = old.closed_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_tasks_done_more after insert on tasks when new.status = 'completed' and new.closed_at is not null begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'tasks_done', new.closed_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_tasks_done_off after update of closed_at, status on tasks when old.status = 'completed' and old.closed_at is not null begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'tasks_done' and quarter = old.closed_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'tasks_done' and quarter = old.closed_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_tasks_done_on after update of closed_at, status on tasks when new.status = 'completed' and new.closed_at is not null begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'tasks_done', new.closed_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_tasks_less after delete on tasks begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'tasks' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'tasks' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_tasks_more after insert on tasks begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'tasks', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TRIGGER tally_tasks_off after update of created_at on tasks begin
      update tally set amount = amount - 1 where workspace = old.workspace and kind = 'tasks' and quarter = old.created_at / 900000;
      delete from tally where workspace = old.workspace and kind = 'tasks' and quarter = old.created_at / 900000 and amount = 0; end;

CREATE TRIGGER tally_tasks_on after update of created_at on tasks begin
      insert into tally (workspace, kind, quarter, amount) values (new.workspace, 'tasks', new.created_at / 900000, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1; end;

CREATE TABLE "thread_link" (
  "workspace" text not null,
  "id" text not null,
  "thread_id" text not null,
  "kind" text not null,
  "ref" text not null,
  "relation" text not null,
  "title" text not null,
  "uri" text not null,
  "message_id" text,
  "created_at" integer not null,
  constraint "thread_link_pk" primary key ("workspace", "id"),
  constraint "thread_link_once" unique ("workspace", "thread_id", "kind", "ref", "relation"),
  constraint "thread_link_thread" foreign key ("workspace", "thread_id") references "llm_threads" ("workspace", "id") on delete cascade
) strict;

CREATE INDEX "thread_link_about" on "thread_link" ("workspace", "kind", "ref", "created_at", "id");

CREATE INDEX "thread_link_newest" on "thread_link" ("workspace", "thread_id", "created_at", "id");

CREATE TABLE "user" (
  "id" text not null primary key,
  "name" text not null,
  "created_at" integer not null
) strict;

CREATE TABLE "workspace" (
  "id" text not null primary key,
  "slug" text not null unique,
  "name" text not null,
  "kind" text not null,
  "no_cloud" integer not null,
  "created_at" integer not null
) strict;
