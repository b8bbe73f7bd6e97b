-- Written by scripts/dump-schema.ts out of the migrations. Do not edit.

create table _migrations (
  name text not null,
  checksum text not null,
  applied_at bigint not null,
  constraint _migrations_pkey PRIMARY KEY (name)
);

create table api_key (
  id text collate "C" not null,
  person text collate "C" not null,
  name text collate "C" not null,
  prefix text collate "C" not null,
  hash text collate "C" not null,
  scopes text collate "C" not null,
  created_at bigint not null,
  last_used_at bigint,
  expires_at bigint,
  constraint api_key_hash_key UNIQUE (hash),
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_person_fkey FOREIGN KEY (person) REFERENCES "user"(id) ON DELETE CASCADE
);

CREATE INDEX api_key_person ON public.api_key USING btree (person, created_at, id);

create table bookmark_folders (
  workspace text collate "C" not null,
  id text collate "C" not null,
  parent_id text collate "C",
  title text collate "C" not null,
  "position" text collate "C" not null,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint bookmark_folders_pk PRIMARY KEY (workspace, id),
  constraint bookmark_folders_parent FOREIGN KEY (workspace, parent_id) REFERENCES bookmark_folders(workspace, id) ON DELETE CASCADE
);

CREATE INDEX bookmark_folders_order ON public.bookmark_folders USING btree (workspace, parent_id, "position", id);

create table bookmark_import (
  workspace text collate "C" not null,
  id text collate "C" not null,
  blob text collate "C",
  cursor bigint not null,
  created bigint not null,
  folders bigint not null,
  started_at bigint not null,
  constraint bookmark_import_pk PRIMARY KEY (workspace, id)
);

create table bookmarks (
  workspace text collate "C" not null,
  id text collate "C" not null,
  folder_id text collate "C",
  url text collate "C" not null,
  url_key text collate "C" not null,
  site text collate "C",
  title text collate "C" not null,
  tags text collate "C" not null,
  "position" text collate "C" not null,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint bookmarks_pk PRIMARY KEY (workspace, id),
  constraint bookmarks_folder FOREIGN KEY (workspace, folder_id) REFERENCES bookmark_folders(workspace, id) ON DELETE CASCADE
);

CREATE INDEX bookmarks_address ON public.bookmarks USING btree (workspace, url_key, folder_id);

CREATE INDEX bookmarks_newest ON public.bookmarks USING btree (workspace, created_at, id);

CREATE INDEX bookmarks_order ON public.bookmarks USING btree (workspace, folder_id, "position", id);

CREATE OR REPLACE FUNCTION public.tally_bookmarks_less()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select workspace, 'bookmarks' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select workspace, 'bookmarks' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    return null; end $function$
;
CREATE TRIGGER tally_bookmarks_less AFTER DELETE ON public.bookmarks REFERENCING OLD TABLE AS departed FOR EACH STATEMENT EXECUTE FUNCTION tally_bookmarks_less();

CREATE OR REPLACE FUNCTION public.tally_bookmarks_more()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    insert into tally as t (workspace, kind, quarter, amount) 
      select workspace, 'bookmarks' as kind, created_at / 900000 as quarter, count(*) as amount from arrived
      where true group by 1, 3 order by 1, 3
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_bookmarks_more AFTER INSERT ON public.bookmarks REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION tally_bookmarks_more();

CREATE OR REPLACE FUNCTION public.tally_bookmarks_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select old.workspace as workspace, 'bookmarks' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select old.workspace as workspace, 'bookmarks' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    insert into tally as t (workspace, kind, quarter, amount) 
      select new.workspace as workspace, 'bookmarks' as kind, new.created_at / 900000 as quarter, 1 as amount
      where true
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_bookmarks_move AFTER UPDATE OF created_at ON public.bookmarks FOR EACH ROW EXECUTE FUNCTION tally_bookmarks_move();

create table bundle (
  workspace text collate "C" not null,
  id text collate "C" not null,
  kind text collate "C" not null,
  blob text collate "C",
  bytes bigint not null,
  locked bigint not null,
  state text collate "C" not null,
  created_at bigint not null,
  expires_at bigint not null,
  constraint bundle_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX bundle_newest ON public.bundle USING btree (workspace, kind, created_at, id);

CREATE INDEX bundle_over ON public.bundle USING btree (workspace, expires_at);

create table capture_pause (
  workspace text collate "C" not null,
  target text collate "C" not null,
  ref text collate "C" not null,
  until bigint,
  paused_at bigint not null,
  constraint capture_pause_pk PRIMARY KEY (workspace, target, ref)
);

create table capture_text (
  workspace text collate "C" not null,
  site text collate "C" not null,
  kept bigint not null,
  constraint capture_text_pk PRIMARY KEY (workspace, site)
);

create table chat_context (
  workspace text collate "C" not null,
  id text collate "C" not null,
  message_id text collate "C" not null,
  kind text collate "C" not null,
  model text collate "C",
  query text collate "C" not null,
  passages text collate "C" not null,
  messages text collate "C" not null,
  created_at bigint not null,
  constraint chat_context_pk PRIMARY KEY (workspace, id),
  constraint chat_context_thread FOREIGN KEY (workspace, id) REFERENCES llm_threads(workspace, id) ON DELETE CASCADE
);

create table crawl (
  workspace text collate "C" not null,
  id text collate "C" not null,
  plan text collate "C" not null,
  schedule_id text collate "C",
  fetched bigint not null,
  created bigint not null,
  changed bigint not null,
  unchanged bigint not null,
  duplicates bigint not null,
  failed bigint not null,
  skipped bigint not null,
  bytes bigint not null,
  created_at bigint not null,
  person text collate "C",
  constraint crawl_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX crawl_newest ON public.crawl USING btree (workspace, created_at, id);

create table crawl_host (
  workspace text collate "C" not null,
  crawl_id text collate "C" not null,
  origin text collate "C" not null,
  robots text collate "C" not null,
  mapped bigint not null,
  constraint crawl_host_pk PRIMARY KEY (workspace, crawl_id, origin),
  constraint crawl_host_crawl FOREIGN KEY (workspace, crawl_id) REFERENCES crawl(workspace, id) ON DELETE CASCADE
);

create table crawl_page (
  workspace text collate "C" not null,
  crawl_id text collate "C" not null,
  url_key text collate "C" not null,
  number bigint not null,
  url text collate "C" not null,
  host text collate "C" not null,
  found_on text collate "C",
  depth bigint not null,
  hops bigint not null,
  promise bigint not null,
  state text collate "C" not null,
  outcome text collate "C",
  status bigint,
  relevance bigint,
  document_id text collate "C",
  content_hash text collate "C",
  fetched_at bigint,
  constraint crawl_page_pk PRIMARY KEY (workspace, crawl_id, url_key),
  constraint crawl_page_crawl FOREIGN KEY (workspace, crawl_id) REFERENCES crawl(workspace, id) ON DELETE CASCADE
);

CREATE INDEX crawl_page_content ON public.crawl_page USING btree (workspace, crawl_id, content_hash);

CREATE INDEX crawl_page_document ON public.crawl_page USING btree (workspace, document_id) WHERE (document_id IS NOT NULL);

CREATE INDEX crawl_page_host ON public.crawl_page USING btree (workspace, crawl_id, state, host, promise DESC, number);

CREATE INDEX crawl_page_next ON public.crawl_page USING btree (workspace, crawl_id, state, promise DESC, number);

CREATE INDEX crawl_page_order ON public.crawl_page USING btree (workspace, crawl_id, number);

create table crawl_schedule (
  workspace text collate "C" not null,
  id text collate "C" not null,
  plan text collate "C" not null,
  every_hours bigint not null,
  next_at bigint not null,
  last_job_id text collate "C",
  created_at bigint not null,
  person text collate "C",
  time_zone text collate "C" not null default 'UTC'::text,
  at text collate "C",
  constraint crawl_schedule_pk PRIMARY KEY (workspace, id)
);

create table document_version (
  workspace text collate "C" not null,
  document_id text collate "C" not null,
  version bigint not null,
  title text collate "C" not null,
  content_hash text collate "C" not null,
  markdown text collate "C" not null,
  truncated bigint not null,
  characters bigint not null,
  blob text collate "C",
  created_at bigint not null,
  person text collate "C",
  constraint document_version_pk PRIMARY KEY (workspace, document_id, version),
  constraint document_version_document FOREIGN KEY (workspace, document_id) REFERENCES documents(workspace, id) ON DELETE CASCADE
);

CREATE INDEX document_version_blob ON public.document_version USING btree (workspace, blob);

CREATE INDEX document_version_person ON public.document_version USING btree (workspace, person, document_id);

create table documents (
  workspace text collate "C" not null,
  id text collate "C" not null,
  format text collate "C" not null,
  source text collate "C" not null,
  title text collate "C" not null,
  description text collate "C",
  author text collate "C",
  language text collate "C",
  published_at bigint,
  url text collate "C",
  url_key text collate "C",
  fetch_key text collate "C",
  canonical_url text collate "C",
  site text collate "C",
  file_name text collate "C",
  content_hash text collate "C" not null,
  given_hash text collate "C" not null,
  version bigint not null,
  characters bigint not null,
  etag text collate "C",
  last_modified text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  checked_at bigint not null,
  person text collate "C",
  constraint documents_pk PRIMARY KEY (workspace, id)
);

CREATE UNIQUE INDEX documents_address ON public.documents USING btree (workspace, url_key);

CREATE INDEX documents_fetched ON public.documents USING btree (workspace, fetch_key);

CREATE INDEX documents_given ON public.documents USING btree (workspace, given_hash);

CREATE INDEX documents_newest ON public.documents USING btree (workspace, updated_at, id);

CREATE OR REPLACE FUNCTION public.tally_documents_less()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select workspace, 'documents' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select workspace, 'documents' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    return null; end $function$
;
CREATE TRIGGER tally_documents_less AFTER DELETE ON public.documents REFERENCING OLD TABLE AS departed FOR EACH STATEMENT EXECUTE FUNCTION tally_documents_less();

CREATE OR REPLACE FUNCTION public.tally_documents_more()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    insert into tally as t (workspace, kind, quarter, amount) 
      select workspace, 'documents' as kind, created_at / 900000 as quarter, count(*) as amount from arrived
      where true group by 1, 3 order by 1, 3
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_documents_more AFTER INSERT ON public.documents REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION tally_documents_more();

CREATE OR REPLACE FUNCTION public.tally_documents_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select old.workspace as workspace, 'documents' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select old.workspace as workspace, 'documents' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    insert into tally as t (workspace, kind, quarter, amount) 
      select new.workspace as workspace, 'documents' as kind, new.created_at / 900000 as quarter, 1 as amount
      where true
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_documents_move AFTER UPDATE OF created_at ON public.documents FOR EACH ROW EXECUTE FUNCTION tally_documents_move();

create table egress (
  workspace text collate "C" not null,
  id text collate "C" not null,
  at bigint not null,
  purpose text collate "C" not null,
  host text collate "C" not null,
  person text collate "C" not null,
  agent text collate "C",
  job text collate "C",
  bytes_sent bigint not null,
  bytes_received bigint,
  outcome text collate "C" not null,
  constraint egress_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX egress_at ON public.egress USING btree (workspace, at, id);

create table embedding (
  workspace text collate "C" not null,
  model text collate "C" not null,
  hash text collate "C" not null,
  vector bytea not null,
  constraint embedding_pk PRIMARY KEY (workspace, model, hash)
);

create table event (
  workspace text collate "C" not null,
  seq bigint not null,
  id text collate "C" not null,
  type text collate "C" not null,
  subject text collate "C" not null,
  actor text collate "C" not null,
  job text collate "C",
  "time" bigint not null,
  data text collate "C",
  salt text collate "C",
  data_hash text collate "C" not null,
  prev_hash text collate "C" not null,
  hash text collate "C" not null,
  constraint event_pk PRIMARY KEY (workspace, seq)
);

create table event_checkpoint (
  workspace text collate "C" not null,
  seq bigint not null,
  hash text collate "C" not null,
  "time" bigint not null,
  constraint event_checkpoint_pk PRIMARY KEY (workspace, seq)
);

create table event_head (
  workspace text collate "C" not null,
  seq bigint not null,
  hash text collate "C" not null,
  constraint event_head_pkey PRIMARY KEY (workspace)
);

create table file_index (
  workspace text collate "C" not null,
  id text collate "C" not null,
  root text collate "C" not null,
  folder text collate "C" not null,
  name text collate "C" not null,
  size bigint not null,
  mtime bigint not null,
  stamp text collate "C" not null,
  sha256 text collate "C",
  language text collate "C",
  state text collate "C" not null,
  reason text collate "C",
  last_indexed bigint,
  constraint file_index_path UNIQUE (workspace, root, folder, name),
  constraint file_index_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX file_index_content ON public.file_index USING btree (workspace, root, sha256) WHERE (sha256 IS NOT NULL);

CREATE INDEX file_index_reason ON public.file_index USING btree (workspace, root, reason, folder, name) WHERE (reason IS NOT NULL);

CREATE INDEX file_index_state ON public.file_index USING btree (workspace, root, state, folder, name);

create table git_events (
  workspace text collate "C" not null,
  id text collate "C" not null,
  repository text collate "C" not null,
  root text collate "C" not null,
  type text collate "C" not null,
  key text collate "C" not null,
  sha text collate "C",
  ref text collate "C",
  parents text collate "C" not null,
  author text collate "C",
  message text collate "C",
  files text collate "C" not null,
  files_changed bigint not null,
  insertions bigint,
  deletions bigint,
  at bigint not null,
  constraint git_events_key UNIQUE (workspace, repository, key),
  constraint git_events_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX git_events_age ON public.git_events USING btree (workspace, at, id);

CREATE INDEX git_events_repository ON public.git_events USING btree (workspace, repository, at, id);

CREATE INDEX git_events_root ON public.git_events USING btree (workspace, root, at, id);

CREATE INDEX git_events_type ON public.git_events USING btree (workspace, type, at, id);

CREATE OR REPLACE FUNCTION public.tally_commits_less()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select workspace, 'commits' as kind, at / 900000 as quarter, count(*) as amount from departed
      where type in ('commit', 'merge') group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select workspace, 'commits' as kind, at / 900000 as quarter, count(*) as amount from departed
      where type in ('commit', 'merge') group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    return null; end $function$
;
CREATE TRIGGER tally_commits_less AFTER DELETE ON public.git_events REFERENCING OLD TABLE AS departed FOR EACH STATEMENT EXECUTE FUNCTION tally_commits_less();

CREATE OR REPLACE FUNCTION public.tally_commits_more()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    insert into tally as t (workspace, kind, quarter, amount) 
      select workspace, 'commits' as kind, at / 900000 as quarter, count(*) as amount from arrived
      where type in ('commit', 'merge') group by 1, 3 order by 1, 3
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_commits_more AFTER INSERT ON public.git_events REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION tally_commits_more();

CREATE OR REPLACE FUNCTION public.tally_commits_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select old.workspace as workspace, 'commits' as kind, old.at / 900000 as quarter, 1 as amount
      where old.type in ('commit', 'merge')) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select old.workspace as workspace, 'commits' as kind, old.at / 900000 as quarter, 1 as amount
      where old.type in ('commit', 'merge')) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    insert into tally as t (workspace, kind, quarter, amount) 
      select new.workspace as workspace, 'commits' as kind, new.at / 900000 as quarter, 1 as amount
      where new.type in ('commit', 'merge')
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_commits_move AFTER UPDATE OF at, type ON public.git_events FOR EACH ROW EXECUTE FUNCTION tally_commits_move();

create table git_repository (
  workspace text collate "C" not null,
  id text collate "C" not null,
  root text collate "C" not null,
  path text collate "C" not null,
  state text collate "C" not null,
  reason text collate "C",
  branch text collate "C",
  refs text collate "C" not null,
  commits bigint not null,
  scanned_at bigint,
  created_at bigint not null,
  constraint git_repository_path UNIQUE (workspace, root, path),
  constraint git_repository_pk PRIMARY KEY (workspace, id)
);

create table history (
  workspace text collate "C" not null,
  id text collate "C" not null,
  page_id text collate "C" not null,
  bucket bigint not null,
  title text collate "C",
  visited_at bigint not null,
  referrer text collate "C",
  duration_ms bigint,
  source text collate "C" not null,
  tab_id text collate "C",
  status_code bigint,
  content_type text collate "C",
  constraint history_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX history_bucket ON public.history USING btree (workspace, bucket, id, page_id, visited_at);

CREATE INDEX history_tab ON public.history USING btree (workspace, tab_id, id) WHERE (tab_id IS NOT NULL);

CREATE OR REPLACE FUNCTION public.tally_visits_less()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select workspace, 'visits' as kind, visited_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select workspace, 'visits' as kind, visited_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    return null; end $function$
;
CREATE TRIGGER tally_visits_less AFTER DELETE ON public.history REFERENCING OLD TABLE AS departed FOR EACH STATEMENT EXECUTE FUNCTION tally_visits_less();

CREATE OR REPLACE FUNCTION public.tally_visits_more()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    insert into tally as t (workspace, kind, quarter, amount) 
      select workspace, 'visits' as kind, visited_at / 900000 as quarter, count(*) as amount from arrived
      where true group by 1, 3 order by 1, 3
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_visits_more AFTER INSERT ON public.history REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION tally_visits_more();

CREATE OR REPLACE FUNCTION public.tally_visits_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select old.workspace as workspace, 'visits' as kind, old.visited_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select old.workspace as workspace, 'visits' as kind, old.visited_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    insert into tally as t (workspace, kind, quarter, amount) 
      select new.workspace as workspace, 'visits' as kind, new.visited_at / 900000 as quarter, 1 as amount
      where true
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_visits_move AFTER UPDATE OF visited_at ON public.history FOR EACH ROW EXECUTE FUNCTION tally_visits_move();

create table history_import (
  workspace text collate "C" not null,
  id text collate "C" not null,
  source text collate "C" not null,
  path text collate "C" not null,
  cursor bigint not null,
  rows_read bigint not null,
  created bigint not null,
  duplicates bigint not null,
  skipped text collate "C" not null,
  first_visit bigint,
  last_visit bigint,
  started_at bigint not null,
  finished_at bigint,
  constraint history_import_pk PRIMARY KEY (workspace, id)
);

create table idempotency (
  workspace text collate "C" not null,
  person text collate "C" not null,
  operation text collate "C" not null,
  key text collate "C" not null,
  input_hash text collate "C" not null,
  response text collate "C",
  created_at bigint not null,
  constraint idempotency_pk PRIMARY KEY (workspace, person, operation, key)
);

CREATE INDEX idempotency_age ON public.idempotency USING btree (created_at);

create table job_log (
  workspace text collate "C" not null,
  job_id text collate "C" not null,
  number bigint not null,
  at bigint not null,
  attempt bigint not null,
  level text collate "C" not null,
  message text collate "C" not null,
  constraint job_log_pk PRIMARY KEY (workspace, job_id, number),
  constraint job_log_job FOREIGN KEY (workspace, job_id) REFERENCES jobs(workspace, id) ON DELETE CASCADE
);

create table job_schedule (
  workspace text collate "C" not null,
  type text collate "C" not null,
  cron text collate "C" not null,
  next_at bigint not null,
  served_at bigint,
  time_zone text collate "C" not null default 'UTC'::text,
  constraint job_schedule_pk PRIMARY KEY (workspace, type)
);

CREATE INDEX job_schedule_next ON public.job_schedule USING btree (next_at);

create table job_status (
  workspace text collate "C" not null,
  job_id text collate "C" not null,
  phase text collate "C" not null,
  steps_total bigint,
  steps_completed bigint not null,
  eta_seconds double precision,
  message text collate "C",
  started_at bigint not null,
  updated_at bigint not null,
  constraint job_status_pk PRIMARY KEY (workspace, job_id),
  constraint job_status_job FOREIGN KEY (workspace, job_id) REFERENCES jobs(workspace, id) ON DELETE CASCADE
);

create table job_step (
  workspace text collate "C" not null,
  job_id text collate "C" not null,
  name text collate "C" not null,
  result text collate "C" not null,
  attempt bigint not null,
  finished_at bigint not null,
  constraint job_step_pk PRIMARY KEY (workspace, job_id, name),
  constraint job_step_job FOREIGN KEY (workspace, job_id) REFERENCES jobs(workspace, id) ON DELETE CASCADE
);

create table jobs (
  workspace text collate "C" not null,
  id text collate "C" not null,
  type text collate "C" not null,
  status text collate "C" not null,
  priority bigint not null,
  input text collate "C" not null,
  principal text collate "C" not null,
  concurrency text collate "C",
  unique_key text collate "C",
  project text collate "C",
  task_id text collate "C",
  thread_id text collate "C",
  "position" bigint not null,
  turn bigint not null,
  due_at bigint,
  run_at bigint not null,
  attempt bigint not null,
  max_attempts bigint not null,
  lease_until bigint,
  worker text collate "C",
  fence bigint not null,
  result text collate "C",
  error text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  started_at bigint,
  completed_at bigint,
  constraint jobs_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX jobs_by_project ON public.jobs USING btree (workspace, project, created_at, id) WHERE (project IS NOT NULL);

CREATE INDEX jobs_by_status ON public.jobs USING btree (workspace, status, created_at, id);

CREATE INDEX jobs_by_type ON public.jobs USING btree (workspace, type, created_at, id);

CREATE INDEX jobs_due ON public.jobs USING btree (type, priority, due_at, "position") WHERE (due_at IS NOT NULL);

CREATE INDEX jobs_held ON public.jobs USING btree (worker) WHERE (lease_until IS NOT NULL);

CREATE INDEX jobs_line ON public.jobs USING btree (workspace, concurrency, turn, priority DESC, "position") WHERE ((concurrency IS NOT NULL) AND (completed_at IS NULL));

CREATE INDEX jobs_newest ON public.jobs USING btree (workspace, created_at, id);

CREATE UNIQUE INDEX jobs_one_per_key ON public.jobs USING btree (workspace, concurrency) WHERE ((concurrency IS NOT NULL) AND (started_at IS NOT NULL) AND (completed_at IS NULL));

CREATE UNIQUE INDEX jobs_one_queued_twin ON public.jobs USING btree (workspace, type, unique_key) WHERE ((unique_key IS NOT NULL) AND (started_at IS NULL) AND (completed_at IS NULL));

CREATE INDEX jobs_task ON public.jobs USING btree (workspace, task_id) WHERE (task_id IS NOT NULL);

create table llm_messages (
  workspace text collate "C" not null,
  id text collate "C" not null,
  thread_id text collate "C" not null,
  parent_id text collate "C",
  turn bigint not null,
  role text collate "C" not null,
  kind text collate "C" not null,
  state text collate "C" not null,
  content text collate "C" not null,
  tokens bigint,
  model text collate "C",
  cost_usd double precision,
  citations text collate "C" not null,
  metadata text collate "C" not null,
  created_at bigint not null,
  attachments text collate "C" not null default '[]'::text,
  person text collate "C",
  begins bigint not null default 0,
  constraint llm_messages_turn UNIQUE (workspace, thread_id, turn),
  constraint llm_messages_pk PRIMARY KEY (workspace, id),
  constraint llm_messages_thread FOREIGN KEY (workspace, thread_id) REFERENCES llm_threads(workspace, id) ON DELETE CASCADE
);

CREATE INDEX llm_messages_line ON public.llm_messages USING btree (workspace, thread_id, turn) WHERE (begins = 1);

CREATE INDEX llm_messages_parent ON public.llm_messages USING btree (workspace, thread_id, parent_id, turn);

CREATE INDEX llm_messages_person ON public.llm_messages USING btree (workspace, person, thread_id);

CREATE OR REPLACE FUNCTION public.llm_messages_begins()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin
    if not exists (
      select 1 from llm_messages earlier where earlier.workspace = new.workspace and earlier.id = new.parent_id
        and earlier.thread_id = new.thread_id and earlier.turn = new.turn - 1) then new.begins = 1; end if;
    return new; end $function$
;
CREATE TRIGGER llm_messages_begins BEFORE INSERT ON public.llm_messages FOR EACH ROW EXECUTE FUNCTION llm_messages_begins();

CREATE OR REPLACE FUNCTION public.tally_messages_less()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select workspace, 'messages' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select workspace, 'messages' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    return null; end $function$
;
CREATE TRIGGER tally_messages_less AFTER DELETE ON public.llm_messages REFERENCING OLD TABLE AS departed FOR EACH STATEMENT EXECUTE FUNCTION tally_messages_less();

CREATE OR REPLACE FUNCTION public.tally_messages_more()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    insert into tally as t (workspace, kind, quarter, amount) 
      select workspace, 'messages' as kind, created_at / 900000 as quarter, count(*) as amount from arrived
      where true group by 1, 3 order by 1, 3
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_messages_more AFTER INSERT ON public.llm_messages REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION tally_messages_more();

CREATE OR REPLACE FUNCTION public.tally_messages_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select old.workspace as workspace, 'messages' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select old.workspace as workspace, 'messages' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    insert into tally as t (workspace, kind, quarter, amount) 
      select new.workspace as workspace, 'messages' as kind, new.created_at / 900000 as quarter, 1 as amount
      where true
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_messages_move AFTER UPDATE OF created_at ON public.llm_messages FOR EACH ROW EXECUTE FUNCTION tally_messages_move();

create table llm_threads (
  workspace text collate "C" not null,
  id text collate "C" not null,
  title text collate "C" not null,
  description text collate "C" not null,
  origin text collate "C" not null,
  metadata text collate "C" not null,
  version bigint not null,
  message_count bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  last_user_message_at bigint,
  last_assistant_message_at bigint,
  head_id text collate "C",
  person text collate "C",
  constraint llm_threads_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX llm_threads_active ON public.llm_threads USING btree (workspace, updated_at, id);

CREATE OR REPLACE FUNCTION public.tally_threads_less()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select workspace, 'threads' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select workspace, 'threads' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    return null; end $function$
;
CREATE TRIGGER tally_threads_less AFTER DELETE ON public.llm_threads REFERENCING OLD TABLE AS departed FOR EACH STATEMENT EXECUTE FUNCTION tally_threads_less();

CREATE OR REPLACE FUNCTION public.tally_threads_more()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    insert into tally as t (workspace, kind, quarter, amount) 
      select workspace, 'threads' as kind, created_at / 900000 as quarter, count(*) as amount from arrived
      where true group by 1, 3 order by 1, 3
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_threads_more AFTER INSERT ON public.llm_threads REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION tally_threads_more();

CREATE OR REPLACE FUNCTION public.tally_threads_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select old.workspace as workspace, 'threads' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select old.workspace as workspace, 'threads' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    insert into tally as t (workspace, kind, quarter, amount) 
      select new.workspace as workspace, 'threads' as kind, new.created_at / 900000 as quarter, 1 as amount
      where true
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_threads_move AFTER UPDATE OF created_at ON public.llm_threads FOR EACH ROW EXECUTE FUNCTION tally_threads_move();

create table llm_usage_log (
  workspace text collate "C" not null,
  id text collate "C" not null,
  task_type text collate "C" not null,
  provider text collate "C" not null,
  model text collate "C" not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cost_usd double precision,
  latency_ms bigint not null,
  success bigint not null,
  error text collate "C",
  person text collate "C" not null,
  agent text collate "C",
  job text collate "C",
  created_at bigint not null,
  constraint llm_usage_log_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX llm_usage_log_time ON public.llm_usage_log USING btree (workspace, created_at, id);

create table login (
  id text collate "C" not null,
  person text collate "C" not null,
  hash text collate "C" not null,
  agent text collate "C" not null,
  created_at bigint not null,
  last_used_at bigint not null,
  expires_at bigint not null,
  constraint login_hash_key UNIQUE (hash),
  constraint login_pkey PRIMARY KEY (id),
  constraint login_person_fkey FOREIGN KEY (person) REFERENCES "user"(id) ON DELETE CASCADE
);

CREATE INDEX login_person ON public.login USING btree (person, created_at);

create table login_link (
  hash text collate "C" not null,
  person text collate "C" not null,
  expires_at bigint not null,
  constraint login_link_pkey PRIMARY KEY (hash),
  constraint login_link_person_fkey FOREIGN KEY (person) REFERENCES "user"(id) ON DELETE CASCADE
);

create table member (
  workspace text collate "C" not null,
  person text collate "C" not null,
  role text collate "C" not null,
  constraint member_pk PRIMARY KEY (workspace, person),
  constraint member_person_fkey FOREIGN KEY (person) REFERENCES "user"(id) ON DELETE CASCADE,
  constraint member_workspace_fkey FOREIGN KEY (workspace) REFERENCES workspace(id) ON DELETE CASCADE
);

CREATE INDEX member_person ON public.member USING btree (person, workspace);

create table memories (
  workspace text collate "C" not null,
  id text collate "C" not null,
  scope text collate "C" not null,
  scope_ref text collate "C",
  key text collate "C" not null,
  value text collate "C" not null,
  source text collate "C",
  metadata text collate "C" not null,
  strength double precision not null,
  last_accessed bigint,
  thread_id text collate "C",
  task_id text collate "C",
  source_message_id text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  version bigint not null default 1,
  constraint memories_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX memories_key ON public.memories USING btree (workspace, key);

CREATE INDEX memories_newest ON public.memories USING btree (workspace, created_at, id);

CREATE INDEX memories_scope ON public.memories USING btree (workspace, scope, scope_ref, created_at, id);

CREATE OR REPLACE FUNCTION public.tally_memories_less()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select workspace, 'memories' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select workspace, 'memories' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    return null; end $function$
;
CREATE TRIGGER tally_memories_less AFTER DELETE ON public.memories REFERENCING OLD TABLE AS departed FOR EACH STATEMENT EXECUTE FUNCTION tally_memories_less();

CREATE OR REPLACE FUNCTION public.tally_memories_more()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    insert into tally as t (workspace, kind, quarter, amount) 
      select workspace, 'memories' as kind, created_at / 900000 as quarter, count(*) as amount from arrived
      where true group by 1, 3 order by 1, 3
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_memories_more AFTER INSERT ON public.memories REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION tally_memories_more();

CREATE OR REPLACE FUNCTION public.tally_memories_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select old.workspace as workspace, 'memories' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select old.workspace as workspace, 'memories' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    insert into tally as t (workspace, kind, quarter, amount) 
      select new.workspace as workspace, 'memories' as kind, new.created_at / 900000 as quarter, 1 as amount
      where true
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_memories_move AFTER UPDATE OF created_at ON public.memories FOR EACH ROW EXECUTE FUNCTION tally_memories_move();

create table memory_audit (
  workspace text collate "C" not null,
  id text collate "C" not null,
  memory_id text collate "C" not null,
  action text collate "C" not null,
  detail text collate "C" not null,
  created_at bigint not null,
  constraint memory_audit_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX memory_audit_memory ON public.memory_audit USING btree (workspace, memory_id, created_at, id);

create table memory_version (
  workspace text collate "C" not null,
  memory_id text collate "C" not null,
  version bigint not null,
  key text collate "C" not null,
  value text collate "C" not null,
  source text collate "C",
  replaced_at bigint not null,
  constraint memory_version_pk PRIMARY KEY (workspace, memory_id, version)
);

create table model_provider (
  workspace text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  kind text collate "C" not null,
  base_url text collate "C",
  folder text collate "C",
  has_key bigint not null,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint model_provider_pk PRIMARY KEY (workspace, id)
);

create table model_route (
  workspace text collate "C" not null,
  id text collate "C" not null,
  chat text collate "C" not null,
  embed text collate "C" not null,
  version bigint not null,
  updated_at bigint not null,
  constraint model_route_pk PRIMARY KEY (workspace, id)
);

create table page_bucket (
  workspace text collate "C" not null,
  bucket bigint not null,
  changes bigint not null,
  counted bigint not null,
  removals bigint not null,
  constraint page_bucket_pk PRIMARY KEY (workspace, bucket)
);

create table page_text (
  workspace text collate "C" not null,
  id text collate "C" not null,
  visit_id text collate "C" not null,
  text text collate "C" not null,
  truncated bigint not null,
  read_at bigint not null,
  constraint page_text_pk PRIMARY KEY (workspace, id)
);

create table pages (
  workspace text collate "C" not null,
  id text collate "C" not null,
  url text collate "C" not null,
  site text collate "C" not null,
  title text collate "C",
  visit_count bigint not null,
  first_seen bigint not null,
  last_seen bigint not null,
  constraint pages_pk PRIMARY KEY (workspace, id)
);

create table passage (
  workspace text collate "C" not null,
  id text collate "C" not null,
  number bigint not null,
  kind text collate "C" not null,
  source text collate "C" not null,
  ordinal bigint not null,
  place text collate "C" not null,
  text text collate "C" not null,
  words text collate "C" not null,
  hash text collate "C" not null,
  text_hash text collate "C" not null,
  vectored text collate "C",
  constraint passage_id UNIQUE (workspace, id),
  constraint passage_pkey PRIMARY KEY (number),
  constraint passage_of_source FOREIGN KEY (workspace, kind, source) REFERENCES passage_source(workspace, kind, id)
);

CREATE INDEX passage_by_source ON public.passage USING btree (workspace, kind, source, ordinal);

CREATE INDEX passage_by_text ON public.passage USING btree (workspace, text_hash) WHERE (vectored IS NOT NULL);

CREATE INDEX passage_vectored ON public.passage USING btree (workspace, vectored, number);

create table passage_fts (
  number bigint not null,
  tokens tsvector not null,
  constraint passage_fts_pkey PRIMARY KEY (number)
);

CREATE INDEX passage_fts_tokens ON public.passage_fts USING gin (tokens) WITH (gin_pending_list_limit='1024');

create table passage_gone (
  workspace text collate "C" not null,
  id text collate "C" not null,
  model text collate "C" not null,
  hash text collate "C" not null,
  constraint passage_gone_pk PRIMARY KEY (workspace, id)
);

create table passage_pending (
  workspace text collate "C" not null,
  kind text collate "C" not null,
  id text collate "C" not null,
  since bigint not null,
  change bigint not null,
  attempts bigint not null,
  error text collate "C",
  next_attempt bigint not null,
  constraint passage_pending_pk PRIMARY KEY (workspace, kind, id)
);

CREATE INDEX passage_pending_due ON public.passage_pending USING btree (workspace, next_attempt, since);

create table passage_posting (
  number bigint not null,
  workspace text collate "C" not null,
  kind text collate "C" not null,
  source text collate "C" not null,
  ordinal bigint not null,
  series text collate "C",
  "position" bigint,
  root text collate "C",
  "time" bigint not null,
  length bigint not null,
  terms bytea not null,
  constraint passage_posting_pkey PRIMARY KEY (number)
);

CREATE INDEX passage_posting_series ON public.passage_posting USING btree (workspace, series, "position") WHERE (series IS NOT NULL);

create table passage_source (
  workspace text collate "C" not null,
  kind text collate "C" not null,
  id text collate "C" not null,
  hash text collate "C" not null,
  version bigint not null,
  chunked text collate "C" not null,
  passages bigint not null,
  title text collate "C" not null,
  uri text collate "C" not null,
  speaker text collate "C",
  "time" bigint not null,
  indexed_at bigint not null,
  constraint passage_source_pk PRIMARY KEY (workspace, kind, id)
);

CREATE INDEX passage_source_plain ON public.passage_source USING btree (workspace, kind, id) WHERE (chunked = 'plain'::text);

create table passage_space (
  workspace text collate "C" not null,
  number bigint not null,
  sources bigint not null,
  passages bigint not null,
  length bigint not null,
  bytes bigint not null,
  version bigint not null,
  fence bigint not null,
  constraint passage_space_workspace_key UNIQUE (workspace),
  constraint passage_space_pkey PRIMARY KEY (number)
);

create table passage_term (
  workspace text collate "C" not null,
  term text collate "C" not null,
  passages bigint not null,
  strong bigint not null,
  constraint passage_term_pk PRIMARY KEY (workspace, term)
);

create table privacy_delete (
  workspace text collate "C" not null,
  id text collate "C" not null,
  scope text collate "C" not null,
  fingerprint text collate "C",
  salt text collate "C" not null,
  from_time bigint,
  to_time bigint,
  asked text collate "C",
  part text collate "C",
  cursor text collate "C",
  blobs text collate "C" not null default '[]'::text,
  removed text collate "C" not null,
  proof text collate "C",
  person text collate "C" not null,
  agent text collate "C",
  asked_at bigint not null,
  finished_at bigint,
  constraint privacy_delete_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX privacy_delete_newest ON public.privacy_delete USING btree (workspace, asked_at, id);

create table privacy_retention (
  workspace text collate "C" not null,
  rule text collate "C" not null,
  days bigint,
  updated_at bigint not null,
  constraint privacy_retention_pk PRIMARY KEY (workspace, rule)
);

create table repos (
  workspace text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  root text collate "C" not null,
  root_path text collate "C" not null,
  allowed_ops text collate "C" not null,
  checks text collate "C" not null,
  budget text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint repos_path UNIQUE (workspace, root_path),
  constraint repos_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX repos_age ON public.repos USING btree (workspace, created_at, id);

create table root (
  workspace text collate "C" not null,
  id text collate "C" not null,
  path text collate "C" not null,
  name text collate "C" not null,
  state text collate "C" not null,
  reason text collate "C",
  watch text collate "C" not null,
  watch_reason text collate "C",
  indexed bigint not null,
  pending bigint not null,
  skipped bigint not null,
  failed bigint not null,
  ignored bigint not null,
  bytes bigint not null,
  passages bigint not null,
  scan_job text collate "C",
  scan_started_at bigint,
  scan_done bigint,
  scan_total bigint,
  scanned_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  constraint root_name UNIQUE (workspace, name),
  constraint root_path UNIQUE (workspace, path),
  constraint root_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX root_age ON public.root USING btree (workspace, created_at, id);

create table secret (
  workspace text collate "C" not null,
  name text collate "C" not null,
  sealed text collate "C" not null,
  updated_at bigint not null,
  constraint secret_pk PRIMARY KEY (workspace, name)
);

create table setting (
  workspace text collate "C" not null,
  id text collate "C" not null,
  value text collate "C" not null,
  updated_at bigint not null,
  constraint setting_pk PRIMARY KEY (workspace, id)
);

create table site (
  workspace text collate "C" not null,
  id text collate "C" not null,
  domain text collate "C" not null,
  bucket bigint not null,
  visits bigint not null,
  pages bigint not null,
  first_seen bigint not null,
  last_seen bigint not null,
  constraint site_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX site_domain ON public.site USING btree (workspace, domain, id);

CREATE INDEX site_visits ON public.site USING btree (workspace, visits, id);

create table tabs (
  workspace text collate "C" not null,
  id text collate "C" not null,
  shadow_mode text collate "C" not null,
  thread_id text collate "C",
  current_history_id text collate "C",
  current_url text collate "C",
  current_title text collate "C",
  last_visited_at bigint,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint tabs_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX tabs_newest ON public.tabs USING btree (workspace, updated_at, id);

CREATE INDEX tabs_thread ON public.tabs USING btree (workspace, thread_id, updated_at, id) WHERE (thread_id IS NOT NULL);

create table tally (
  workspace text collate "C" not null,
  kind text collate "C" not null,
  quarter bigint not null,
  amount bigint not null,
  constraint tally_pk PRIMARY KEY (workspace, kind, quarter)
);

create table task_events (
  workspace text collate "C" not null,
  id text collate "C" not null,
  task_id text collate "C" not null,
  event_type text collate "C" not null,
  payload text collate "C" not null,
  person text collate "C" not null,
  agent text collate "C",
  created_at bigint not null,
  constraint task_events_pk PRIMARY KEY (workspace, id),
  constraint task_events_task FOREIGN KEY (workspace, task_id) REFERENCES tasks(workspace, id) ON DELETE CASCADE
);

CREATE INDEX task_events_newest ON public.task_events USING btree (workspace, task_id, created_at, id);

create table task_suggestion (
  workspace text collate "C" not null,
  id text collate "C" not null,
  source_kind text collate "C" not null,
  source_id text collate "C" not null,
  thread_id text collate "C",
  title text collate "C" not null,
  due_at bigint,
  found_by text collate "C" not null,
  fingerprint text collate "C" not null,
  state text collate "C" not null,
  task_id text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  constraint task_suggestion_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX task_suggestion_newest ON public.task_suggestion USING btree (workspace, created_at, id);

CREATE UNIQUE INDEX task_suggestion_once ON public.task_suggestion USING btree (workspace, fingerprint);

CREATE INDEX task_suggestion_source ON public.task_suggestion USING btree (workspace, source_kind, source_id);

CREATE INDEX task_suggestion_task ON public.task_suggestion USING btree (workspace, task_id);

CREATE INDEX task_suggestion_thread ON public.task_suggestion USING btree (workspace, thread_id, created_at, id);

create table tasks (
  workspace text collate "C" not null,
  id text collate "C" not null,
  title text collate "C" not null,
  description text collate "C" not null,
  status text collate "C" not null,
  priority bigint not null,
  due_at bigint,
  owner text collate "C" not null,
  assignee text collate "C",
  project text collate "C",
  thread_id text collate "C",
  parent_id text collate "C",
  tags text collate "C" not null,
  source text collate "C",
  "position" text collate "C" not null,
  result text collate "C",
  metadata text collate "C" not null,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  closed_at bigint,
  constraint tasks_pk PRIMARY KEY (workspace, id)
);

CREATE INDEX tasks_assignee ON public.tasks USING btree (workspace, assignee, created_at, id);

CREATE INDEX tasks_board ON public.tasks USING btree (workspace, status, "position", id);

CREATE INDEX tasks_due ON public.tasks USING btree (workspace, due_at, id);

CREATE INDEX tasks_newest ON public.tasks USING btree (workspace, created_at, id);

CREATE INDEX tasks_parent ON public.tasks USING btree (workspace, parent_id, created_at, id);

CREATE INDEX tasks_project ON public.tasks USING btree (workspace, project, created_at, id);

CREATE INDEX tasks_thread ON public.tasks USING btree (workspace, thread_id, created_at, id);

CREATE OR REPLACE FUNCTION public.tally_tasks_done_less()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select workspace, 'tasks_done' as kind, closed_at / 900000 as quarter, count(*) as amount from departed
      where status = 'completed' and closed_at is not null group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select workspace, 'tasks_done' as kind, closed_at / 900000 as quarter, count(*) as amount from departed
      where status = 'completed' and closed_at is not null group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    return null; end $function$
;
CREATE TRIGGER tally_tasks_done_less AFTER DELETE ON public.tasks REFERENCING OLD TABLE AS departed FOR EACH STATEMENT EXECUTE FUNCTION tally_tasks_done_less();

CREATE OR REPLACE FUNCTION public.tally_tasks_done_more()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    insert into tally as t (workspace, kind, quarter, amount) 
      select workspace, 'tasks_done' as kind, closed_at / 900000 as quarter, count(*) as amount from arrived
      where status = 'completed' and closed_at is not null group by 1, 3 order by 1, 3
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_tasks_done_more AFTER INSERT ON public.tasks REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION tally_tasks_done_more();

CREATE OR REPLACE FUNCTION public.tally_tasks_done_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select old.workspace as workspace, 'tasks_done' as kind, old.closed_at / 900000 as quarter, 1 as amount
      where old.status = 'completed' and old.closed_at is not null) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select old.workspace as workspace, 'tasks_done' as kind, old.closed_at / 900000 as quarter, 1 as amount
      where old.status = 'completed' and old.closed_at is not null) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    insert into tally as t (workspace, kind, quarter, amount) 
      select new.workspace as workspace, 'tasks_done' as kind, new.closed_at / 900000 as quarter, 1 as amount
      where new.status = 'completed' and new.closed_at is not null
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_tasks_done_move AFTER UPDATE OF closed_at, status ON public.tasks FOR EACH ROW EXECUTE FUNCTION tally_tasks_done_move();

CREATE OR REPLACE FUNCTION public.tally_tasks_less()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select workspace, 'tasks' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select workspace, 'tasks' as kind, created_at / 900000 as quarter, count(*) as amount from departed
      where true group by 1, 3 order by 1, 3) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    return null; end $function$
;
CREATE TRIGGER tally_tasks_less AFTER DELETE ON public.tasks REFERENCING OLD TABLE AS departed FOR EACH STATEMENT EXECUTE FUNCTION tally_tasks_less();

CREATE OR REPLACE FUNCTION public.tally_tasks_more()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    insert into tally as t (workspace, kind, quarter, amount) 
      select workspace, 'tasks' as kind, created_at / 900000 as quarter, count(*) as amount from arrived
      where true group by 1, 3 order by 1, 3
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_tasks_more AFTER INSERT ON public.tasks REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION tally_tasks_more();

CREATE OR REPLACE FUNCTION public.tally_tasks_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin 
    update tally t set amount = t.amount - gone.amount from (
      select old.workspace as workspace, 'tasks' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (
      select old.workspace as workspace, 'tasks' as kind, old.created_at / 900000 as quarter, 1 as amount
      where true) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;
    insert into tally as t (workspace, kind, quarter, amount) 
      select new.workspace as workspace, 'tasks' as kind, new.created_at / 900000 as quarter, 1 as amount
      where true
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;
    return null; end $function$
;
CREATE TRIGGER tally_tasks_move AFTER UPDATE OF created_at ON public.tasks FOR EACH ROW EXECUTE FUNCTION tally_tasks_move();

create table thread_link (
  workspace text collate "C" not null,
  id text collate "C" not null,
  thread_id text collate "C" not null,
  kind text collate "C" not null,
  ref text collate "C" not null,
  relation text collate "C" not null,
  title text collate "C" not null,
  uri text collate "C" not null,
  message_id text collate "C",
  created_at bigint not null,
  constraint thread_link_once UNIQUE (workspace, thread_id, kind, ref, relation),
  constraint thread_link_pk PRIMARY KEY (workspace, id),
  constraint thread_link_thread FOREIGN KEY (workspace, thread_id) REFERENCES llm_threads(workspace, id) ON DELETE CASCADE
);

CREATE INDEX thread_link_about ON public.thread_link USING btree (workspace, kind, ref, created_at, id);

CREATE INDEX thread_link_newest ON public.thread_link USING btree (workspace, thread_id, created_at, id);

create table user (
  id text collate "C" not null,
  name text collate "C" not null,
  created_at bigint not null,
  constraint user_pkey PRIMARY KEY (id)
);

create table workspace (
  id text collate "C" not null,
  slug text collate "C" not null,
  name text collate "C" not null,
  kind text collate "C" not null,
  no_cloud bigint not null,
  created_at bigint not null,
  constraint workspace_slug_key UNIQUE (slug),
  constraint workspace_pkey PRIMARY KEY (id)
);
